from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import GatewayCase

EMPLOYEE, USER, MANAGER, ADMINISTRATOR = "employee", "user", "manager", "administrator"
GROUPS = {
    EMPLOYEE: "base.group_user",
    USER: "su_sms.group_user",
    MANAGER: "su_sms.group_manager",
    ADMINISTRATOR: "su_sms.group_gateway_admin",
}
# model, operation -> roles that may
MATRIX = {
    ("sms.gateway.config", "read"): {ADMINISTRATOR},
    ("sms.gateway.config", "write"): {ADMINISTRATOR},
    ("sms.gateway.config", "create"): {ADMINISTRATOR},
    ("sms.gateway.config", "unlink"): {ADMINISTRATOR},
    ("sms.test.wizard", "create"): {ADMINISTRATOR},
    ("sms.test.step", "read"): {ADMINISTRATOR},
    ("sms.sms", "read"): {USER, MANAGER, ADMINISTRATOR},
    ("sms.sms", "write"): set(),
    ("sms.sms", "create"): set(),
    ("sms.sms", "unlink"): set(),
}


@tagged("post_install", "-at_install")
class TestAccess(GatewayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: cls.user(f"sms_{role}", groups) for role, groups in GROUPS.items()
        }

    def test_matrix(self):
        for (model, operation), roles in MATRIX.items():
            for role, user in self.users.items():
                with self.subTest(model=model, operation=operation, role=role):
                    allowed = self.env[model].with_user(user).has_access(operation)
                    self.assertEqual(allowed, role in roles)

    def test_notifications_tell_employees_no_number(self):
        self.post()
        domain = [("sms_number", "!=", False)]
        for role, user in self.users.items():
            notifications = self.env["mail.notification"].with_user(user)
            with self.subTest(role), self.assertRaises(AccessError):
                notifications.search_read(domain, ["sms_number"])
            self.assertNotIn("sms_number", notifications.fields_get())
            notifications.get_views([(False, "list"), (False, "form")])

    def test_everybody_sends_from_records(self):
        for role, user in self.users.items():
            with self.subTest(role):
                composer = (
                    self.env["sms.composer"]
                    .with_user(user)
                    .create(
                        {
                            "composition_mode": "numbers",
                            "numbers": "+254712345678",
                            "body": f"From {role}",
                        }
                    )
                )
                composer.action_send_sms()
        self.assertEqual(len(self.simulator.ledger()), len(GROUPS))

    def test_users_see_their_own_messages_and_managers_all(self):
        sms = {
            role: self.env["sms.sms"]
            .with_user(user)
            .sudo()
            .create({"number": "0712345678", "body": role})
            for role, user in self.users.items()
        }
        mine = self.env["sms.sms"].with_user(self.users[USER]).search([])
        self.assertEqual(mine, sms[USER])
        for role in (MANAGER, ADMINISTRATOR):
            seen = self.env["sms.sms"].with_user(self.users[role]).search([])
            self.assertTrue(all(each in seen for each in sms.values()))

    def test_companies_are_separated(self):
        other = self.env["res.company"].create({"name": "Other"})
        gateway = self.gateway.create({"name": "Other", "company_id": other.id})
        sms = self.env["sms.sms"].with_company(other).create({"number": "0712345678"})
        administrator = self.users[ADMINISTRATOR]
        with self.assertRaises(AccessError):
            gateway.with_user(administrator).read(["name"])
        with self.assertRaises(AccessError):
            sms.with_user(administrator).read(["number"])

    def test_methods_do_no_more_than_their_caller_may(self):
        for role in (EMPLOYEE, USER, MANAGER):
            gateway = self.gateway.with_user(self.users[role])
            for method in (
                "action_pause",
                "action_resume",
                "action_test_connection",
            ):
                with self.subTest(role=role, method=method):
                    with self.assertRaises(AccessError):
                        getattr(gateway, method)()
        sms = self.queue("0712345678")
        for role in (EMPLOYEE, USER):
            for method in (
                "send",
                "action_set_canceled",
                "action_set_outgoing",
                "action_resend_unknown",
                "resend_failed",
            ):
                with self.subTest(role=role, method=method):
                    with self.assertRaises(AccessError):
                        getattr(sms.with_user(self.users[role]), method)()
        self.assertFalse(self.simulator.ledger())

    def test_managers_cancel_and_resend_but_do_not_rewrite_the_journal(self):
        sms = self.queue("0712345678").with_user(self.users[MANAGER])
        sms.action_set_canceled()
        self.assertEqual(sms.state, "canceled")
        sms.action_set_outgoing()
        self.env["sms.sms"]._process_queue()
        self.assertEqual(sms.state, "pending")
        for vals in ({"state": "outgoing"}, {"body": "Changed"}, {"cost": 0}):
            with self.assertRaises(AccessError):
                sms.write(vals)
        for method in ("action_set_canceled", "action_set_outgoing"):
            with self.assertRaises(UserError):
                getattr(sms, method)()
        with self.assertRaises(UserError):
            sms.action_set_error("unknown")
