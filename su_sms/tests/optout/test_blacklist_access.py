"""Who sees and changes the blacklist and its history."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...tools.acts import Act
from .blacklist_case import NUMBER, BlacklistCase

USER, MANAGER = "su_sms.group_user", "su_sms.group_manager"
ADMINISTRATOR = "su_sms.group_gateway_admin"
ALL = {USER, MANAGER, ADMINISTRATOR}
ROLES = [
    ("base.group_portal", ""),
    *(("base.group_user", role) for role in (*sorted(ALL), "")),
    ("base.group_user", "mass_mailing.group_mass_mailing_user"),
]
# (model, operation) -> who may; portal, employees and mere mailing users may nothing.
MAY = {
    ("sms.blacklist", "read"): ALL,
    ("sms.blacklist", "create"): {MANAGER, ADMINISTRATOR},
    ("sms.blacklist", "write"): {MANAGER, ADMINISTRATOR},
    ("sms.blacklist", "unlink"): set(),
    ("phone.blacklist", "write"): {MANAGER, ADMINISTRATOR},
    ("phone.blacklist", "unlink"): set(),
    ("sms.consent", "read"): ALL,
    ("sms.consent", "create"): set(),
    ("sms.consent", "write"): set(),
    ("sms.consent", "unlink"): set(),
    ("sms.optout.link", "read"): set(),
    ("sms.optout.word", "write"): {ADMINISTRATOR},
    ("sms.optout.wizard", "create"): ALL,
}


@tagged("post_install", "-at_install")
class TestBlacklistAccess(BlacklistCase):
    def test_roles(self):
        users = {
            role or base: self.user(f"optout_{n}", ",".join(filter(None, [base, role])))
            for n, (base, role) in enumerate(ROLES)
        }
        for (model, operation), roles in MAY.items():
            for role, user in users.items():
                with self.subTest(model=model, operation=operation, role=role):
                    allowed = self.env[model].with_user(user).has_access(operation)
                    self.assertEqual(allowed, role in roles)

    def test_nobody_links_an_entry_to_another_line(self):
        self.blacklist._opt_out([NUMBER], Act("complaint", "manual"))
        line = self.consents._record([(NUMBER, Act("stop", "sms"))], out=True)
        manager = self.user("forger", "base.group_user,su_sms.group_manager")
        with self.assertRaises(AccessError):
            self.entry().with_user(manager).consent_id = line
        with self.assertRaises(AccessError):
            self.entry().with_user(manager).unlink()

    def test_what_was_said_to_another_company_is_not_seen(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.blacklist._opt_out(
            [NUMBER],
            Act("own_request", "manual", note="To the others", company_id=other.id),
        )
        manager = self.user("manager2", "base.group_user,su_sms.group_manager")
        entry = self.entry().with_user(manager)
        self.assertEqual((entry.number, entry.reason), (NUMBER, "own_request"))
        self.assertFalse(entry.note)
        self.assertFalse(entry.consent_ids)
        self.assertFalse(
            self.consents.with_user(manager).search([("number", "=", NUMBER)])
        )

    def test_menu_stands_in_for_odoos(self):
        odoos = self.env.ref("mass_mailing_sms.phone_blacklist_menu")
        ours = self.env.ref("su_sms.menu_sms_blacklist")
        self.assertFalse(odoos.active)
        self.assertEqual(odoos.parent_id, ours.parent_id)
