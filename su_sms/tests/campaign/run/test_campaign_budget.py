"""What a campaign costs, and what stops it."""

from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ....dispatch import lanes
from ...campaign_case import NOON, RunCase


@tagged("post_install", "-at_install")
class TestCampaignBudget(RunCase):
    def test_the_price_is_learnt_from_what_was_charged(self):
        campaign = self.many(3)
        self.assertEqual(campaign.price, 0)
        self.queue("+254733000001", "+254733000002").send()
        campaign.invalidate_recordset()
        self.assertAlmostEqual(campaign.part_price, 0.8)
        self.assertAlmostEqual(campaign.price, 2.4)
        self.assertEqual(campaign.currency_id.name, "KES")
        self.gateway.price_per_part = 1.5
        campaign.invalidate_recordset()
        self.assertAlmostEqual(campaign.price, 4.5)

    def test_what_is_sent_again_costs_again(self):
        campaign = self.many(1)
        self.run_campaign(campaign)
        campaign.sms_ids.write({"state": "error", "failure_type": "sms_not_delivered"})
        campaign.action_retry()
        self.work()
        self.assertEqual(len(self.texts()), 2)
        self.assertAlmostEqual(campaign.spent, 1.6)
        # The statement adds these up.
        self.assertAlmostEqual(campaign.sms_ids.cost, 1.6)
        # What a part costs is what it did.
        self.queue("+254733000001").send()
        self.assertAlmostEqual(self.gateway._price_list().mean, 0.8)

    def test_each_network_has_its_own_price(self):
        sent = self.queue(*[f"+25473300000{n}" for n in range(4)])
        sent.write({"state": "sent", "parts": 1, "cost": 0.8, "network": "63902"})
        sent[0].write({"cost": 1.6, "network": "63903"})
        sent.currency_id = self.env.ref("base.KES")
        found = {row["network"]: row for row in self.gateway._prices()}
        self.assertAlmostEqual(found["63902"]["price"], 0.8)
        self.assertAlmostEqual(found["63902"]["share"], 0.75)
        self.assertAlmostEqual(found["63903"]["price"], 1.6)
        self.assertAlmostEqual(self.many(1).part_price, 1.0)

    def test_not_enough_credit_is_said_before(self):
        self.gateway.price_per_part = 1.0
        self.gateway.write({"balance": 2.0, "balance_at": fields.Datetime.now()})
        campaign = self.many(5)
        self.assertAlmostEqual(campaign.balance_short, 3.0)
        wizard = self.env["sms.campaign.launch"].create({"campaign_id": campaign.id})
        self.assertAlmostEqual(wizard.balance_short, 3.0)

    def test_a_balance_in_another_currency_is_shown_and_not_compared(self):
        self.queue("+254733000001").send()
        dollars = self.env.ref("base.USD")
        self.gateway.write(
            {
                "balance": 1.0,
                "balance_currency_id": dollars.id,
                "balance_at": fields.Datetime.now(),
            }
        )
        campaign = self.many(5)
        self.assertEqual(campaign.currency_id.name, "KES")
        self.assertEqual(campaign.balance_currency_id, dollars)
        self.assertFalse(campaign.balance_short)

    def test_the_budget_pauses_the_campaign_before_it_is_passed(self):
        self.gateway.price_per_part = 0.8
        campaign = self.many(10, budget=4.0)
        campaign._launch()
        self.work()
        self.assertEqual(len(self.texts()), 5)
        self.assertEqual(campaign.state, "paused")
        self.assertEqual(campaign.pause_reason, "budget")
        self.assertTrue(campaign.activity_ids)
        campaign.budget = 100
        campaign.action_resume()
        self.work()
        self.assertEqual(len(self.texts()), 10)
        self.assertEqual(campaign.state, "done")

    def test_a_budget_needs_a_price(self):
        campaign = self.many(2, budget=4.0)
        with self.assertRaisesRegex(UserError, "The cost of an SMS is not known yet"):
            campaign._launch()
        self.gateway.price_per_part = 0.8
        self.run_campaign(campaign)

    def test_the_budget_of_the_day_goes_on_tomorrow(self):
        self.at(NOON)
        self.gateway.write({"price_per_part": 0.8, "day_budget": 2.4})
        campaign = self.many(5)
        campaign._launch()
        self.work()
        self.assertEqual(len(self.texts()), 3)
        self.assertEqual(campaign.state, "sending")
        [lane] = [
            lane
            for lane in lanes.lanes(self.env.cr, self.gateway._settings(), NOON)
            if lane.campaign
        ]
        self.assertEqual(
            (lane.reason, lane.opens), ("day_budget", datetime(2026, 3, 2, 21))
        )
        self.at(NOON + timedelta(days=1))
        self.work()
        self.assertEqual(len(self.texts()), 5)
