"""What one request does of what takes long: there may be very many in it."""

import sys

from odoo.tests import tagged

from ...tools import limits
from ..campaign_case import CampaignCase

CAMPAIGN = "odoo.addons.su_sms.models.campaign.sms_campaign"


class LimitsCase(CampaignCase):
    def setUp(self):
        super().setUp()
        self.now = 0.0
        self.patch(limits.time, "monotonic", lambda: self.now)

    def as_a_request(self, *names):
        """Let these files keep the limits that Odoo's tests don't."""
        for name in names:
            self.patch(sys.modules[f"{CAMPAIGN}_{name}"], "in_test", lambda: False)


@tagged("post_install", "-at_install")
class TestChecksOfARequest(LimitsCase):
    """Who names very many campaigns waits no longer than for one."""

    def setUp(self):
        super().setUp()
        self.as_a_request("check")
        self.seconds = []
        check = self.registry["sms.campaign"]._check_some

        def take_time(campaign, seconds):
            self.seconds.append(seconds)
            self.now += 0.8
            return check(campaign, seconds)

        self.patch(self.registry["sms.campaign"], "_check_some", take_time)
        values = {
            "body": "Hi",
            "gateway_id": self.gateway.id,
            "optout": "none",
            "audience_ids": [(0, 0, self.numbers("0712345678"))],
        }
        self.campaigns = self.env["sms.campaign"].create(
            [dict(values, name=f"No. {n}") for n in range(6)]
        )

    def test_campaigns_that_are_created_together_share_the_time(self):
        self.assertEqual([round(each, 1) for each in self.seconds], [2.0, 1.2, 0.4])
        states = self.campaigns.mapped("check_state")
        self.assertEqual(states, ["done"] * 3 + ["running"] * 3)

    def test_campaigns_that_are_checked_or_copied_later_have_no_more(self):
        self.seconds.clear()
        self.campaigns.action_check()
        self.campaigns.copy()
        self.assertEqual(self.seconds, [])

    def test_another_transaction_has_its_own_time(self):
        self.seconds.clear()
        self.env.cr.postcommit.clear()
        self.campaigns.action_check()
        self.assertEqual(len(self.seconds), 3)
