from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ...dispatch.waiting import REASONS
from ...models.gateway.sms_gateway_config_hold import WAITS_FOR
from ..campaign_case import CampaignCase


@tagged("post_install", "-at_install")
class TestWaiting(CampaignCase):
    """Why a message waits is decided once, and said in the same words everywhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway.write({"price_per_part": 1.0, "window_zone": "UTC"})
        cls.kes = cls.env.ref("base.KES")

    def prepared(self, **values):
        """Return a campaign that is sending, its two messages not sent yet."""
        campaign = self.campaign(self.numbers("0712345671\n0712345672"), **values)
        campaign._launch()
        self.env["sms.campaign"]._work()
        self.env.invalidate_all()
        self.assertEqual(campaign.state, "sending")
        return campaign

    def check(self, campaign, words):
        """Assert that message, campaign and dashboard say this."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(set(campaign.sms_ids.mapped("waits_for")), {words})
        self.assertEqual(campaign.waits_for, words)
        self.assertEqual(self.queue_reasons(), {words: len(campaign.sms_ids)})

    def queue_reasons(self):
        queue = self.env["sms.dashboard"].get_data()["queue"]
        for row in queue["reasons"]:
            found = self.env["sms.sms"].search_count(row["domain"])
            self.assertEqual(found, row["count"])
        return {row["label"]: row["count"] for row in queue["reasons"]}

    def spend(self, amount, **vals):
        self.env["sms.spending"].create(
            {
                "company_id": self.env.company.id,
                "day": fields.Date.today(),
                "currency_id": self.kes.id,
                "amount": amount,
                "bulk": True,
                **vals,
            }
        )

    def test_every_reason_has_words(self):
        self.assertEqual(set(WAITS_FOR) | {"hold"}, set(REASONS))

    def test_next(self):
        self.check(self.prepared(), "Next in the queue")

    def test_hold(self):
        campaign = self.prepared()
        self.gateway.hold_reason = "credit"
        self.check(campaign, "No credit")

    def test_hours(self):
        hour = fields.Datetime.now().hour
        self.gateway.write(
            {
                "use_window": True,
                "window_start": (hour + 2) % 23,
                "window_end": (hour + 2) % 23 + 1,
            }
        )
        campaign = self.prepared(message_class="promotional")
        self.check(campaign, "The hours for promotional SMS")

    def test_balance(self):
        campaign = self.prepared(message_class="promotional")
        self.gateway.balance_state = "floor"
        self.check(campaign, "A higher balance")

    def test_budget_of_the_campaign(self):
        campaign = self.prepared(budget=2.0)
        self.spend(2.0, campaign_id=campaign.id, bulk=False)
        self.check(campaign, "A higher campaign budget")

    def test_budget_of_the_day(self):
        campaign = self.prepared()
        self.gateway.day_budget = 5.0
        self.spend(5.0)
        self.check(campaign, "The next day's budget")

    def test_budget_of_the_day_of_one_company_on_a_shared_gateway(self):
        self.gateway.write({"company_id": False, "day_budget": 5.0})
        self.spend(5.0)
        other = self.env["res.company"].create({"name": "Other"})
        mine, theirs = self.queue(
            "0712345671", "0712345672", message_class="promotional", priority="0"
        )
        theirs.company_id = other
        self.env.flush_all()
        self.assertEqual(mine.waits_for, "The next day's budget")
        self.assertEqual(theirs.waits_for, "Next in the queue")
        self.env.user.company_ids += other
        self.env = self.env(
            context={"allowed_company_ids": [self.env.company.id, other.id]}
        )
        self.assertEqual(
            self.queue_reasons(),
            {"The next day's budget": 1, "Next in the queue": 1},
        )

    def test_pace_of_the_campaign(self):
        campaign = self.prepared(pace=1)
        self.paced(campaign)
        self.check(campaign, "The pace")

    def test_pace_of_the_gateway(self):
        campaign = self.prepared()
        self.gateway.pace = 1
        self.paced(self.env["sms.campaign"])
        self.check(campaign, "The pace")

    def paced(self, campaign):
        self.env["sms.pace"].create(
            {
                "gateway_id": self.gateway.id,
                "campaign_id": campaign.id,
                "paced_until": fields.Datetime.now() + timedelta(minutes=10),
            }
        )

    def test_paused_campaign(self):
        campaign = self.prepared()
        campaign.action_pause()
        self.check(campaign, "A paused campaign")

    def test_what_a_message_waits_for_by_itself(self):
        later = fields.Datetime.now() + timedelta(hours=1)
        limited, retried = self.queue("0712345671", "0712345672", not_before=later)
        limited.held_until = later
        self.env.flush_all()
        self.assertEqual(limited.waits_for, "The hourly limit")
        self.assertEqual(retried.waits_for, "The next try")
        self.assertEqual(
            self.queue_reasons(), {"The hourly limit": 1, "The next try": 1}
        )
