"""Odoo's dialogs in which numbers and texts are typed are their callers' alone."""

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from ..common import GatewayCase

MARKETER = "mass_mailing.group_mass_mailing_user"
GROUPS = (
    f"base.group_system,su_sms.group_gateway_admin,{MARKETER}"
    ",mail.group_mail_template_editor"
)


@tagged("post_install", "-at_install")
class TestDialogs(GatewayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.author, cls.other = (
            cls.user(name, GROUPS) for name in ("sms_author", "sms_other")
        )
        cls.employee = cls.user("sms_employee")
        cls.outsiders = [
            cls.user("sms_portal", "base.group_portal"),
            cls.env.ref("base.public_user"),
        ]
        cls.mailing = cls.env["mailing.mailing"].create(
            {
                "subject": "News",
                "mailing_type": "sms",
                "body_plaintext": "News",
                "mailing_model_id": cls.env["ir.model"]._get_id("res.partner"),
            }
        )
        cls.template = cls.env["sms.template"].create(
            {
                "name": "Greeting",
                "model_id": cls.env["ir.model"]._get_id("res.partner"),
                "body": "Dear {{ object.name }}",
            }
        )

    def dialogs(self):
        """Return one of each, filled in, with the value that others would put there."""
        for model, values, changed in (
            (
                "sms.composer",
                {
                    "composition_mode": "numbers",
                    "numbers": "+254712345678",
                    "body": "Secret",
                },
                {"numbers": "+254733000001"},
            ),
            (
                "sms.template.preview",
                {
                    "sms_template_id": self.template.id,
                    "resource_ref": f"res.partner,{self.partner.id}",
                },
                {"resource_ref": False},
            ),
            (
                "mailing.sms.test",
                {"mailing_id": self.mailing.id, "numbers": "+254712345678"},
                {"numbers": "+254733000001"},
            ),
            (
                "phone.blacklist.remove",
                {"phone": "+254712345678", "reason": "Asked"},
                {"phone": "+254733000001"},
            ),
            (
                "sms.account.phone",
                {
                    "account_id": self.env["iap.account"].get("sms").id,
                    "phone_number": "+254712345678",
                },
                {"phone_number": "+254733000001"},
            ),
        ):
            yield self.env[model].with_user(self.author).create(values), changed

    def call(self, user, dialog, method, *arguments):
        self.env.invalidate_all()
        model = self.env[dialog._name].with_user(user)
        return call_kw(model, method, [dialog.ids, *arguments], {})

    def test_nobody_reads_changes_or_sends_anothers(self):
        for dialog, changed in self.dialogs():
            names = list(changed)
            spec = {name: {} for name in names}
            for user in (self.other, self.employee, *self.outsiders):
                for method, *arguments in (
                    ("read", names),
                    ("web_read", spec),
                    ("export_data", names),
                    ("copy",),
                    ("onchange", {}, [], spec),
                    ("write", changed),
                    ("web_save", changed, spec),
                    ("unlink",),
                    ("action_send_sms",),
                    ("action_send_sms_mass_now",),
                    ("action_unblacklist_apply",),
                    ("action_send_verification_code",),
                ):
                    if not hasattr(dialog, method):
                        continue
                    # Few may export anything.
                    refusal = UserError if method == "export_data" else AccessError
                    with (
                        self.subTest(dialog._name, user=user.login, method=method),
                        self.assertRaises(refusal),
                    ):
                        self.call(user, dialog, method, *arguments)
                found = self.env[dialog._name].with_user(user)
                if found.has_access("read"):
                    self.assertFalse(found.search([]))
                    self.assertFalse(found.search_count([]))
            self.assertFalse(self.texts())

    def test_their_own_is_theirs(self):
        for dialog, changed in self.dialogs():
            with self.subTest(dialog._name):
                [before] = self.call(self.author, dialog, "read", list(changed))
                self.call(self.author, dialog, "write", changed)
                [after] = self.call(self.author, dialog, "read", list(changed))
                self.assertNotEqual(before, after)

    def test_server_action_sends_for_whoever_runs_it(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Send",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "state": "sms",
                "sms_method": "sms",
                "sms_template_id": self.template.id,
            }
        )
        context = {"active_model": "res.partner", "active_ids": self.partner.ids}
        for user in (self.author, self.env.user):
            self.simulator.reset()
            action.with_user(user).with_context(**context).run()
            self.env["sms.sms"]._process_queue()
            self.assertEqual(self.texts(), [("+254712345678", "Dear Wanjiku")])
