"""How campaigns are launched, stopped and sent again."""

from collections import Counter
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...campaign_case import RunCase


@tagged("post_install", "-at_install")
class TestCampaignRun(RunCase):
    def test_the_way_of_a_campaign(self):
        campaign = self.many(3)
        self.assertEqual(campaign.state, "draft")
        campaign._launch()
        self.assertEqual(campaign.state, "preparing")
        self.assertFalse(campaign.recipient_ids)
        self.env["sms.campaign"]._work()
        self.assertEqual(campaign.state, "sending")
        self.assertEqual(campaign.waiting_count, 3)
        self.env["sms.sms"]._process_outbox()
        self.env["sms.campaign"]._work()
        self.assertEqual(campaign.state, "done")
        self.assertEqual((campaign.sent_count, campaign.progress), (3, 100))
        self.assertEqual(
            (campaign.spent, campaign.spent_currency_id.name), (2.4, "KES")
        )

    def test_launched_twice_is_told_to_the_second(self):
        campaign = self.many(1)
        campaign._launch()
        with self.assertRaisesRegex(UserError, "Someone else has just"):
            campaign._launch()
        self.work()
        self.assertEqual(len(self.texts()), 1)

    def test_preparing_again_doubles_nobody(self):
        campaign = self.many(5)
        campaign._launch()
        campaign._prepare_page()
        campaign.audience_ids.write({"position": 0, "finished": False})
        campaign.state = "preparing"
        self.work()
        self.assertEqual(len(self.texts()), 5)
        self.assertEqual(campaign.not_sent_count, 5)

    def test_a_campaign_that_cannot_go_on_stops_no_other(self):
        bad, good = self.many(1, name="Bad"), self.many(1, name="Good")
        bad._launch()
        good._launch()
        self.env.cr.execute(
            "UPDATE sms_campaign_audience SET kind = 'model', domain = '[('"
            " WHERE id = %s",
            bad.audience_ids.ids,
        )
        bad.audience_ids.invalidate_recordset()
        self.work()
        self.assertEqual((bad.state, bad.pause_reason), ("paused", "problem"))
        self.assertTrue(bad.pause_text)
        self.assertEqual(bad.activity_ids.user_id, bad.user_id)
        self.assertEqual(good.state, "done")

    def test_a_campaign_that_cannot_begin_is_prepared_when_it_is_resumed(self):
        campaign = self.many(2, scheduled_at=fields.Datetime.now() + timedelta(hours=1))
        campaign._launch()
        with (
            freeze_time(fields.Datetime.now() + timedelta(hours=2)),
            patch.object(type(campaign), "_forget_recipients", side_effect=ValueError),
            mute_logger("odoo.addons.su_sms.models.campaign.sms_campaign_job"),
        ):
            self.env["sms.campaign"]._work()
        self.assertEqual((campaign.state, campaign.pause_reason), ("paused", "problem"))
        campaign.action_resume()
        self.work()
        self.assertEqual(len(self.texts()), 2)

    def test_pause_and_resume(self):
        campaign = self.many(4)
        campaign._launch()
        self.env["sms.campaign"]._work()
        campaign.action_pause()
        self.env["sms.sms"]._process_outbox()
        self.assertFalse(self.texts())
        self.assertIn("paused", campaign.sms_ids[0].waits_for.lower())
        campaign.action_resume()
        self.work()
        self.assertEqual(len(self.texts()), 4)
        self.assertEqual(campaign.state, "done")

    def test_pause_while_preparing(self):
        campaign = self.many(4)
        campaign._launch()
        campaign.action_pause()
        self.work()
        self.assertFalse(campaign.sms_ids)
        campaign.action_resume()
        self.assertEqual(campaign.state, "preparing")
        self.work()
        self.assertEqual(len(self.texts()), 4)

    def test_cancel_keeps_what_was_sent(self):
        campaign = self.many(4)
        campaign._launch()
        self.env["sms.campaign"]._work()
        first = campaign.sms_ids[-1]
        self.env["sms.sms"]._dispatch(first.ids)
        campaign.action_cancel()
        self.work()
        self.assertEqual(len(self.texts()), 1)
        self.assertEqual(campaign.state, "cancelled")
        self.assertEqual((campaign.sent_count, campaign.not_sent_count), (1, 3))

    def test_scheduled_for_later(self):
        campaign = self.many(1, scheduled_at=fields.Datetime.now() + timedelta(days=1))
        campaign._launch()
        self.assertEqual(campaign.state, "scheduled")
        self.work()
        self.assertFalse(self.texts())
        campaign.action_back_to_draft()
        self.assertEqual(campaign.state, "draft")
        campaign.scheduled_at = False
        self.run_campaign(campaign)

    def test_a_time_far_ahead_is_told_when_it_is_saved(self):
        with self.assertRaisesRegex(ValidationError, "within a year"):
            self.many(12, scheduled_at="9999-12-31 23:59:59", pace=1)

    def test_a_time_in_the_past_is_told(self):
        campaign = self.many(1, scheduled_at="2020-01-01 08:00:00")
        with self.assertRaisesRegex(UserError, "in the past"):
            campaign._launch()

    def test_what_comes_too_late_is_given_up(self):
        campaign = self.many(2, not_after=fields.Datetime.now() + timedelta(hours=1))
        campaign._launch()
        self.env["sms.campaign"]._work()
        campaign.not_after = fields.Datetime.now() - timedelta(hours=1)
        self.work()
        self.assertFalse(self.texts())
        self.assertEqual(set(campaign.sms_ids.mapped("failure_type")), {"sms_too_old"})
        self.assertEqual(campaign.state, "done")

    def test_opted_out_between_check_and_preparation(self):
        campaign = self.many(2)
        self.assertEqual((campaign.recipient_count, campaign.left_out_count), (2, 0))
        self.env["phone.blacklist"].create({"number": "+254712000000"})
        self.run_campaign(campaign)
        self.assertEqual((campaign.recipient_count, campaign.left_out_count), (1, 1))

    def test_opted_out_between_preparation_and_dispatch(self):
        campaign = self.many(2)
        campaign._launch()
        self.env["sms.campaign"]._work()
        self.env["phone.blacklist"].create({"number": "+254712000000"})
        self.work()
        self.assertEqual([n for n, _t in self.texts()], ["+254712000001"])
        self.assertEqual((campaign.not_sent_count, campaign.failed_count), (1, 0))

    def test_retry_failed_leaves_what_may_have_arrived(self):
        self.gateway.read_timeout = 1
        arrived, silent, failed = (f"+25471234567{n}" for n in range(3))
        self.simulator.fault("hang_after", times=None, numbers=[silent])
        campaign = self.campaign(
            self.numbers(f"Amina {arrived}\nBaraka {silent}\nChege {failed}"),
            # A request for each.
            body="Dear {{ object.name }}, exams begin on Monday.",
        )
        campaign._launch()
        self.work()
        self.simulator.clear_faults()
        self.gateway._resume()
        self.work()
        self.report(campaign, failed, status="Failed", failureReason="DeliveryFailure")
        self.report(campaign, arrived, status="Success")
        self.assertEqual(
            (campaign.delivered_count, campaign.unknown_count, campaign.failed_count),
            (1, 1, 1),
        )

        campaign.action_retry()
        self.assertEqual((campaign.state, campaign.waiting_count), ("sending", 1))
        self.work()
        self.assertEqual(campaign.state, "done")
        sent = Counter(number for number, _text in self.texts())
        self.assertEqual(sent, {arrived: 1, silent: 1, failed: 2})
        self.report(campaign, failed, status="Success")
        self.assertEqual(
            (campaign.delivered_count, campaign.unknown_count, campaign.failed_count),
            (2, 1, 0),
        )

    def report(self, campaign, number, **given):
        """Let the provider report what became of a campaign's message."""
        sms = campaign.sms_ids.filtered(lambda each: each.number == number)
        given |= {"id": sms.provider_message_id, "phoneNumber": number}
        events = self.env["sms.gateway.event"]
        events._receive(self.gateway.id, "delivery", list(given.items()))
        events._apply_inbox()
        self.env.invalidate_all()

    def test_campaigns_to_files_are_copied_one_at_a_time(self):
        campaigns = self.env["sms.campaign"]
        for _each in range(2):
            campaigns |= self.campaign(self.file("Phone\n0712345678\n"))
        with self.assertRaisesRegex(UserError, "one at a time"):
            campaigns.copy()
        self.assertTrue(campaigns[0].copy().audience_ids)

    def test_no_audience_is_taken_by_a_context(self):
        theirs = self.many(1)
        taken = {"default_audience_ids": [(4, theirs.audience_ids.id)]}
        campaigns = self.env["sms.campaign"].with_context(**taken)
        mine = campaigns.create({"name": "Mine", "gateway_id": self.gateway.id})
        self.assertFalse(mine.audience_ids)
        self.assertTrue(theirs.audience_ids)

    def test_what_is_launched_goes_before_drafts_of_which_each_user_has_one(self):
        one, other = (self.user(f"fair_{n}", "su_sms.group_user") for n in (1, 2))
        drafts = [self.many(1, as_user=user) for user in (one, one, one, other)]
        for draft in drafts:
            draft.count_state = "running"
        launched = self.many(1)
        launched._launch()
        campaigns = self.env["sms.campaign"]
        first = campaigns._to_do()
        self.assertEqual(
            first,
            [
                (launched.id, "_prepare_page"),
                (drafts[0].id, "_go_on_counting"),
                (drafts[3].id, "_go_on_counting"),
            ],
        )
        # Who was counted last comes last: the second draft is next.
        campaigns._begin_page(drafts[0].id)
        self.assertIn((drafts[1].id, "_go_on_counting"), campaigns._to_do())
