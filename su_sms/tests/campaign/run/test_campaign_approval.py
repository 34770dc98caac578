"""Large campaigns are approved by a second pair of eyes."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...campaign_case import RunCase


@tagged("post_install", "-at_install")
class TestCampaignApproval(RunCase):
    def test_a_large_campaign_is_approved_by_another_manager(self):
        self.gateway.approval_recipients = 2
        clerk = self.user("clerk", "su_sms.group_user")
        manager = self.user("manager", "su_sms.group_manager")
        campaign = self.many(3, as_user=clerk, user_id=clerk.id)
        campaign.with_user(clerk)._launch()
        self.assertEqual(campaign.state, "approval")
        self.assertIn(manager, campaign.activity_ids.user_id)
        with self.assertRaises(AccessError):
            campaign.with_user(clerk).action_approve()
        self.work()
        self.assertFalse(self.texts())
        campaign.with_user(manager).action_approve()
        self.assertEqual(campaign.approved_by_id, manager)
        self.assertFalse(campaign.activity_ids)
        self.work()
        self.assertEqual(len(self.texts()), 3)

    def test_nobody_approves_their_own(self):
        self.gateway.write({"approval_amount": 1.0, "price_per_part": 0.8})
        manager = self.user("manager", "su_sms.group_manager")
        campaign = self.many(3, as_user=manager, user_id=manager.id)
        campaign.with_user(manager)._launch()
        self.assertEqual(campaign.state, "approval")
        with self.assertRaisesRegex(UserError, "Someone else"):
            campaign.with_user(manager).action_approve()
        campaign.with_user(manager).action_refuse()
        self.assertEqual(campaign.state, "draft")

    def test_a_small_campaign_needs_no_approval(self):
        self.gateway.approval_recipients = 2
        self.run_campaign(self.many(2))
