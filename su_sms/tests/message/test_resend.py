from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..campaign_case import CampaignCase


@tagged("post_install", "-at_install")
class TestResend(CampaignCase):
    """A message that failed once and is sent again."""

    def report(self, number, message_id, status):
        """Let the provider report, and apply it; return the event."""
        events = self.env["sms.gateway.event"]
        given = {"id": message_id, "status": status, "phoneNumber": number}
        events._receive(self.gateway.id, "delivery", list(given.items()))
        events._apply_inbox()
        self.env.invalidate_all()
        return events.search([], limit=1)

    def failed(self, status="Failed"):
        """Return a message that was accepted, charged for and not delivered."""
        sms, _notification = self.post()
        self.report(sms.number, sms.provider_message_id, status)
        self.assertEqual(sms.state, "error")
        return sms

    def test_its_new_report_counts_whatever_was_said_of_the_first_try(self):
        for status, state in (("Success", "sent"), ("Failed", "error")):
            with self.subTest(status):
                sms = self.failed()
                sms.action_set_outgoing()
                self.env["sms.sms"]._process_queue()
                self.assertEqual((sms.state, sms.report_status), ("pending", False))
                self.report(sms.number, sms.provider_message_id, status)
                self.assertEqual((sms.state, sms.report_status), (state, status))

    def test_the_first_trys_report_posted_again_does_not_call_it_off(self):
        sms = self.failed()
        sms.action_set_outgoing()
        self.report(sms.number, sms.provider_message_id, "Failed")
        self.assertEqual(sms.state, "outgoing")

    def test_the_first_trys_report_waits_while_it_is_on_the_wire(self):
        sms = self.failed("AbsentSubscriber")
        sms.action_set_outgoing()
        sms.state = "process"
        event = self.report(sms.number, sms.provider_message_id, "Success")
        self.assertEqual((event.state, sms.state), ("waiting", "process"))

    def test_each_try_that_was_charged_for_is_on_the_bill(self):
        sms = self.failed()
        price = sms.cost
        sms.action_set_outgoing()
        self.env["sms.sms"]._process_queue()
        self.assertAlmostEqual(sms.cost, 2 * price)
        spent = self.env["sms.spending"].search([])
        self.assertAlmostEqual(sum(spent.mapped("amount")), sms.cost)
        self.assertEqual(self.gateway._price_list().mean, 0, "no estimate")

    def test_nothing_is_queued_for_an_archived_gateway(self):
        sms = self.failed()
        self.gateway.active = False
        for method in ("action_set_outgoing", "resend_failed"):
            with self.assertRaisesRegex(UserError, "archived"):
                getattr(sms, method)()
        self.assertEqual(sms.state, "error")

    def test_message_of_a_campaign_that_has_ended_leaves(self):
        self.gateway.message_attempts = 1
        campaign = self.campaign(self.numbers("0712345678\n+254700000500"))
        self.run_campaign(campaign)
        sms = self.of(campaign).filtered(lambda sms: sms.state == "error")
        sms.number = "+254712345679"
        sms.action_set_outgoing()
        self.assertEqual(campaign.state, "sending")
        self.work()
        self.assertEqual((sms.state, campaign.state), ("pending", "done"))

    def test_a_phone_that_was_off_gets_no_second_message_that_day(self):
        campaign = self.campaign(self.numbers("0712345678"))
        self.run_campaign(campaign)
        sms = self.of(campaign)
        self.report(sms.number, sms.provider_message_id, "AbsentSubscriber")
        self.assertEqual(sms.state, "error")
        with self.assertRaisesRegex(UserError, "may still arrive"):
            campaign.action_retry()
        self.assertEqual(sms.state, "error")
        sms.accepted_at -= timedelta(hours=self.gateway.report_hours + 1)
        campaign.action_retry()
        self.work()
        self.assertEqual((sms.state, len(self.texts())), ("pending", 2))

    def test_who_was_left_out_of_a_campaign_stays_so(self):
        campaign = self.campaign(self.numbers("0712345678\nnobody 12"))
        self.run_campaign(campaign)
        left_out = self.of(campaign).filtered("left_out")
        self.assertTrue(left_out)
        with self.assertRaisesRegex(UserError, "left this recipient out"):
            left_out.action_set_outgoing()

    def test_message_of_a_cancelled_campaign_stays(self):
        campaign = self.campaign(self.numbers("0712345678"))
        campaign._launch()
        self.env["sms.campaign"]._work()
        campaign.action_cancel()
        self.work()
        sms = self.of(campaign)
        self.assertEqual(sms.state, "canceled")
        with self.assertRaisesRegex(UserError, "cancelled"):
            sms.action_set_outgoing()

    def of(self, campaign):
        """Return the messages of a campaign."""
        return self.env["sms.sms"].search([("campaign_id", "=", campaign.id)])
