from datetime import timedelta
from unittest import mock

from odoo import fields
from odoo.tests import tagged

from .dashboard_case import NOW, DashboardCase


@tagged("post_install", "-at_install")
class TestDashboardGateway(DashboardCase):
    """What waits, what is wrong, and the balance."""

    def test_what_waits_and_what_for(self):
        paused = self.env["sms.campaign"].create({"name": "Paused"})
        paused.state = "paused"
        later = fields.Datetime.now() + timedelta(hours=1)
        self.queue("0712345671", "0712345672", priority="2")
        self.queue("0712345673", not_before=later)
        self.queue("0712345674", campaign_id=paused.id)
        data = self.data()
        reasons = {row["label"]: row["count"] for row in data["queue"]["reasons"]}
        self.assertEqual(
            reasons, {"Next in the queue": 2, "The next try": 1, "A paused campaign": 1}
        )
        self.check_figures(data)
        self.gateway.hold_reason = "credit"
        data = self.data()
        reasons = {row["label"]: row["count"] for row in data["queue"]["reasons"]}
        self.assertEqual(reasons, {"No credit": 3, "A paused campaign": 1})
        priorities = {row["label"]: row["count"] for row in data["queue"]["priorities"]}
        self.assertEqual(priorities, {"Urgent": 2, "Normal": 2})
        self.check_figures(data)

    def test_promotional_messages_wait_for_the_balance_or_the_hours(self):
        self.queue("0712345671", message_class="promotional")
        self.queue("0712345672")
        self.gateway.write({"use_window": True, "window_start": 1, "window_end": 2})
        for vals, reason in (
            ({}, "The hours for promotional SMS"),
            ({"balance_state": "floor"}, "A higher balance"),
        ):
            self.gateway.write(vals)
            data = self.data()
            reasons = {row["label"]: row["count"] for row in data["queue"]["reasons"]}
            self.assertEqual(reasons, {reason: 1, "Next in the queue": 1})
            self.check_figures(data)

    def test_problems_the_worst_first(self):
        self.gateway.write({"balance_warning": 100, "balance_floor": 10})
        self.simulator.settings(balance=50)
        self.gateway._watch()
        self.fill({("error", "sms_outcome_unknown", False, 0, 0): 2})
        self.gateway.write({"hold_reason": "auth", "hold_text": "Invalid key"})
        problems = self.data()["problems"]
        self.assertEqual(
            [
                (problem["level"], problem["title"].partition(": $")[0])
                for problem in problems
            ],
            [
                ("danger", "Test: Username or API key refused"),
                ("warning", "Test: Balance low"),
                ("warning", "2 messages of unknown outcome"),
            ],
        )
        self.assertIn("Invalid key", problems[0]["text"])
        self.assertFalse(problems[0]["open"], "gateways are closed to a manager")
        administrator = self.user("administrator", "su_sms.group_gateway_admin")
        problems = self.data(administrator)["problems"]
        self.assertEqual(problems[0]["open"]["id"], self.gateway.id)

    def test_events_to_look_at_are_the_administrators(self):
        self.env["sms.gateway.event"].create(
            {
                "gateway_id": self.gateway.id,
                "kind": "delivery",
                "state": "failed",
                "received_at": NOW,
                "payload": "[]",
            }
        )
        administrator = self.user("administrator", "su_sms.group_gateway_admin")
        (problem,) = self.data(administrator)["problems"]
        self.assertEqual(problem["title"], "1 gateway events to review")
        self.assertFalse(self.data()["problems"])

    def test_missing_reports_are_said(self):
        self.fill({("pending", False, False, 0.8, 0): 2})
        (problem,) = self.data()["problems"]
        self.assertEqual(problem["title"], "No delivery reports received yet")
        self.fill({("sent", False, "Safaricom", 0.8, 0): 1})
        self.assertFalse(self.data()["problems"])

    def test_balances_are_kept_when_they_change_at_most_hourly(self):
        now = fields.Datetime.now()
        for minutes, amount in ((0, 500), (15, 480), (75, 480), (90, 450), (200, 900)):
            at = now + timedelta(minutes=minutes)
            with mock.patch.object(fields.Datetime, "now", lambda at=at: at):
                self.simulator.settings(balance=amount)
                self.gateway._watch()
        kept = self.env["sms.balance"].search([("gateway_id", "=", self.gateway.id)])
        kept = kept.sorted("at")
        self.assertEqual(kept.mapped("amount"), [480, 450, 900])
        self.assertEqual(kept[1].at, now + timedelta(minutes=90))
        with mock.patch.object(fields.Datetime, "now", lambda: at):
            (trend,) = self.data()["balances"]
        amounts = [point["y"] for point in trend["points"]]
        self.assertEqual(amounts, [480, 450, 900, 900])
