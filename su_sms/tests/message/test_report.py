import json
from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.tests import tagged

from ..common import GatewayCase

# Statuses in the order they come -> state, failure type, notification status.
SEQUENCES = [
    (["Sent"], "pending", False, "pending"),
    (["Sent", "Submitted", "Buffered"], "pending", False, "pending"),
    (["Sent", "Success"], "sent", False, "sent"),
    (["Success", "Sent"], "sent", False, "sent"),
    (["Success", "Success"], "sent", False, "sent"),
    (["success"], "sent", False, "sent"),
    (["Failed"], "error", "sms_not_delivered", "exception"),
    (["Rejected"], "error", "sms_rejected", "bounce"),
    (["Expired"], "error", "sms_expired", "exception"),
    (["AbsentSubscriber"], "error", "sms_not_delivered", "exception"),
    (["AbsentSubscriber", "Success"], "sent", False, "sent"),
    (["Failed", "Success"], "error", "sms_not_delivered", "exception"),
    (["Success", "Failed"], "sent", False, "sent"),
    (["Buffered", "Submitted", "Failed"], "error", "sms_not_delivered", "exception"),
]
# AT's reason for "Failed" -> failure type.
REASONS = [
    ("UserInBlackList", "sms_blocked"),
    ("UserInBlacklist", "sms_blocked"),
    ("DoNotDisturbRejection", "sms_blocked"),
    ("UserDoesNotExist", "sms_invalid_destination"),
    ("NotNetworkSubcriber", "sms_invalid_destination"),
    ("NotNetworkSubscriber", "sms_invalid_destination"),
    ("UserAccountSuspended", "sms_invalid_destination"),
    ("UserIsInactive", "sms_not_delivered"),
    ("DeliveryFailure", "sms_not_delivered"),
    ("InsufficientCredit", "sms_rejected"),
    ("InvalidLinkId", "sms_rejected"),
    ("UserNotSubscribedToProduct", "sms_rejected"),
    ("SomethingNew", "sms_not_delivered"),
    ("", "sms_not_delivered"),
]


