"""What happens when an audience grows between what a person saw and what is sent."""

from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ....models.campaign import sms_campaign_count
from ...campaign_case import CampaignCase


@tagged("post_install", "-at_install")
class TestCampaignGrowth(CampaignCase):
    def setUp(self):
        super().setUp()
        self.clerk = self.user("clerk", "su_sms.group_user")
        self.manager = self.user("manager", "su_sms.group_manager")
        self.grow(2)

    def grow(self, count, **vals):
        """Add so many people to the audience."""
        known = self.env["res.partner"].search_count([("ref", "=", "grows")])
        return self.env["res.partner"].create(
            [
                {
                    "name": f"Person {n}",
                    "phone": f"+2547120{n:05d}",
                    "ref": "grows",
                    **vals,
                }
                for n in range(known, known + count)
            ]
        )

    def growing(self, **values):
        """Create a campaign to whoever is in the audience when it is prepared."""
        audience = {
            "kind": "model",
            "model_id": self.env["ir.model"]._get_id("res.partner"),
            "domain": "[('ref', '=', 'grows')]",
        }
        return self.campaign(audience, as_user=self.clerk, **values).with_user(
            self.clerk
        )

    def question(self, campaign):
        """Return the dialog that asks before the launch."""
        action = campaign.action_ask_to_launch()
        wizard = self.env[action["res_model"]].with_user(self.clerk)
        return wizard.with_context(**action["context"]).create({})

    def test_the_dialog_counts_who_has_come_since(self):
        self.gateway.approval_recipients = 2
        campaign = self.growing()
        self.grow(20)
        question = self.question(campaign)
        self.assertEqual(question.recipient_count, 22)
        self.assertEqual(question.counted_at, campaign.counted_at)
        self.assertTrue(question.wants_approval)
        question.action_launch()
        self.assertEqual(campaign.state, "approval")

    def test_very_many_are_not_counted_at_each_look(self):
        campaign = self.growing()
        self.grow(1)
        self.patch(sms_campaign_count, "PAGE", 1)
        self.assertEqual(self.question(campaign).recipient_count, 2)
        campaign.sudo().counted_at = campaign.counted_at - (
            2 * sms_campaign_count.COUNT_HOLDS
        )
        self.assertEqual(self.question(campaign).recipient_count, 3)

    def test_nothing_leaves_without_the_manager_whom_it_needs_by_then(self):
        self.gateway.approval_recipients = 2
        campaign = self.growing()
        campaign._launch()
        self.assertEqual(campaign.state, "preparing")
        self.grow(1)
        self.work()
        self.assertFalse(self.texts())
        self.assertEqual(
            (campaign.state, campaign.pause_reason), ("paused", "approval")
        )
        self.assertIn("2 recipients were agreed at launch, but 3", campaign.pause_text)
        self.assertIn(self.manager, campaign.sudo().activity_ids.user_id)
        with self.assertRaisesRegex(UserError, "manager must approve"):
            campaign.action_resume()
        campaign.with_user(self.manager).action_approve()
        self.work()
        self.assertEqual(len(self.texts()), 3)
        self.assertEqual(campaign.approved_by_id, self.manager)

    def test_money_counts_as_people_do(self):
        self.gateway.write({"price_per_part": 1.0, "approval_amount": 3.0})
        campaign = self.growing(body="Dear {{ object.name }}")
        campaign._launch()
        # two parts each
        self.grow(1, name="B" * 160)
        self.work()
        self.assertEqual(campaign.pause_reason, "approval")
        self.assertFalse(self.texts())

    def test_an_old_screen_approves_nothing_new(self):
        self.gateway.approval_recipients = 1
        campaign = self.growing()
        campaign._launch()
        seen = campaign.with_user(self.manager).approval_stamp
        campaign.action_back_to_draft()
        campaign.body = "Pay to till 000 today!"
        with freeze_time(fields.Datetime.now() + timedelta(minutes=1)):
            campaign._launch()
        screen = campaign.with_user(self.manager).with_context(approval_stamp=seen)
        with self.assertRaisesRegex(UserError, "Reload the page"):
            screen.action_approve()
        self.assertEqual(campaign.state, "approval")
        screen.with_context(approval_stamp=screen.approval_stamp).action_approve()
        self.assertEqual(campaign.approved_by_id, self.manager)

    def test_a_manager_approves_what_they_have_seen(self):
        self.gateway.approval_recipients = 1
        campaign = self.growing()
        campaign._launch()
        campaign.with_user(self.manager).action_approve()
        self.grow(20)
        self.work()
        self.assertEqual(campaign.pause_reason, "approval")
        campaign.with_user(self.manager).action_approve()
        self.work()
        self.assertEqual(len(self.texts()), 22)

    def test_far_more_than_at_the_launch_is_asked_about(self):
        campaign = self.growing()
        campaign._launch()
        self.grow(20)
        self.work()
        self.assertFalse(self.texts())
        self.assertEqual((campaign.state, campaign.pause_reason), ("paused", "grown"))
        with self.assertRaisesRegex(UserError, "is not waiting for approval"):
            campaign.with_user(self.manager).action_approve()
        campaign.action_resume()
        self.work()
        self.assertEqual(campaign.state, "done")
        self.assertEqual(len(self.texts()), 22)

    def approved(self, **values):
        """Return a campaign to ten, approved and not begun."""
        self.gateway.approval_recipients = 2
        people = self.grow(8)
        campaign = self.growing(**{"body": "Dear {{ object.name }}", **values})
        campaign._launch()
        campaign.with_user(self.manager).action_approve()
        self.assertEqual(campaign.recipient_count, 10)
        return campaign, people

    def test_others_than_were_approved_are_asked_about(self):
        """As many people, as many parts, and none of them is who was seen."""
        campaign, people = self.approved()
        people.write({"ref": False})
        for n, person in enumerate(self.grow(8)):
            person.phone = f"+254733{n:06d}"
        self.work()
        self.assertEqual((campaign.state, campaign.recipient_count), ("paused", 10))
        self.assertEqual(campaign.pause_reason, "approval")
        self.assertIn("8 recipients", campaign.pause_text)
        self.assertFalse(self.texts())
        campaign.with_user(self.manager).action_approve()
        self.work()
        self.assertEqual(len(self.texts()), 10)

    def test_other_words_than_were_approved_are_asked_about(self):
        campaign, people = self.approved()
        people.write({"name": "Pay till 1"})
        self.work()
        self.assertEqual(campaign.pause_reason, "approval")
        self.assertFalse(self.texts())

    def test_what_was_approved_goes_with_its_short_links(self):
        for shorten_links in (False, True):
            campaign, people = self.approved(
                body="Dear {{ object.name }}: https://example.com/a",
                shorten_links=shorten_links,
            )
            people[0].name = "Another"
            self.work()
            self.assertEqual(campaign.state, "done")
            self.assertFalse(campaign.recipient_ids)
            people.write({"ref": False})

    def test_a_few_more_just_go(self):
        self.grow(8)
        campaign = self.growing()
        campaign._launch()
        self.grow(4)
        self.work()
        self.assertEqual(len(self.texts()), 14)
        self.assertEqual(campaign.part_count, 14)

    def test_what_is_paused_while_it_is_prepared_is_looked_at_too(self):
        campaign = self.growing()
        campaign._launch()
        self.grow(20)
        prepare = self.registry["sms.campaign"]._process_page

        def pause_after(campaign, store, extras):
            taken = prepare(campaign, store, extras)
            campaign._pause("person")
            return taken

        self.patch(self.registry["sms.campaign"], "_process_page", pause_after)
        self.env["sms.campaign"]._work()
        self.patch(self.registry["sms.campaign"], "_process_page", prepare)
        self.assertEqual(campaign.pause_reason, "person")
        campaign.action_resume()
        self.work()
        self.assertEqual(campaign.pause_reason, "grown")
        self.assertFalse(self.texts())
