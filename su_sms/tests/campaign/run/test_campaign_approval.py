"""Large campaigns are approved by a second pair of eyes."""

from datetime import timedelta

from odoo import fields
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

    def test_what_one_sender_launches_in_a_day_adds_up(self):
        clerk = self.user("clerk", "su_sms.group_user")
        other = self.user("other", "su_sms.group_user")
        for limit in (
            {"approval_recipients": 5},
            {"approval_amount": 4.0, "price_per_part": 0.8},
        ):
            with self.subTest(**limit), self.env.cr.savepoint() as savepoint:
                self.gateway.write(limit)
                launched = []
                for user in (clerk, clerk, clerk, other):
                    campaign = self.many(3, as_user=user, user_id=user.id)
                    campaign.with_user(user)._launch()
                    launched.append(campaign)
                states = [campaign.state for campaign in launched]
                self.assertEqual(
                    states, ["preparing", "approval", "approval", "preparing"]
                )
                # What is called off counts no more, and what is small enough goes.
                for campaign in launched[1:3]:
                    campaign.with_user(clerk).action_cancel()
                small = self.many(2, as_user=clerk, user_id=clerk.id)
                small.with_user(clerk)._launch()
                self.assertEqual(small.state, "preparing")
                self.work()
                self.assertEqual((launched[0] | small).mapped("state"), ["done"] * 2)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_what_was_approved_or_is_older_than_a_day_does_not_add_up(self):
        self.gateway.approval_recipients = 3
        clerk = self.user("clerk", "su_sms.group_user")
        manager = self.user("manager", "su_sms.group_manager")
        large = self.many(4, as_user=clerk, user_id=clerk.id)
        large.with_user(clerk)._launch()
        large.with_user(manager).action_approve()
        for _day in range(2):
            campaign = self.many(3, as_user=clerk, user_id=clerk.id)
            campaign.with_user(clerk)._launch()
            self.assertEqual(campaign.state, "preparing")
            campaign.sudo().launched_at -= timedelta(days=1)

    def test_what_bounds_an_approved_campaign_is_not_its_senders_to_loosen(self):
        self.gateway.write({"approval_recipients": 2, "price_per_part": 0.8})
        later = fields.Datetime.now() + timedelta(hours=3)
        sender = self.user("sender", "su_sms.group_user,su_sms.group_manager")
        manager = self.user("manager", "su_sms.group_manager")
        clerk = self.user("clerk", "su_sms.group_user")
        campaign = self.many(
            3,
            as_user=sender,
            user_id=clerk.id,
            message_class="transactional",
            budget=2.0,
            pace=1,
            within_window=True,
            not_after=later,
        )
        campaign.with_user(sender)._launch()
        campaign.with_user(manager).action_approve()
        looser = (
            {"budget": 0},
            {"budget": 3.0},
            {"pace": 0},
            {"pace": 2},
            {"within_window": False},
            {"not_after": False},
            {"not_after": later + timedelta(hours=1)},
        )
        for user in (sender, clerk):
            for values in looser:
                with (
                    self.subTest(user.login, **values),
                    self.assertRaises(AccessError, msg=values),
                ):
                    campaign.with_user(user).write(values)
        tighter = {"budget": 1.0, "not_after": later - timedelta(hours=1)}
        campaign.with_user(clerk).write(tighter)
        for values in looser:
            campaign.with_user(manager).write(values)

    def test_an_old_screen_approves_no_other_bounds(self):
        self.gateway.write({"approval_recipients": 2, "price_per_part": 0.8})
        clerk = self.user("clerk", "su_sms.group_user")
        manager = self.user("manager", "su_sms.group_manager")
        campaign = self.many(3, as_user=clerk, user_id=clerk.id, budget=2.0)
        campaign.with_user(clerk)._launch()
        seen = campaign.with_context(approval_stamp=campaign.approval_stamp)
        campaign.with_user(clerk).budget = 0
        with self.assertRaisesRegex(UserError, "changed after you opened it"):
            seen.with_user(manager).action_approve()