@tagged("post_install", "-at_install")
class TestReport(GatewayCase):
    def setUp(self):
        super().setUp()
        self.events = self.env["sms.gateway.event"]

    def receive(self, kind="delivery", **given):
        """Store an event as the controller does."""
        self.events._receive(self.gateway.id, kind, list(given.items()))
        return self.events.search([], limit=1)

    def report(self, sms, status, **given):
        return self.receive(
            id=sms.provider_message_id, status=status, phoneNumber=sms.number, **given
        )

    def apply(self):
        self.events._apply_inbox()
        self.env.invalidate_all()

    def later(self, **delta):
        frozen = freeze_time(fields.Datetime.now() + timedelta(**delta), tick=True)
        frozen.start()
        self.addCleanup(frozen.stop)

    def test_reports_in_any_order(self):
        for statuses, state, failure_type, notified in SEQUENCES:
            for one_by_one in (True, False):
                with self.subTest(statuses, one_by_one=one_by_one):
                    sms, notification = self.post()
                    for status in statuses:
                        self.report(sms, status)
                        if one_by_one:
                            self.apply()
                    self.apply()
                    self.assertEqual(sms.state, state)
                    self.assertEqual(sms.failure_type, failure_type)
                    self.assertEqual(notification.notification_status, notified)
                    self.assertEqual(bool(sms.delivered_at), state == "sent")

    def test_reasons(self):
        for reason, failure_type in REASONS:
            with self.subTest(reason):
                sms, notification = self.post()
                self.report(sms, "Failed", failureReason=reason)
                self.apply()
                self.assertEqual(sms.failure_type, failure_type)
                self.assertEqual(notification.failure_type, failure_type)
                self.assertEqual(notification.failure_reason, reason or "Failed")

    def test_mailing_trace_and_counters_follow(self):
        mailing = self.send_mailing()
        sms = self.env["sms.sms"].search([("mailing_id", "=", mailing.id)])
        self.report(sms, "Success", networkCode="63902")
        self.apply()
        self.assertEqual(mailing.mailing_trace_ids.trace_status, "sent")
        self.assertEqual(mailing.delivered, 1)
        self.assertEqual(sms.network, "Safaricom")

    def test_unknown_network_code_is_kept(self):
        sms, _notification = self.post()
        self.report(sms, "Success", networkCode="12345")
        self.apply()
        self.assertEqual(sms.network, "12345")

    def test_unknown_status_is_shown_to_a_person_and_changes_nothing(self):
        sms, _notification = self.post()
        event = self.report(sms, "Teleported")
        self.apply()
        self.assertEqual(event.state, "failed")
        self.assertIn("Teleported", event.problem)
        self.assertEqual(sms.state, "pending")
        self.assertEqual(self.gateway.failed_event_count, 1)

    def early(self):
        """Return a message, and its report that was read before it was on record."""
        sms, _notification = self.post()
        message_id = sms.provider_message_id
        sms.provider_message_id = False
        event = self.receive(id=message_id, status="Success", phoneNumber=sms.number)
        self.apply()
        self.assertEqual(event.state, "waiting")
        sms.provider_message_id = message_id
        return sms, event

    def test_early_report_waits_for_its_message(self):
        sms, event = self.early()
        self.later(minutes=1)
        self.apply()
        self.assertEqual((event.state, sms.state), ("applied", "sent"))

    def test_early_report_is_looked_at_as_soon_as_something_is_on_record(self):
        sms, event = self.early()
        self.apply()
        self.assertEqual(event.state, "waiting")
        self.post("0733 000 001")
        self.apply()
        self.assertEqual((event.state, sms.state), ("applied", "sent"))

    def test_report_for_no_message_of_ours_is_kept_and_can_be_applied_again(self):
        event = self.receive(id="ATXid_unknown", status="Success", phoneNumber="+254")
        self.apply()
        self.later(minutes=15)
        self.apply()
        self.assertEqual(event.state, "unmatched")
        sms, _notification = self.post()
        sms.provider_message_id = "ATXid_unknown"
        event.action_apply_again()
        self.apply()
        self.assertEqual((event.state, sms.state), ("applied", "sent"))

    def test_message_of_another_gateway_is_not_touched(self):
        sms, _notification = self.post()
        other = self.gateway.create({"name": "Other", "is_default": False})
        self.events._receive(
            other.id,
            "delivery",
            [("id", sms.provider_message_id), ("status", "Success")],
        )
        self.apply()
        self.assertEqual(sms.state, "pending")

    def test_one_bad_event_stops_no_other(self):
        sms, _notification = self.post()
        bad = self.receive(status="Success")
        self.report(sms, "Success")
        worse = self.receive("incoming", text="From nobody")
        self.apply()
        self.assertEqual(sms.state, "sent")
        self.assertEqual((bad + worse).mapped("state"), ["failed", "failed"])

    def test_report_settles_the_one_unknown_outcome_it_can_be_about(self):
        self.gateway.read_timeout = 1
        self.simulator.fault("hang_after")
        sms, notification = self.post()
        self.simulator.clear_faults()
        self.assertEqual(sms.failure_type, "sms_outcome_unknown")
        sent = self.simulator.ledger()[0]
        self.receive(id=sent["id"], status="Success", phoneNumber=sent["number"])
        self.apply()
        self.assertEqual(sms.state, "sent")
        self.assertEqual(sms.provider_message_id, sent["id"])
        self.assertEqual(notification.notification_status, "sent")

    def test_report_that_may_be_about_two_settles_none(self):
        self.gateway.read_timeout = 1
        self.simulator.fault("hang_after", times=2)
        messages = self.queue("0712345678", "0712345678")
        self.env["sms.sms"]._process_queue()
        self.simulator.clear_faults()
        self.assertEqual(set(messages.mapped("failure_type")), {"sms_outcome_unknown"})
        event = self.receive(
            id="ATXid_of_one_of_them", status="Success", phoneNumber="+254712345678"
        )
        self.apply()
        self.assertEqual(event.state, "waiting")
        self.assertEqual(set(messages.mapped("state")), {"error"})

    def test_report_that_may_be_about_one_on_the_wire_settles_none(self):
        self.gateway.read_timeout = 1
        self.simulator.fault("hang_after")
        unknown, _notification = self.post()
        self.simulator.clear_faults()
        again = self.queue("0712345678")
        again.write({"state": "process", "dispatched_at": fields.Datetime.now()})
        event = self.receive(
            id="ATXid_early", status="Success", phoneNumber="+254712345678"
        )
        self.apply()
        self.assertEqual((event.state, unknown.state), ("waiting", "error"))
        again.write({"state": "pending", "provider_message_id": "ATXid_early"})
        self.later(minutes=1)
        self.apply()
        self.assertEqual((again.state, unknown.state), ("sent", "error"))

    def test_report_for_a_deleted_message(self):
        sms, _notification = self.post()
        event = self.report(sms, "Success")
        sms.unlink()
        self.later(minutes=15)
        self.apply()
        self.assertEqual(event.state, "unmatched")

    def test_incoming_message_is_kept_once_and_shown_as_text(self):
        given = {
            "from": "+254712345678",
            "to": "22334",
            "text": "<b>Hello</b> {{ 7*7 }}",
            "id": "ATSid_1",
            "date": "2026-11-22 09:30:00",
            "networkCode": "63902",
        }
        self.receive("incoming", **given)
        self.receive("incoming", **given)
        self.apply()
        incoming = self.env["sms.incoming"].search([])
        self.assertEqual(len(incoming), 1)
        self.assertEqual(incoming.partner_id, self.partner)
        self.assertEqual(fields.Datetime.to_string(incoming.date), given["date"])
        posted = self.partner.message_ids[0].body
        self.assertIn("&lt;b&gt;Hello&lt;/b&gt;", posted)
        self.assertNotIn("<b>", posted)

    def test_dates_of_another_clock(self):
        for date in ("1970-01-01T00:00:00Z", "2099-12-31 23:59:59", "yesterday", ""):
            with self.subTest(date):
                self.receive(
                    "incoming", **{"from": "+254712345678", "text": date, "date": date}
                )
                self.apply()
                incoming = self.env["sms.incoming"].search([("body", "=", date)])
                self.assertTrue(incoming.date)

    def test_chatter_learns_of_a_report_at_once(self):
        sms, notification = self.post()
        self.report(sms, "Success")
        self.env.cr.precommit.run()
        before = self.env["bus.bus"].search([], order="id desc", limit=1).id or 0
        self.apply()
        self.env.cr.precommit.run()
        news = self.env["bus.bus"].search([("id", ">", before)]).mapped("message")
        told = [
            each
            for one in news
            for each in json.loads(one)["payload"].get("mail.notification", [])
        ]
        self.assertIn(
            (notification.id, "sent"),
            [(each["id"], each["notification_status"]) for each in told],
        )

    def test_incoming_message_from_a_stranger(self):
        self.receive("incoming", **{"from": "+254799000000", "text": "Who is it?"})
        self.apply()
        incoming = self.env["sms.incoming"].search([])
        self.assertFalse(incoming.partner_id)
        self.assertEqual(incoming.body, "Who is it?")

    def test_optout_puts_the_number_on_the_blacklist(self):
        self.receive("optout", senderId="STRATHMORE", phoneNumber="+254712345678")
        self.apply()
        self.assertTrue(
            self.env["phone.blacklist"].search([("number", "=", "+254712345678")])
        )

    def test_events_are_kept_as_long_as_the_gateway_says(self):
        old = self.receive(status="Success")
        self.apply()
        self.later(days=100)
        new = self.receive(status="Success")
        self.apply()
        self.gateway._forget()
        self.assertFalse(old.exists())
        self.assertTrue(new.exists())

    def test_payload_is_kept_as_it_came(self):
        event = self.receive(id="1", status="Success", somethingNew="x")
        self.assertIn(["somethingNew", "x"], json.loads(event.payload))
