from datetime import timedelta
from unittest import mock

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import GatewayCase

# state, failure type, network, cost, days ago -> how many
MESSAGES = {
    ("sent", False, "Safaricom", 0.8, 0): 3,
    ("pending", False, False, 0.8, 0): 2,
    ("outgoing", False, False, 0, 0): 4,
    ("process", False, False, 0, 0): 1,
    ("canceled", "sms_optout", False, 0, 0): 2,
    ("error", "sms_expired", "Safaricom", 0.8, 0): 1,
    ("error", "sms_outcome_unknown", False, 0, 0): 1,
    ("sent", False, "Airtel Kenya", 1.0, 10): 5,
    ("error", "sms_not_delivered", "Airtel Kenya", 1.0, 10): 3,
    ("sent", False, "Safaricom", 0.8, 29): 1,
    ("sent", False, "Safaricom", 0.8, 45): 7,
}
NOW = "2026-05-20 09:00:00"  # noon in Nairobi


@tagged("post_install", "-at_install")
class TestDashboard(GatewayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user("dashboard", "su_sms.group_manager", tz="Africa/Nairobi")
        cls.kes = cls.env.ref("base.KES")
        cls.kes.active = True
        clock = mock.patch.object(
            fields.Datetime, "now", lambda: fields.Datetime.to_datetime(NOW)
        )
        clock.start()
        cls.addClassCleanup(clock.stop)

    def queue(self, *numbers, **vals):
        """Create messages, as of the test's time."""
        messages = super().queue(*numbers, **vals)
        self.date(messages, NOW)
        return messages

    def fill(self, messages=None, **vals):
        """Create messages as the table says, at the same hour of their days."""
        made = self.env["sms.sms"]
        for row, count in (messages or MESSAGES).items():
            state, failure_type, network, cost, days = row
            some = self.queue(
                *[f"07120{len(made) + n:05d}" for n in range(count)],
                state=state,
                failure_type=failure_type,
                network=network,
                cost=cost,
                currency_id=cost and self.kes.id,
                parts=1,
                **vals,
            )
            self.date(some, fields.Datetime.now() - timedelta(days=days))
            made += some
        return made

    def date(self, messages, when):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sms_sms SET create_date = %s WHERE id = ANY(%s)",
            [when, messages.ids],
        )
        messages.invalidate_recordset(["create_date"])

    def data(self, user=None, **given):
        dashboard = self.env["sms.dashboard"].with_user(user or self.manager)
        return dashboard.get_data(**given)

    def period(self, data, key):
        period = next(each for each in data["periods"] if each["key"] == key)
        keys = [outcome["key"] for outcome in data["outcomes"]]
        counts = [figure["count"] for figure in period["outcomes"]]
        return period, dict(zip(keys, counts, strict=True))

    def check_figures(self, data, user=None):
        """Assert that every figure is the count of the list that it opens."""
        messages = self.env["sms.sms"].with_user(user or self.manager)
        figures = list(_figures(data))
        self.assertGreater(len(figures), 10)
        for figure in figures:
            with self.subTest(figure=figure):
                count = messages.search_count(figure["domain"])
                self.assertEqual(count, figure["count"])
        for outcome in data["outcomes"]:
            counts = data["chart"]["counts"][outcome["key"]]
            for day, count in zip(data["chart"]["days"], counts, strict=True):
                domain = [*day["domain"], *outcome["domain"]]
                self.assertEqual(messages.search_count(domain), count, domain)

    def test_every_figure_is_the_count_of_the_list_that_it_opens(self):
        campaign = self.env["sms.campaign"].create({"name": "Graduation"})
        self.fill()
        self.fill(campaign_id=campaign.id)
        self.queue("0712000001", left_out=True, state="canceled")
        self.check_figures(self.data())

    def test_today_and_this_month(self):
        self.fill()
        data = self.data()
        today, outcomes = self.period(data, "today")
        self.assertEqual(today["count"], 14)
        self.assertEqual(
            outcomes,
            {
                "delivered": 3,
                "sent": 2,
                "waiting": 5,
                "unknown": 1,
                "failed": 1,
                "left_out": 2,
            },
        )
        self.assertEqual(today["parts"], 14)
        self.assertAlmostEqual(today["costs"][0]["amount"], 6 * 0.8)
        month, outcomes = self.period(data, "month")
        self.assertEqual(month["count"], 14 + 8)
        self.assertEqual(outcomes["delivered"], 3 + 5)
        self.assertAlmostEqual(month["costs"][0]["amount"], 6 * 0.8 + 8 * 1.0)

    def test_a_day_begins_at_midnight_in_the_users_zone(self):
        sms = self.queue("0712345678", "0712345679")
        # 23:59 of the day before and 00:00 in Nairobi
        self.date(sms[0], "2026-05-19 20:59:59")
        self.date(sms[1], "2026-05-19 21:00:00")
        data = self.data()
        self.assertEqual(self.period(data, "today")[0]["count"], 1)
        self.assertEqual(data["chart"]["counts"]["waiting"][-2:], [1, 1])
        self.assertEqual(data["chart"]["days"][-1]["date"], "2026-05-20")
        self.assertEqual(len(data["chart"]["days"]), 30)
        self.check_figures(data)

    def test_the_whole_month_counts_where_it_has_31_days(self):
        now = fields.Datetime.to_datetime("2026-05-31 09:00:00")
        with mock.patch.object(fields.Datetime, "now", lambda: now):
            sms = self.queue("0712345678")
            self.date(sms, "2026-05-01 06:00:00")
            data = self.data()
            self.assertEqual(self.period(data, "month")[0]["count"], 1)
            self.assertFalse(any(data["chart"]["counts"]["waiting"]), "30 days")
            self.check_figures(data)

    def test_costs_of_different_currencies_are_never_added(self):
        euro = self.env.ref("base.EUR")
        self.fill({("sent", False, False, 2.0, 0): 2})
        messages = self.fill({("sent", False, False, 0.5, 0): 4})
        messages.currency_id = euro
        costs = self.period(self.data(), "today")[0]["costs"]
        self.assertEqual({cost["amount"] for cost in costs}, {4.0, 2.0})

    def test_delivery_by_network(self):
        sms = self.fill()
        delivered = sms.filtered(lambda s: s.state == "sent")
        for place, each in enumerate(delivered[:3]):
            each.accepted_at = fields.Datetime.now()
            seconds = (4, 10, 300)[place]
            each.delivered_at = each.accepted_at + timedelta(seconds=seconds)
        networks = self.data()["networks"]
        found = {
            row["label"]: (row["tried"]["count"], row["delivered"]["count"])
            for row in networks
        }
        self.assertEqual(
            found,
            {"Airtel Kenya": (8, 5), "Safaricom": (5, 4), "Not known yet": (3, 0)},
        )
        self.assertEqual(networks[1]["delay"], "10 s", "the median")
        self.assertEqual(networks[-1]["label"], "Not known yet")

    def test_campaigns_of_which_most_fails_come_first(self):
        campaigns = self.env["sms.campaign"].create(
            [{"name": "Half"}, {"name": "A third"}, {"name": "None"}]
        )
        sent = ("sent", False, "Safaricom", 0.8, 1)
        failed = ("error", "sms_expired", "Safaricom", 0.8, 1)
        for campaign, good, bad in zip(campaigns, (2, 4, 5), (2, 2, 0), strict=True):
            self.fill({sent: good, failed: bad}, campaign_id=campaign.id)
        shown = self.data()["campaigns"]
        self.assertEqual([row["label"] for row in shown], ["Half", "A third"])
        self.assertEqual([row["failed"]["count"] for row in shown], [2, 2])

    def test_reasons_of_failure(self):
        self.fill()
        reasons = [(row["label"], row["count"]) for row in self.data()["failures"]]
        self.assertEqual(reasons, [("Not Delivered", 3), ("Expired", 1)])

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
            reasons, {"Its turn": 2, "The next try": 1, "A paused campaign": 1}
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
            self.assertEqual(reasons, {reason: 1, "Its turn": 1})
            self.check_figures(data)

    def test_one_gateway_of_several(self):
        other = self.gateway.create({"name": "Other", "is_default": False})
        self.fill()
        self.fill({("sent", False, "Telkom Kenya", 1.0, 0): 6}, gateway_id=other.id)
        data = self.data(gateway_id=other.id)
        self.assertEqual(self.period(data, "today")[0]["count"], 6)
        self.assertEqual([row["label"] for row in data["networks"]], ["Telkom Kenya"])
        self.check_figures(data)
        self.assertEqual(self.period(self.data(), "today")[0]["count"], 14 + 6)

    def test_nothing_of_another_company_is_counted_or_shown(self):
        company = self.env["res.company"].create({"name": "Other"})
        theirs = self.gateway.create(
            {"name": "Theirs", "company_id": company.id, "hold_reason": "credit"}
        )
        vals = {"gateway_id": theirs.id, "company_id": company.id}
        campaign = self.env["sms.campaign"].create(
            {"name": "Theirs", "gateway_id": theirs.id, "company_id": company.id}
        )
        self.fill(campaign_id=campaign.id, **vals)
        self.env["sms.balance"].create(
            {"gateway_id": theirs.id, "at": NOW, "amount": 12345}
        )
        for given in ({}, {"gateway_id": theirs.id}):
            data = self.data(**given)
            self.assertFalse(any(figure["count"] for figure in _figures(data)))
            self.assertNotIn("Theirs", repr(data))
            self.assertNotIn("12345", repr(data))
        self.manager.company_ids += company
        data = (
            self.env["sms.dashboard"]
            .with_user(self.manager)
            .with_context(allowed_company_ids=company.ids)
            .get_data()
        )
        self.assertEqual(self.period(data, "today")[0]["count"], 14)
        self.assertEqual([each["name"] for each in data["gateways"]], ["Theirs"])

    def test_only_managers_may_ask(self):
        for group in ("base.group_user", "base.group_portal", "su_sms.group_user"):
            user = self.user(group, group)
            with self.subTest(group), self.assertRaises(AccessError):
                self.data(user)
        self.assertFalse(self.data()["can_configure"])
        administrator = self.user("administrator", "su_sms.group_gateway_admin")
        self.assertTrue(self.data(administrator)["can_configure"])

    def test_without_a_gateway_and_without_messages(self):
        data = self.data()
        self.assertFalse(any(figure["count"] for figure in _figures(data)))
        self.assertFalse(data["networks"] + data["campaigns"] + data["failures"])
        self.gateway.active = False
        self.assertFalse(self.data()["gateways"])

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
        self.assertEqual(problem["title"], "1 gateway events to look at")
        self.assertFalse(self.data()["problems"])

    def test_missing_reports_are_said(self):
        self.fill({("pending", False, False, 0.8, 0): 2})
        (problem,) = self.data()["problems"]
        self.assertEqual(problem["title"], "No delivery reports have come")
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


def _figures(data):
    """Give every figure of the dashboard's data, whatever it is in."""
    if isinstance(data, dict):
        if "count" in data and "domain" in data:
            yield data
        data = list(data.values())
    if isinstance(data, list):
        for each in data:
            yield from _figures(each)
