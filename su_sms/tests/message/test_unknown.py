from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import GatewayCase


@tagged("post_install", "-at_install")
class TestUnknown(GatewayCase):
    """What a person may do with messages whose outcome is unknown."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user("manager", "su_sms.group_manager")
        cls.gateway.read_timeout = 1

    def unknown(self, *numbers):
        self.simulator.fault("hang_after", times=None)
        messages = self.queue(*numbers or ("0712345678",))
        messages.send()
        self.simulator.clear_faults()
        self.gateway._resume()
        self.assertEqual(set(messages.mapped("failure_type")), {"sms_outcome_unknown"})
        return messages.with_user(self.manager)

    def test_evidence_is_on_the_message(self):
        sms = self.unknown()
        self.assertTrue(sms.dispatched_at)
        self.assertTrue(sms.dispatch_token)
        self.assertTrue(sms.provider_text)

    def test_resend(self):
        sms = self.unknown()
        sms.action_resend_unknown()
        self.env["sms.sms"]._process_queue()
        self.assertEqual(sms.state, "pending")
        self.assertEqual(sms.handled, "resent")
        self.assertEqual(sms.handled_by_id, self.manager)
        self.assertEqual(len(self.simulator.ledger()), 2)

    def test_settle_many_as_sent(self):
        messages = self.unknown("0712345671", "0712345672")
        messages.action_settle_sent()
        self.assertEqual(set(messages.mapped("state")), {"pending"})
        self.assertEqual(set(messages.mapped("handled")), {"sent"})
        self.env["sms.sms"]._process_queue()
        self.assertEqual(len(self.simulator.ledger()), 2)

    def test_settle_as_failed_and_then_resend(self):
        sms = self.unknown()
        sms.action_settle_failed()
        self.assertEqual((sms.state, sms.failure_type), ("error", "sms_not_delivered"))
        sms.action_set_outgoing()
        self.env["sms.sms"]._process_queue()
        self.assertEqual(sms.state, "pending")

    def test_known_outcomes_cannot_be_settled(self):
        sms = self.queue("0712345678")
        sms.send()
        for method in (
            "action_resend_unknown",
            "action_settle_sent",
            "action_settle_failed",
        ):
            with self.assertRaises(UserError):
                getattr(sms.with_user(self.manager), method)()
        self.assertEqual(sms.state, "pending")

    def test_users_may_not_settle(self):
        sms = self.unknown()
        user = self.user("user", "su_sms.group_user")
        for method in (
            "action_resend_unknown",
            "action_settle_sent",
            "action_settle_failed",
        ):
            with self.assertRaises(AccessError):
                getattr(sms.with_user(user), method)()

    def test_plain_resend_refuses(self):
        sms = self.unknown()
        with self.assertRaisesRegex(UserError, "Resend Anyway"):
            sms.action_set_outgoing()
        notification = sms.resend_failed()
        self.assertEqual(notification["params"]["type"], "warning")
        self.assertEqual(sms.failure_type, "sms_outcome_unknown")
