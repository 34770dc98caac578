"""When a campaign's messages leave, and how fast."""

from datetime import datetime, timedelta

from odoo.tests import Form, tagged

from ...campaign_case import NIGHT, NOON, RunCase


@tagged("post_install", "-at_install")
class TestCampaignHours(RunCase):
    def test_promotional_waits_for_the_window(self):
        self.gateway.write({"use_window": True, "window_zone": "Africa/Nairobi"})
        self.at(NIGHT)
        campaign = self.many(2)
        self.assertTrue(campaign._waits_for_window())
        campaign._launch()
        self.work()
        self.assertFalse(self.texts())
        self.assertEqual(campaign.state, "sending")
        self.assertIn("hours", campaign.sms_ids[0].waits_for)
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
        self.assertEqual(campaign.expected_end_at, NOON + timedelta(minutes=100))
        self.at(NOON + timedelta(hours=5))  # 17:00
        campaign.invalidate_recordset()
        self.assertTrue(campaign._takes_days())
        # an hour is left today, forty minutes are tomorrow's
        self.assertEqual(campaign.expected_end_at, datetime(2026, 3, 3, 5, 40))

    def test_a_night_before_the_hours_is_no_day_of_its_own(self):
        self.gateway.write({"use_window": True, "window_zone": "Africa/Nairobi"})
        self.at(NOON)
        campaign = self.many(2, scheduled_at=NOON + timedelta(hours=9))  # 21:00
        self.assertEqual(campaign.expected_end_at, datetime(2026, 3, 3, 5))
        self.assertFalse(campaign.takes_days)
        wizard = self.env["sms.campaign.launch"].create({"campaign_id": campaign.id})
        self.assertTrue(wizard.waits_for_window)
        self.assertFalse(wizard.next_day)

    def test_what_keeps_to_no_hours_goes_on_over_midnight(self):
        self.gateway.write({"use_window": True, "window_zone": "Africa/Nairobi"})
        self.at(datetime(2026, 3, 2, 20, 59))  # 23:59
        campaign = self.many(100, pace=1, message_class="transactional")
        self.assertFalse(campaign._takes_days())

    def test_a_date_that_nobody_can_reckon_with_ends_no_form(self):
        """Neither one that is not saved nor one of before dates had an end."""
        self.gateway.write({"use_window": True, "window_zone": "Africa/Nairobi"})
        for values in ({}, {"message_class": "transactional"}):
            campaign = self.many(12, pace=1, **values)
            far = {"scheduled_at": "9999-12-31 23:59:59"}
            form = self.env["sms.campaign"].new(far, origin=campaign)
            self.assertTrue(form.expected_end_at)
            self.env.cr.execute(
                "UPDATE sms_campaign SET scheduled_at = %s WHERE id = %s",
                [far["scheduled_at"], campaign.id],
            )
            campaign.invalidate_recordset()
            self.assertTrue(campaign.expected_end_at)
            campaign.mapped("takes_days")
            self.env["sms.campaign.launch"].create({"campaign_id": campaign.id})

    def test_a_long_campaign_scheduled_at_night_takes_days(self):
        self.gateway.write({"use_window": True, "window_zone": "Africa/Nairobi"})
        self.at(NIGHT)
        campaign = self.many(700, pace=1)
        self.assertTrue(campaign._takes_days())

    def test_another_class_ends_at_another_time(self):
        self.gateway.write({"use_window": True, "window_zone": "Africa/Nairobi"})
        self.at(NIGHT)
        with Form(self.many(2)) as form:
            self.assertEqual(str(form.expected_end_at), "2026-03-03 05:00:00")
            form.message_class = "transactional"
            self.assertEqual(str(form.expected_end_at), "2026-03-02 19:00:00")

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
        self.assertEqual(campaign.expected_end_at, datetime(2026, 3, 3, 7))
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
