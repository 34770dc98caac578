"""Messages to who opted out do not leave."""

from odoo.tests import tagged

from ...tools.acts import Act
from .blacklist_case import NUMBER, BlacklistCase


@tagged("post_install", "-at_install")
class TestBlacklistGate(BlacklistCase):
    def test_held_queue_is_asked_again_when_it_leaves(self):
        self.gateway.action_pause()
        messages = self.queue(NUMBER, "+254712345679", message_class="promotional")
        self.env["sms.sms"]._process_outbox()
        self.assertEqual(set(messages.mapped("state")), {"outgoing"})
        self.blacklist._opt_out([NUMBER], Act("own_request", "manual"))
        self.gateway.action_resume()
        self.env["sms.sms"]._process_outbox()
        self.assertEqual(messages.mapped("state"), ["canceled", "pending"])
        self.assertEqual(messages[0].failure_type, "sms_blacklist")
        self.assertEqual(self.texts(), [("+254712345679", "Hello")])

    def test_transactional_passes_unless_the_gateway_says_otherwise(self):
        for reason, strict, state in (
            ("stop", False, "pending"),
            ("stop", True, "canceled"),
            ("operator", False, "pending"),
            ("operator", True, "pending"),
        ):
            with self.subTest(reason=reason, strict=strict):
                self.entry().unlink()
                self.blacklist._opt_out([NUMBER], Act(reason, "report"))
                self.gateway.block_transactional = strict
                sms = self.queue(NUMBER, message_class="transactional")
                self.env["sms.sms"]._process_outbox()
                self.assertEqual(sms.state, state)
                self.assertEqual(self.promote(NUMBER).state, "canceled")

    def test_who_opted_out_meanwhile_is_no_error_and_is_counted(self):
        self.gateway.action_pause()
        mailing = self.send_mailing()
        sms = self.env["sms.sms"].search([("mailing_id", "=", mailing.id)])
        self.assertEqual(sms.state, "outgoing")
        # Odoo looked when it was prepared; from here on only the gate can.
        self.blacklist._opt_out([NUMBER], Act("own_request", "manual"))
        self.gateway.action_resume()
        self.env["sms.sms"]._process_outbox()
        self.assertEqual((sms.state, sms.failure_type), ("canceled", "sms_blacklist"))
        trace = mailing.mailing_trace_ids
        self.assertEqual(trace.trace_status, "cancel")
        self.assertEqual(trace.failure_type, "sms_blacklist")
        mailing.invalidate_recordset()
        self.assertEqual((mailing.canceled, mailing.failed), (1, 0))
        self.assertFalse(self.simulator.ledger())
