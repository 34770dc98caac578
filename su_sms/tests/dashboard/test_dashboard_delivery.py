from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .dashboard_case import DashboardCase


@tagged("post_install", "-at_install")
class TestDashboardDelivery(DashboardCase):
    """What arrives: by network, campaign and reason, and how fast."""

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
        delay = networks[1]["delay"]
        self.assertEqual(delay["typical"], "10 s", "the median")
        self.assertEqual(delay["count"], 3)
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

    def deliver(self, campaign, *seconds):
        """Have messages of a campaign delivered so long after their acceptance."""
        now = fields.Datetime.now()
        messages = self.fill(
            {("sent", False, "Safaricom", 0.8, 1): len(seconds)},
            campaign_id=campaign.id,
        )
        for sms, each in zip(messages, seconds, strict=True):
            sms.accepted_at = now
            sms.delivered_at = now + timedelta(seconds=each)
        return messages

    def test_campaigns_that_arrive_slowest_come_first(self):
        quick, slow, tail = self.env["sms.campaign"].create(
            [{"name": "Quick"}, {"name": "Slow"}, {"name": "Tail"}]
        )
        self.deliver(quick, *[5] * 10)
        self.deliver(slow, *[40] * 10, *[600] * 10)
        # One that is switched off makes no campaign slow.
        self.deliver(tail, *[5] * 19, 50_000)
        data = self.data()
        self.assertEqual(
            [
                (row["label"], row["arrived"]["count"], row["typical"], row["most"])
                for row in data["slowest"]
            ],
            [
                ("Slow", 20, "5 min", "10 min"),
                ("Tail", 20, "5 s", "5 s"),
                ("Quick", 10, "5 s", "5 s"),
            ],
        )
        self.check_figures(data)

    def test_what_waits_here_makes_no_campaign_slow(self):
        campaign = self.env["sms.campaign"].create({"name": "At a pace"})
        messages = self.deliver(campaign, *[5] * 10)
        self.date(messages, fields.Datetime.now() - timedelta(days=2))
        [row] = self.data()["slowest"]
        self.assertEqual(row["typical"], "5 s")

    def test_a_few_messages_tell_nothing_of_a_campaigns_speed(self):
        campaign = self.env["sms.campaign"].create({"name": "Few"})
        messages = self.deliver(campaign, *[900] * 20)
        # As many as were accepted, but these are not reported on yet.
        messages[9:].delivered_at = False
        self.assertFalse(self.data()["slowest"])

    def test_campaigns_of_another_month_are_not_among_the_slowest(self):
        campaign = self.env["sms.campaign"].create({"name": "Old"})
        messages = self.deliver(campaign, *[900] * 10)
        self.date(messages, fields.Datetime.now() - timedelta(days=40))
        self.assertFalse(self.data()["slowest"])
