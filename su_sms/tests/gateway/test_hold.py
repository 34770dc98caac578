from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.tests import tagged

from ...dispatch.timing.concurrency import BEGIN
from ..common import GatewayCase


@tagged("post_install", "-at_install")
class TestHold(GatewayCase):
    def requests(self):
        return len(self.simulator.requests())

    def later(self, seconds):
        """Let time pass for Odoo; the simulator's goes on as it is."""
        frozen = freeze_time(
            fields.Datetime.now() + timedelta(seconds=seconds), tick=True
        )
        frozen.start()
        self.addCleanup(frozen.stop)

    def test_outage_costs_one_probe_at_a_time_and_loses_nothing(self):
        self.gateway.chunk_size = 1
        messages = self.queue(*(f"07123456{n:02}" for n in range(50)))
        self.simulator.fault("http_503", times=None)
        self.env["sms.sms"]._process_queue()
        self.assertEqual(self.requests(), BEGIN, "one wave")
        self.assertEqual(set(messages.mapped("state")), {"outgoing"})
        self.assertEqual(self.gateway.hold_reason, "busy")
        self.env["sms.sms"]._process_queue()
        self.assertEqual(self.requests(), BEGIN, "not hammered")
        self.later(3600)
        self.env["sms.sms"]._process_queue()
        self.assertEqual(self.requests(), BEGIN + 1, "one probe")
        self.simulator.clear_faults()
        self.later(3600)
        self.env["sms.sms"]._process_queue()
        self.assertFalse(self.gateway.hold_reason)
        self.assertEqual(set(messages.mapped("state")), {"pending"})
        self.assertEqual(self.simulator.summary()["accepted"], 50)
        self.assertEqual(self.simulator.summary()["most_repeated"], 1)

    def test_waits_grow(self):
        self.queue("0712345678")
        self.simulator.fault("http_401", times=None)
        waits = []
        for _try in range(4):
            self.env["sms.sms"]._process_queue()
            now = fields.Datetime.now()
            waits.append((self.gateway.retry_at - now).total_seconds())
            self.later(waits[-1] + 1)
        for shorter, longer in zip(waits, waits[1:], strict=False):
            self.assertGreater(longer, shorter)

    def test_retry_after_is_honoured(self):
        self.queue("0712345678")
        self.simulator.fault("http_429", retry_after="7200")
        self.env["sms.sms"]._process_queue()
        wait = self.gateway.retry_at - fields.Datetime.now()
        self.assertGreaterEqual(wait.total_seconds(), 7190)

    def test_outbox_is_triggered_for_the_next_try(self):
        self.queue("0712345678")
        self.simulator.fault("http_503")
        its_own = [("cron_id", "=", self.env.ref("su_sms.ir_cron_outbox").id)]
        triggers = self.env["ir.cron.trigger"].search(its_own)
        self.env["sms.sms"]._process_queue()
        new = self.env["ir.cron.trigger"].search(its_own) - triggers
        self.assertEqual(len(new), 1)
        self.assertGreaterEqual(new.call_at, self.gateway.retry_at)

    def test_administrators_are_told_once(self):
        self.queue("0712345678")
        self.simulator.fault("http_401", times=None)
        for _try in range(3):
            self.env["sms.sms"]._process_queue()
            self.later(3600)
        activities = self.gateway.activity_ids
        self.assertTrue(activities)
        self.assertEqual(len(activities), len(activities.user_id), "one for each")

    def test_new_key_ends_the_hold(self):
        sms = self.queue("0712345678")
        self.simulator.settings(accounts={"sandbox": "atsk_new"})
        self.env["sms.sms"]._process_queue()
        self.assertEqual(self.gateway.hold_reason, "auth")
        self.gateway.api_key = "atsk_new"
        self.assertFalse(self.gateway.hold_reason)
        self.assertFalse(self.gateway.activity_ids)
        self.env["sms.sms"]._process_queue()
        self.assertEqual(sms.state, "pending")

    def test_sender_that_was_changed_to_another_wrong_one_holds_again(self):
        self.gateway.sender_id = "WRONG"
        messages = self.queue("0712345671", "0712345672", "0712345673")
        self.env["sms.sms"]._process_queue()
        self.gateway.sender_id = "ALSOWRONG"
        self.assertFalse(self.gateway.hold_reason)
        self.env["sms.sms"]._process_queue()
        self.assertEqual(self.gateway.hold_reason, "sender")
        self.gateway.sender_id = "STRATHMORE"
        self.env["sms.sms"]._process_queue()
        self.assertEqual(set(messages.mapped("state")), {"pending"})

    def test_credit_that_ends_within_a_chunk_holds_the_rest(self):
        self.simulator.settings(balance=1.6, price=0.8)
        messages = self.queue(*(f"07123456{n:02}" for n in range(5)))
        self.env["sms.sms"]._process_queue()
        self.assertEqual(len(messages.filtered(lambda s: s.state == "pending")), 2)
        self.assertEqual(len(messages.filtered(lambda s: s.state == "outgoing")), 3)
        self.assertEqual(self.gateway.hold_reason, "credit")
        self.simulator.settings(balance=100)
        self.later(7200)
        self.env["sms.sms"]._process_queue()
        self.assertEqual(set(messages.mapped("state")), {"pending"})
        self.assertEqual(self.simulator.summary()["most_repeated"], 1)

    def test_failure_of_the_provider_for_one_number_is_tried_a_few_times(self):
        self.gateway.message_attempts = 3
        sms = self.queue("+254700000500")
        for attempt in range(3):
            self.assertEqual(sms.attempts, attempt)
            self.env["sms.sms"]._process_queue()
            self.assertFalse(self.gateway.hold_reason)
            self.later(7200)
        self.assertEqual((sms.state, sms.failure_type), ("error", "sms_server"))
        self.assertEqual(self.requests(), 3)

    def test_tries_that_an_outage_has_cost_are_not_held_against_a_message(self):
        self.gateway.message_attempts = 2
        sms = self.queue("+254700000500")
        self.simulator.fault("http_503", times=None)
        for _probe in range(4):
            self.env["sms.sms"]._process_queue()
            self.later(7200)
        self.simulator.clear_faults()
        self.env["sms.sms"]._process_queue()
        self.assertEqual((sms.state, sms.attempts, sms.faults), ("outgoing", 5, 1))

    def test_message_that_is_refused_again_and_again_blocks_no_other(self):
        self.gateway.concurrency = 1
        poison = self.queue("+254700000409", priority="2")
        others = self.queue("0712345671", "0712345672", body="Another text")
        for _try in range(3):
            self.env["sms.sms"]._process_queue()
            self.later(3601)
        self.assertEqual(poison.state, "outgoing")
        self.assertEqual(set(others.mapped("state")), {"pending"})

    def test_messages_that_the_gate_stops_are_no_probe(self):
        self.simulator.fault("http_503")
        self.queue("0712345670")
        self.env["sms.sms"]._process_queue()
        bad = self.queue("garbage", "nonsense", priority="2")
        self.later(3600)
        self.env["sms.sms"]._process_queue()
        self.assertEqual(set(bad.mapped("state")), {"error"})
        self.assertFalse(self.gateway.hold_reason)

    def test_refusal_of_a_number_shows_that_the_line_is_up_again(self):
        self.simulator.fault("http_503")
        sms = self.queue("+254700000406")
        self.env["sms.sms"]._process_queue()
        self.assertEqual(self.gateway.hold_reason, "busy")
        self.later(3600)
        self.env["sms.sms"]._process_queue()
        self.assertEqual(sms.failure_type, "sms_blocked")
        self.assertFalse(self.gateway.hold_reason)

    def test_activities_go_when_the_hold_ends_by_itself(self):
        self.queue("0712345678")
        self.simulator.fault("http_401")
        self.env["sms.sms"]._process_queue()
        self.assertTrue(self.gateway.activity_ids)
        self.later(3600)
        self.env["sms.sms"]._process_queue()
        self.assertFalse(self.gateway.activity_ids)

    def test_paused_gateway_keeps_its_messages(self):
        self.gateway.action_pause()
        sms = self.queue("0712345678")
        sms.send()
        self.assertEqual(sms.state, "outgoing")
        self.assertTrue(sms.waits_for)
        self.gateway.action_resume()
        self.env["sms.sms"]._process_queue()
        self.assertEqual(sms.state, "pending")

    def test_what_a_killed_dispatcher_left_is_unknown_after_its_lease(self):
        sms = self.queue("0712345678")
        sms.write({"state": "process", "dispatched_at": fields.Datetime.now()})
        self.env["sms.sms"]._process_queue()
        self.assertEqual(sms.state, "process")
        self.later(3600)
        with self.assertLogs("odoo.addons.su_sms.models.message", "ERROR"):
            self.env["sms.sms"]._process_queue()
        self.assertEqual(
            (sms.state, sms.failure_type), ("error", "sms_outcome_unknown")
        )
        self.assertEqual(self.requests(), 0)
