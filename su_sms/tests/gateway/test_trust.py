"""A line that is not verified, in production: confirmed twice, and not forgotten."""

from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..common import GatewayCase

RELAXED = {"trust": "relaxed", "relaxed_confirmed": True}
PRODUCTION = {"environment": "production", "username": "savanna"}


@tagged("post_install", "-at_install")
class TestTrust(GatewayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrators = cls.user("trust_one", "su_sms.group_gateway_admin")
        cls.administrators |= cls.user("trust_two", "su_sms.group_gateway_admin")

    def relax(self):
        self.gateway.write(RELAXED | PRODUCTION | {"relaxed_account": "savanna"})

    def reminders(self):
        """Return the reminders that are open."""
        kind = self.env.ref("su_sms.mail_activity_type_trust")
        return self.gateway.activity_ids.filtered(lambda a: a.activity_type_id == kind)

    def test_production_asks_for_a_second_confirmation(self):
        for confirmation in ({}, {"relaxed_account": "something"}):
            with self.subTest(confirmation):
                with self.assertRaisesRegex(ValidationError, "savanna"):
                    self.gateway.write(RELAXED | PRODUCTION | confirmation)
        self.relax()
        self.assertEqual(self.gateway.trust, "relaxed")

    def test_going_to_production_asks_too(self):
        self.gateway.write(RELAXED)
        with self.assertRaises(ValidationError):
            self.gateway.write(PRODUCTION)

    def test_other_account_is_confirmed_anew(self):
        self.relax()
        with self.assertRaises(ValidationError):
            self.gateway.username = "another"

    def test_confirmation_ends_with_what_was_confirmed(self):
        self.relax()
        self.gateway.trust = "verify"
        self.assertFalse(self.gateway.relaxed_account)
        with self.assertRaises(ValidationError):
            self.gateway.write(RELAXED)

    def test_sandbox_asks_once(self):
        self.gateway.write(RELAXED)
        self.assertFalse(self.reminders())

    def test_every_administrator_is_told_at_once_and_each_week(self):
        self.relax()
        told = self.reminders()
        self.assertLessEqual(self.administrators, told.user_id)
        self.env["sms.gateway.config"]._watch()
        self.assertEqual(self.reminders(), told, "not each hour")
        told.action_done()
        self.gateway.relaxed_told_at -= timedelta(days=8)
        self.env["sms.gateway.config"]._watch()
        self.assertLessEqual(self.administrators, self.reminders().user_id)

    def test_reminder_goes_when_the_line_is_verified(self):
        self.relax()
        self.gateway.trust = "verify"
        self.assertFalse(self.reminders())
