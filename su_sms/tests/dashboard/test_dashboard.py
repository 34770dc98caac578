from unittest import mock

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .dashboard_case import NOW, DashboardCase, figures


@tagged("post_install", "-at_install")
class TestDashboard(DashboardCase):
    """What is counted, and for whom."""

    def test_every_figure_is_the_count_of_the_list_that_it_opens(self):
        campaign = self.env["sms.campaign"].create({"name": "Graduation"})
        self.fill()
        self.fill(campaign_id=campaign.id)
        self.queue("0712000001", left_out=True, state="canceled")
        data = self.data()
        parts = ("periods", "networks", "campaigns", "failures", "queue", "unknown")
        for part in parts:
            found = [figure["count"] for figure in figures(data[part])]
            self.assertTrue(any(found), f"nothing of {part} would be compared")
        self.check_figures(data)

    def test_parts_and_costs_are_those_of_the_list_that_they_open(self):
        self.fill().filtered("network").parts = 2
        messages = self.env["sms.sms"].with_user(self.manager)
        for period in self.data()["periods"]:
            with self.subTest(period["label"]):
                found = messages.search(period["domain"])
                self.assertEqual(sum(found.mapped("parts")), period["parts"])
                self.assertGreater(period["parts"], period["count"])
                [cost] = period["costs"]
                found = messages.search(cost["domain"])
                self.assertAlmostEqual(sum(found.mapped("cost")), cost["amount"])
                self.assertGreater(cost["amount"], 0)

    def test_today_and_this_month(self):
        self.fill()
        data = self.data()
        today, results = self.period(data, "today")
        self.assertEqual(today["count"], 14)
        self.assertEqual(
            results,
            {
                "delivered": 3,
                "unreported": 2,
                "waiting": 5,
                "unknown": 1,
                "failed": 1,
                "not_sent": 2,
            },
        )
        self.assertEqual(today["parts"], 14)
        self.assertAlmostEqual(today["costs"][0]["amount"], 6 * 0.8)
        month, results = self.period(data, "month")
        self.assertEqual(month["count"], 14 + 8)
        self.assertEqual(results["delivered"], 3 + 5)
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
            self.assertFalse(any(figure["count"] for figure in figures(data)))
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
        self.assertFalse(any(figure["count"] for figure in figures(data)))
        for rows in ("networks", "campaigns", "slowest", "failures"):
            self.assertFalse(data[rows], rows)
        self.gateway.active = False
        self.assertFalse(self.data()["gateways"])
