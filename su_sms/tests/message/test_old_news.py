"""What is about a time is of no use after it."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..common import GatewayCase


@tagged("post_install", "-at_install")
class TestOldNews(GatewayCase):
    def setUp(self):
        super().setUp()
        self.now = fields.Datetime.now()
        self.soon = self.now + timedelta(hours=2)

    def composer(self, **values):
        composers = self.env["sms.composer"].with_context(
            default_res_model="res.partner", default_res_id=self.partner.id
        )
        return composers.create({"body": "The bus leaves at five.", **values})

    def latest(self):
        return self.env["sms.sms"].search([], order="id DESC", limit=1)

    def event(self, start, **values):
        return self.env["event.event"].create(
            {
                "name": "Open Day",
                "date_begin": start,
                "date_end": start + timedelta(hours=3),
                **values,
            }
        )

    def registration(self, event):
        return self.env["event.registration"].create(
            {"event_id": event.id, "name": "Amina", "phone": "0712345678"}
        )

    def over(self, sms):
        """Let the message's time be over while the gateway could not send."""
        sms.not_after = self.now - timedelta(minutes=1)
        self.gateway.action_resume()
        self.env["sms.sms"]._process_queue()
        return sms.state, sms.failure_type

    def test_a_composer_says_after_when_it_is_old_news(self):
        self.gateway.action_pause()
        self.composer(not_after=self.soon).action_send_sms()
        sms = self.latest()
        self.assertEqual(sms.not_after, self.soon)
        self.assertEqual(self.over(sms), ("error", "sms_too_old"))
        self.assertFalse(self.texts())

    def test_until_then_it_leaves(self):
        self.composer(not_after=self.soon).action_send_sms()
        self.assertEqual(len(self.texts()), 1)

    def test_a_time_that_is_over_is_refused(self):
        with self.assertRaises(ValidationError):
            self.composer(not_after=self.now - timedelta(minutes=1))

    def test_a_composer_for_many_as_well(self):
        people = self.env["res.partner"].create(
            [{"name": f"P{n}", "phone": f"071234567{n}"} for n in range(3)]
        )
        composer = self.env["sms.composer"].with_context(
            default_res_model="res.partner",
            default_res_ids=people.ids,
            default_composition_mode="mass",
        )
        composer.create({"body": "Hello", "not_after": self.soon}).action_send_sms()
        found = self.env["sms.sms"].search([], order="id DESC", limit=3)
        self.assertEqual(set(found.mapped("not_after")), {self.soon})

    def test_a_reminder_ends_with_the_beginning(self):
        registration = self.registration(self.event(self.soon))
        registration._message_sms("It begins at five.")
        self.assertEqual(self.latest().not_after, self.soon)
        template = self.env["sms.template"].create(
            {
                "name": "Reminder",
                "model_id": self.env["ir.model"]._get_id("event.registration"),
                "body": "It begins at five.",
            }
        )
        registration._message_sms_schedule_mass(template=template, mass_keep_log=True)
        self.assertEqual(self.latest().not_after, self.soon)
        self.assertEqual(self.over(self.latest()), ("error", "sms_too_old"))

    def test_during_it_what_is_said_ends_with_it(self):
        event = self.event(self.now - timedelta(hours=1))
        self.registration(event)._message_sms("Welcome")
        self.assertEqual(self.latest().not_after, event.date_end)

    def test_after_it_what_is_said_is_no_reminder(self):
        event = self.event(self.now - timedelta(days=1))
        self.registration(event)._message_sms("Thank you for coming")
        self.assertFalse(self.latest().not_after)

    def test_what_somebody_writes_to_an_attendee_ends_when_they_say(self):
        registration = self.registration(self.event(self.soon))
        composers = self.env["sms.composer"].with_context(
            default_res_model=registration._name, default_res_id=registration.id
        )
        composers.create({"body": "Bring your ID."}).action_send_sms()
        self.assertFalse(self.latest().not_after)

    def test_what_is_about_no_time_has_no_end(self):
        self.partner._message_sms("Hello")
        self.assertFalse(self.latest().not_after)

    def test_a_composer_tells_what_its_gateway_waits_for(self):
        self.assertFalse(self.composer().waits_for)
        self.gateway.action_pause()
        self.assertEqual(self.composer().waits_for, "Paused")

    def test_no_request_gives_a_time(self):
        self.env["sms.sms"].with_context(sms_not_after="2026-01-01").create(
            {"number": "0712345678", "body": "Hello"}
        )
        self.assertFalse(self.latest().not_after)
