from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..common import GatewayCase


@tagged("post_install", "-at_install")
class TestWatch(GatewayCase):
    def later(self, **delta):
        frozen = freeze_time(fields.Datetime.now() + timedelta(**delta), tick=True)
        frozen.start()
        self.addCleanup(frozen.stop)

    def balance(self, amount):
        self.simulator.settings(balance=amount)
        self.gateway._watch()

    def activities(self):
        kind = self.env.ref("su_sms.mail_activity_type_balance")
        found = self.gateway.activity_ids
        return found.filtered(lambda activity: activity.activity_type_id == kind)

    def test_administrators_are_told_once_for_each_fall(self):
        self.gateway.balance_warning = 100
        self.balance(500)
        self.assertEqual(self.gateway.balance_state, "ok")
        self.assertFalse(self.activities())
        self.balance(90)
        told = self.activities()
        self.assertTrue(told)
        self.assertEqual(len(told), len(told.user_id), "one for each")
        self.balance(80)
        self.assertEqual(self.activities(), told)
        self.balance(500)
        self.assertFalse(self.activities())
        self.balance(90)
        self.assertTrue(self.activities())

    def test_promotional_messages_wait_below_the_floor(self):
        self.gateway.balance_floor = 50
        self.balance(40)
        promotion = self.queue("0712345671", message_class="promotional")
        notice = self.queue("0712345672", body="Your exam is on Monday.")
        self.env["sms.sms"]._process_queue()
        self.assertEqual(notice.state, "pending")
        self.assertEqual(promotion.state, "outgoing")
        self.assertTrue(promotion.waits_for)
        self.balance(500)
        self.env["sms.sms"]._process_queue()
        self.assertEqual(promotion.state, "pending")

    def test_top_up_ends_the_hold_for_want_of_credit(self):
        self.balance(0)
        sms = self.queue("0712345678")
        self.env["sms.sms"]._process_queue()
        self.assertEqual(self.gateway.hold_reason, "credit")
        self.balance(0)
        self.assertEqual(self.gateway.hold_reason, "credit")
        self.balance(100)
        self.assertFalse(self.gateway.hold_reason)
        self.env["sms.sms"]._process_queue()
        self.assertEqual(sms.state, "pending")

    def test_balance_that_cannot_be_had_changes_nothing(self):
        self.balance(500)
        self.simulator.fault("http_503", times=None)
        self.gateway._watch()
        self.assertEqual(self.gateway.balance, 500)
        self.assertFalse(self.gateway.hold_reason)

    def test_message_that_is_too_old_is_given_up_and_shown_as_such(self):
        self.gateway.useful_hours = 2
        self.gateway.action_pause()
        sms = self.queue("0712345678")
        self.later(hours=3)
        # the database's clock goes on as it is
        fresh = self.queue("0712345679", queued_at=fields.Datetime.now())
        self.env["sms.sms"]._process_queue()
        self.assertEqual((sms.state, sms.failure_type), ("error", "sms_too_old"))
        self.assertEqual(fresh.state, "outgoing")
        self.gateway.action_resume()
        sms.action_set_outgoing()
        self.env["sms.sms"]._process_queue()
        self.assertEqual(sms.state, "pending", "a person may still want it")

    def test_sent_without_a_report(self):
        sms = self.queue("0712345678")
        sms.send()
        self.gateway._watch()
        self.assertFalse(sms.report_overdue)
        self.later(hours=25)
        self.gateway._watch()
        self.assertTrue(sms.report_overdue)
        self.assertEqual(sms.state, "pending")

    def test_another_gateway_takes_over_after_a_while(self):
        heir = self.gateway.create(
            {
                "name": "Heir",
                "is_default": False,
                "api_key": self.server.api_key,
            }
        )
        self.gateway.write({"failover_id": heir.id, "failover_minutes": 30})
        self.gateway.read_timeout = 1
        self.simulator.fault("hang_after")
        unknown = self.queue("0712345670")
        self.env["sms.sms"]._process_queue()
        self.assertEqual(self.gateway.hold_reason, "timeout")
        sms = self.queue("0712345678")
        self.simulator.fault("http_503", times=None)
        self.later(minutes=20)
        self.env["sms.sms"]._process_queue()
        self.assertEqual(sms.gateway_id, self.gateway)
        self.simulator.clear_faults()
        self.gateway.hold_reason = "auth"
        self.gateway.retry_at = fields.Datetime.now() + timedelta(hours=5)
        self.later(minutes=20)
        self.env["sms.sms"]._process_queue()
        self.assertEqual(sms.gateway_id, heir)
        self.assertEqual(sms.failed_over_from_id, self.gateway)
        self.assertEqual(sms.state, "pending")
        self.assertEqual(unknown.gateway_id, self.gateway, "never what is unknown")
        self.assertEqual(unknown.failure_type, "sms_outcome_unknown")

    def test_gateway_cannot_take_over_from_itself(self):
        with self.assertRaises(ValidationError):
            self.gateway.failover_id = self.gateway
