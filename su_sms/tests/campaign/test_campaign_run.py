"""How campaigns run: when, how fast, at what price, and what stops them."""

from collections import Counter
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ...dispatch import lanes
from ...tools import transactions
from ..campaign_case import CampaignCase

NOON = datetime(2026, 3, 2, 9)  # in Nairobi
NIGHT = datetime(2026, 3, 2, 19)


@tagged("post_install", "-at_install")
class TestCampaignRun(CampaignCase):
    def many(self, count, **values):
        text = "\n".join(f"+2547120{n:05d}" for n in range(count))
        return self.campaign(self.numbers(text), **values)

    def at(self, moment):
        """Let it be this time for what decides when a message may go."""
        self.patch(transactions, "_now", lambda: moment)

    # ------------------------------------------------------------
    # States
    # ------------------------------------------------------------

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
        with self.assertRaisesRegex(UserError, "Somebody was quicker"):
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
        self.assertEqual(campaign.excluded_count, 5)

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
        self.assertIn("paused", campaign.sms_ids[0].hold_reason.lower())
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
        self.assertEqual((campaign.sent_count, campaign.excluded_count), (1, 3))

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

    def test_a_time_in_the_past_is_told(self):
        campaign = self.many(1, scheduled_at="2020-01-01 08:00:00")
        with self.assertRaisesRegex(UserError, "is past"):
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
        self.assertEqual((campaign.people_count, campaign.left_out_count), (2, 0))
        self.env["phone.blacklist"].create({"number": "+254712000000"})
        self.run_campaign(campaign)
        self.assertEqual((campaign.people_count, campaign.left_out_count), (1, 1))

    def test_opted_out_between_preparation_and_dispatch(self):
        campaign = self.many(2)
        campaign._launch()
        self.env["sms.campaign"]._work()
        self.env["phone.blacklist"].create({"number": "+254712000000"})
        self.work()
        self.assertEqual([n for n, _t in self.texts()], ["+254712000001"])
        self.assertEqual((campaign.excluded_count, campaign.failed_count), (1, 0))

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

    # ------------------------------------------------------------
    # When and how fast
    # ------------------------------------------------------------

    def test_promotional_waits_for_the_window(self):
        self.gateway.write({"use_window": True, "window_zone": "Africa/Nairobi"})
        self.at(NIGHT)
        campaign = self.many(2)
        self.assertTrue(campaign._waits_for_window())
        campaign._launch()
        self.work()
        self.assertFalse(self.texts())
        self.assertEqual(campaign.state, "sending")
        self.assertIn("hours", campaign.sms_ids[0].hold_reason)
        self.at(NOON)
        self.work()
        self.assertEqual(len(self.texts()), 2)

    def test_transactional_does_not_wait_unless_told_to(self):
        self.gateway.write({"use_window": True, "window_zone": "Africa/Nairobi"})
        self.at(NIGHT)
        self.run_campaign(self.many(1, message_class="transactional"))
        waiting = self.many(1, message_class="transactional", within_window=True)
        waiting._launch()
        self.work()
        self.assertEqual(waiting.state, "sending")
        self.assertEqual(len(self.texts()), 1)

    def test_a_mailing_waits_for_the_window_and_a_person_does_not(self):
        self.gateway.write({"use_window": True, "window_zone": "Africa/Nairobi"})
        self.at(NIGHT)
        self.send_mailing()
        self.assertFalse(self.texts())
        self.post()
        self.assertEqual(len(self.texts()), 1)
        self.at(NOON)
        self.env["sms.sms"]._process_outbox()
        self.assertEqual(len(self.texts()), 2)

    def test_what_does_not_fit_today_goes_on_tomorrow_and_is_told(self):
        self.gateway.write({"use_window": True, "window_zone": "Africa/Nairobi"})
        self.at(NOON)
        campaign = self.many(100, pace=1)
        self.assertFalse(campaign._takes_days())
        self.assertEqual(campaign.finish_at, NOON + timedelta(minutes=100))
        self.at(NOON + timedelta(hours=5))  # 17:00
        campaign.invalidate_recordset()
        self.assertTrue(campaign._takes_days())
        # an hour is left today, forty minutes are tomorrow's
        self.assertEqual(campaign.finish_at, datetime(2026, 3, 3, 5, 40))

    def test_a_night_before_the_hours_is_no_day_of_its_own(self):
        self.gateway.write({"use_window": True, "window_zone": "Africa/Nairobi"})
        self.at(NOON)
        campaign = self.many(2, scheduled_at=NOON + timedelta(hours=9))  # 21:00
        self.assertEqual(campaign.finish_at, datetime(2026, 3, 3, 5))
        self.assertFalse(campaign.takes_days)
        wizard = self.env["sms.campaign.launch"].create({"campaign_id": campaign.id})
        self.assertTrue(wizard.waits_for_window)
        self.assertFalse(wizard.next_day)

    def test_what_keeps_to_no_hours_goes_on_over_midnight(self):
        self.gateway.write({"use_window": True, "window_zone": "Africa/Nairobi"})
        self.at(datetime(2026, 3, 2, 20, 59))  # 23:59
        campaign = self.many(100, pace=1, message_class="transactional")
        self.assertFalse(campaign._takes_days())

    def test_a_long_campaign_scheduled_at_night_takes_days(self):
        self.gateway.write({"use_window": True, "window_zone": "Africa/Nairobi"})
        self.at(NIGHT)
        campaign = self.many(700, pace=1)
        self.assertTrue(campaign._takes_days())

    def test_another_class_ends_at_another_time(self):
        self.gateway.write({"use_window": True, "window_zone": "Africa/Nairobi"})
        self.at(NIGHT)
        with Form(self.many(2)) as form:
            self.assertEqual(str(form.finish_at), "2026-03-03 05:00:00")
            form.message_class = "transactional"
            self.assertEqual(str(form.finish_at), "2026-03-02 19:00:00")

    def test_another_zone_moves_the_window(self):
        self.gateway.write({"use_window": True, "window_zone": "Africa/Nairobi"})
        self.at(datetime(2026, 3, 2, 6))
        campaign = self.many(1)
        self.assertFalse(campaign._waits_for_window())
        self.gateway.window_zone = "America/New_York"
        self.assertTrue(campaign._waits_for_window())

    def waits_at_night(self):
        """Return a campaign that has been launched outside the hours."""
        self.gateway.write({"use_window": True, "window_zone": "Africa/Nairobi"})
        self.at(NIGHT)
        campaign = self.many(1)
        campaign._launch()
        self.work()
        self.assertFalse(self.texts())
        return campaign

    def test_what_waits_leaves_when_the_hours_begin_in_the_new_zone(self):
        campaign = self.waits_at_night()
        # Half past eight in Nairobi, half past six in Lagos.
        self.gateway.window_zone = "Africa/Lagos"
        self.at(datetime(2026, 3, 3, 5, 30))
        self.work()
        self.assertFalse(self.texts())
        self.assertEqual(campaign.finish_at, datetime(2026, 3, 3, 7))
        self.at(datetime(2026, 3, 3, 7))
        self.work()
        self.assertEqual(len(self.texts()), 1)

    def test_what_waits_leaves_at_once_if_it_is_day_in_the_new_zone(self):
        campaign = self.waits_at_night()
        # Two in the afternoon.
        self.gateway.window_zone = "America/New_York"
        self.work()
        self.assertEqual((len(self.texts()), campaign.state), (1, "done"))

    def test_pace_lets_a_few_leave_at_a_time(self):
        self.at(NOON)
        campaign = self.many(20, pace=60)
        campaign._launch()
        self.work()
        self.assertEqual(len(self.texts()), 5)
        self.env["sms.sms"]._process_outbox()
        self.assertEqual(len(self.texts()), 5)
        self.at(NOON + timedelta(seconds=3))
        self.env["sms.sms"]._process_outbox()
        self.assertEqual(len(self.texts()), 8)
        self.at(NOON + timedelta(minutes=5))
        campaign.pace = 0
        self.work()
        self.assertEqual(campaign.state, "done")

    def test_the_gateways_pace_is_for_all_and_urgent_goes_first(self):
        self.at(NOON)
        self.gateway.pace = 60
        campaign = self.many(20)
        campaign._launch()
        self.env["sms.campaign"]._work()
        self.queue("+254733000001", priority="2")
        self.work()
        numbers = [number for number, _text in self.texts()]
        self.assertEqual(len(numbers), 5)
        self.assertIn("+254733000001", numbers)

    # ------------------------------------------------------------
    # Price
    # ------------------------------------------------------------

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
        with self.assertRaisesRegex(UserError, "What an SMS costs is not known"):
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
            (lane.reason, lane.opens), ("budget", datetime(2026, 3, 2, 21))
        )
        self.at(NOON + timedelta(days=1))
        self.work()
        self.assertEqual(len(self.texts()), 5)

    # ------------------------------------------------------------
    # A second pair of eyes
    # ------------------------------------------------------------

    def test_a_large_campaign_is_approved_by_another_manager(self):
        self.gateway.approval_people = 2
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

    def test_nobody_approves_their_own(self):
        self.gateway.write({"approval_amount": 1.0, "price_per_part": 0.8})
        manager = self.user("manager", "su_sms.group_manager")
        campaign = self.many(3, as_user=manager, user_id=manager.id)
        campaign.with_user(manager)._launch()
        self.assertEqual(campaign.state, "approval")
        with self.assertRaisesRegex(UserError, "Somebody else"):
            campaign.with_user(manager).action_approve()
        campaign.with_user(manager).action_refuse()
        self.assertEqual(campaign.state, "draft")

    def test_a_small_campaign_needs_no_approval(self):
        self.gateway.approval_people = 2
        self.run_campaign(self.many(2))
