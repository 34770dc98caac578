import re

from odoo.tests import tagged

from ..common import GatewayCase

# Number the simulator refuses -> state, failure type, notification status, held for.
# The last three digits are AT's per-recipient code.
REFUSALS = [
    ("+254700000401", "error", "sms_rejected", "bounce", False),
    ("+254700000402", "outgoing", False, "ready", "sender"),
    ("+254700000403", "error", "sms_number_format", "exception", False),
    ("+254700000404", "error", "sms_invalid_destination", "bounce", False),
    ("+254700000405", "outgoing", False, "ready", "credit"),
    ("+254700000406", "error", "sms_blocked", "exception", False),
    ("+254700000407", "error", "sms_rejected", "bounce", False),
    ("+254700000409", "outgoing", False, "ready", "window"),
    ("+254700000500", "outgoing", False, "ready", False),
    ("+254700000501", "outgoing", False, "ready", False),
    ("+254700000502", "error", "sms_rejected", "bounce", False),
]
# What the simulator does to a request -> state, failure type, accepted, held for.
FAULTS = [
    ({"kind": "refuse", "seconds": 1}, "outgoing", False, 0, "down"),
    ({"kind": "reset_before"}, "error", "sms_outcome_unknown", 0, "reset"),
    ({"kind": "reset_after"}, "error", "sms_outcome_unknown", 1, "reset"),
    ({"kind": "hang_before"}, "error", "sms_outcome_unknown", 0, "timeout"),
    ({"kind": "hang_after"}, "error", "sms_outcome_unknown", 1, "timeout"),
    ({"kind": "http_401"}, "outgoing", False, 0, "auth"),
    ({"kind": "http_429", "retry_after": "90"}, "outgoing", False, 0, "throttled"),
    ({"kind": "http_503"}, "outgoing", False, 0, "busy"),
    ({"kind": "http_500"}, "error", "sms_outcome_unknown", 0, "http_5xx"),
    ({"kind": "http_502"}, "error", "sms_outcome_unknown", 0, "http_5xx"),
    ({"kind": "http_504"}, "error", "sms_outcome_unknown", 0, "http_5xx"),
    (
        {"kind": "http_502", "accept": True},
        "error",
        "sms_outcome_unknown",
        1,
        "http_5xx",
    ),
    ({"kind": "truncated_json"}, "error", "sms_outcome_unknown", 1, None),
    (
        {"kind": "truncated_json", "cut": "connection"},
        "error",
        "sms_outcome_unknown",
        1,
        "reset",
    ),
    ({"kind": "xml"}, "error", "sms_outcome_unknown", 1, "unreadable"),
    ({"kind": "missing_recipient"}, "error", "sms_outcome_unknown", 1, False),
    ({"kind": "shuffled"}, "pending", False, 1, False),
    ({"kind": "duplicated_recipient"}, "pending", False, 1, False),
    ({"kind": "echo_invalid"}, "pending", False, 1, False),
    ({"kind": "close_idle"}, "pending", False, 1, False),
]


