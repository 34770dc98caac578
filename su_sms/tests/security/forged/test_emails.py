from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...common import GatewayCase

MAIL = """From: {sender}
To: somebody@example.com
Subject: News
Message-Id: <{name}@example.com>
{more}
I approve this.
"""


@tagged("post_install", "-at_install")
class TestEmails(GatewayCase):
    """Nobody makes something of ours, or writes to it, by handing over an e-mail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee = new_test_user(cls.env, "employee", "base.group_user")
        cls.manager = new_test_user(
            cls.env, "manager", "su_sms.group_manager", email="manager@example.com"
        )

    def process(self, user, model, more="", name="one", **given):
        mail = MAIL.format(sender=self.manager.email, more=more, name=name)
        threads = self.env["mail.thread"].with_user(user)
        return threads.message_process(model, mail, **given)

    def test_people_do_not_say_what_an_e_mail_makes(self):
        sms = self.queue("0712345678")
        forged = [
            ("res.partner", {"custom_values": {"name": "x", "user_id": 2}}),
            ("res.partner", {"thread_id": self.partner.id}),
            ("sms.campaign", {"custom_values": {"sms_ids": [(2, sms.id)]}}),
        ]
        for model, given in forged:
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.process(self.employee, model, **given)
        self.assertTrue(sms.exists())

    @mute_logger("odoo.addons.mail.models.mail_thread")
    def test_what_is_on_record_takes_no_e_mail_of_anybody(self):
        text = "Approved?"
        note = self.gateway.message_post(body=text, message_type="comment")
        before = self.gateway.message_ids
        reply = f"In-Reply-To: {note.message_id}\n"
        for user in (self.employee, self.env.ref("base.user_admin")):
            with self.subTest(user=user.login, how="reply"):
                with self.assertRaises(ValueError), self.cr.savepoint():
                    self.process(user, False, more=reply, name=f"reply{user.id}")
            with self.subTest(user=user.login, how="new"):
                with self.assertRaises(ValueError), self.cr.savepoint():
                    self.process(user, "sms.campaign", name=f"new{user.id}")
        with self.assertRaises(ValueError), self.cr.savepoint():
            self.process(self.env.user, "sms.gateway.config", thread_id=self.gateway.id)
        self.assertEqual(self.gateway.message_ids, before)

    def test_an_alias_leads_to_nothing_of_ours(self):
        domain = self.env["mail.alias.domain"].create({"name": "example.com"})
        self.env["mail.alias"].create(
            {
                "alias_name": "somebody",
                "alias_domain_id": domain.id,
                "alias_model_id": self.env["ir.model"]._get_id("sms.campaign"),
                "alias_defaults": "{'body': 'Pay now'}",
            }
        )
        before = self.env["sms.campaign"].search([])
        with (
            self.assertRaises(ValueError),
            mute_logger("odoo.addons.mail.models.mail_thread"),
        ):
            self.process(self.env.user, False)
        self.assertEqual(self.env["sms.campaign"].search([]), before)

    def test_other_e_mails_arrive_as_before(self):
        name = "Njeri"
        lead = self.process(self.env.user, "res.partner", custom_values={"name": name})
        self.assertEqual(self.env["res.partner"].browse(lead).name, name)