@tagged("post_install", "-at_install")
class TestOutcome(GatewayCase):
    def test_accepted_message_has_id_cost_and_sent_notification(self):
        sms, notification = self.post("0712345678")
        self.assertEqual(sms.state, "pending")
        self.assertRegex(sms.provider_message_id, r"^ATXid_[0-9a-f]{32}$")
        self.assertEqual(sms.cost, 0.8)
        self.assertEqual(sms.currency_id.with_context(active_test=False).name, "KES")
        self.assertTrue(sms.accepted_at)
        self.assertFalse(sms.to_delete, "it stays on record")
        self.assertEqual(notification.notification_status, "pending")
        self.assertEqual(self.texts(), [("+254712345678", "Hello")])

    def test_refusals_of_one_recipient(self):
        for number, state, failure_type, status, held in REFUSALS:
            with self.subTest(number):
                self.gateway._resume()
                sms, notification = self.post(number)
                self.assertEqual(sms.state, state)
                self.assertEqual(sms.failure_type, failure_type)
                self.assertEqual(notification.notification_status, status)
                self.assertEqual(notification.failure_type, failure_type)
                self.assertEqual(self.gateway.hold_reason, held)
                if state == "error":
                    self.assertTrue(notification.failure_reason, "AT's own words")
        self.assertEqual(self.simulator.ledger(), [])

    def test_faults_of_the_line(self):
        self.gateway.read_timeout = 1
        single, bulk = ["0712345678"], [f"07123456{n:02}" for n in range(30)]
        for fault, state, failure_type, accepted, held in FAULTS:
            for numbers in (single, bulk):
                with self.subTest(**fault, numbers=len(numbers)):
                    self.simulator.reset()
                    self.gateway._resume()
                    self.simulator.fault(**fault)
                    messages = self.queue(*numbers)
                    messages.send()
                    self.simulator.clear_faults()
                    some = messages
                    if fault["kind"] == "missing_recipient":
                        some = messages.filtered("failure_type")
                        self.assertTrue(some)
                    self.assertEqual(set(some.mapped("state")), {state})
                    self.assertEqual(set(some.mapped("failure_type")), {failure_type})
                    self.assertEqual(
                        len(self.simulator.ledger()), accepted * len(numbers)
                    )
                    if held is not None:
                        self.assertEqual(self.gateway.hold_reason, held)

    def test_reset_before_anything_is_read(self):
        """The request may have left or not: that is told by what this side knows."""
        for _try in range(5):
            self.gateway._resume()
            self.simulator.fault("close_idle")
            self.simulator.fault("reset_connect")
            sms = self.queue("0712345678")
            sms.send()
            self.simulator.clear_faults()
            expected = {"down": "outgoing", "reset": "error"}
            self.assertEqual(sms.state, expected[self.gateway.hold_reason])
            self.assertFalse(self.simulator.ledger())

    def test_every_fault_of_the_simulator_is_in_the_table(self):
        with self.assertRaisesRegex(Exception, "kind is one of") as refusal:
            self.simulator.fault("nonsense")
        kinds = set(re.findall(r"[a-z]+_?[a-z0-9]+", str(refusal.exception)))
        tested = {fault["kind"] for fault, *_expected in FAULTS} | {"reset_connect"}
        self.assertLess({"http_401", "refuse", "xml"}, kinds)
        words = {"post", "faults", "error", "kind", "is", "one", "of"}
        self.assertEqual(kinds - words - tested, set())

    def test_unknown_outcome_is_never_resent_by_itself(self):
        self.gateway.read_timeout = 1
        self.simulator.fault("hang_after")
        sms = self.queue("0712345678")
        sms.send()
        self.simulator.clear_faults()
        self.gateway._resume()
        self.env["sms.sms"]._process_queue()
        self.assertEqual(sms.failure_type, "sms_outcome_unknown")
        self.assertEqual(len(self.simulator.ledger()), 1)
        sms.action_resend_unknown()
        self.env["sms.sms"]._process_queue()
        self.assertEqual(sms.state, "pending")
        self.assertEqual(len(self.simulator.ledger()), 2)

    def test_retry_of_a_mailing_leaves_unknown_outcomes_alone(self):
        contact = self.env["mailing.contact"].create(
            {"name": "Otieno", "phone_sanitized": "+254712345678"}
        )
        mailing = self.env["mailing.mailing"].create(
            {"subject": "News", "mailing_type": "sms", "body_plaintext": "News"}
        )
        sms = self.queue("0712345678", mailing_id=mailing.id)
        trace = self.env["mailing.trace"].create(
            {
                "trace_type": "sms",
                "mass_mailing_id": mailing.id,
                "model": contact._name,
                "res_id": contact.id,
                "sms_id_int": sms.id,
                "sms_tracker_ids": [(0, 0, {"sms_uuid": sms.uuid})],
            }
        )
        self.gateway.read_timeout = 1
        self.simulator.fault("hang_after")
        self.env["sms.sms"]._process_queue()
        self.assertEqual(trace.trace_status, "error")
        self.assertEqual(trace.failure_type, "sms_outcome_unknown")
        mailing.action_retry_failed_sms()
        self.assertTrue(sms.exists())
        self.assertTrue(trace.exists())

    def test_mailing_trace_follows(self):
        mailing = self.send_mailing()
        self.assertEqual(mailing.mailing_trace_ids.trace_status, "pending")
        self.assertEqual(mailing.state, "done")
        self.assertEqual(len(self.simulator.ledger()), 1)

    def test_urgent_leaves_before_normal_before_bulk(self):
        self.gateway.concurrency = 1
        for priority in ("0", "1", "2"):
            self.queue("0712345678", body=f"priority {priority}", priority=priority)
        self.env["sms.sms"]._process_queue()
        texts = [text for _number, text in self.texts()]
        self.assertEqual(texts, ["priority 2", "priority 1", "priority 0"])

    def test_equal_texts_share_a_request_up_to_the_chunk_size(self):
        self.gateway.chunk_size = 4
        self.queue(*(f"07123456{n:02}" for n in range(10)))
        self.queue("0712345699", body="Another text")
        self.env["sms.sms"]._process_queue()
        sizes = sorted(each["recipients"] for each in self.simulator.requests())
        self.assertEqual(sizes, [1, 2, 4, 4])

    def test_message_that_left_cannot_be_cancelled(self):
        sms, _notification = self.post("0712345678")
        with self.assertRaisesRegex(Exception, "can't be cancelled"):
            sms.action_set_canceled()
        self.assertEqual(sms.state, "pending")

    def test_blacklist_is_asked_about_the_number_that_will_be_used(self):
        self.env["phone.blacklist"].create({"number": "+254712345678"})
        sms = self.queue("garbage", message_class="promotional")
        sms.number = "0712 345 678"
        self.env["sms.sms"]._process_queue()
        self.assertEqual(sms.failure_type, "sms_blacklist")
        self.assertFalse(self.simulator.ledger())

    def test_result_that_cannot_be_shown_stops_no_other(self):
        bad, _notification = self.post("0712345671")
        good, notification = self.post("0712345672")
        bad.mail_message_id.model = "no.such.model"
        (bad + good).write({"state": "sent", "to_publish": True})
        self.env.flush_all()
        with self.assertLogs("odoo.addons.su_sms.models.message", "ERROR"):
            self.env["sms.sms"]._publish_some(10)
        self.assertFalse((bad + good).filtered("to_publish"))
        self.assertEqual(notification.notification_status, "sent")

    def test_mailing_is_done_only_when_all_have_left(self):
        partners = self.env["res.partner"].create(
            [{"name": f"P{n}", "phone": f"07123456{n:02}"} for n in range(4)]
        )
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "mailing_type": "sms",
                "body_plaintext": "News {{ object.name }}",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": repr([("id", "in", partners.ids)]),
                "state": "sending",
            }
        )
        mailing.action_send_sms()
        first = self.env["sms.sms"].search([("mailing_id", "=", mailing.id)], limit=1)
        first.send()
        self.assertEqual(first.state, "pending")
        self.assertEqual(mailing.state, "sending")
        self.env["sms.sms"]._process_queue()
        self.assertEqual(mailing.state, "done")

    def test_blacklisted_number_gets_no_promotion_but_what_it_must_know(self):
        self.env["phone.blacklist"].create({"number": "+254712345678"})
        promotion = self.queue("0712345678", message_class="promotional")
        notice = self.queue("0712345678", body="Your exam is on Monday.")
        self.env["sms.sms"]._process_queue()
        self.assertEqual(promotion.state, "canceled")
        self.assertEqual(promotion.failure_type, "sms_blacklist")
        self.assertEqual(notice.state, "pending")
        self.assertEqual(len(self.simulator.ledger()), 1)
