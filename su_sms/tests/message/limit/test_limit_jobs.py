"""What a job sends about somebody's record counts towards their hour, in their name."""

from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.tests import tagged

from ....tools.acts import Act
from .test_limit import LimitCase


@tagged("post_install", "-at_install")
class TestLimitOfJobs(LimitCase):
    """What a job sends about what somebody has made is theirs."""

    def assertIsTheirs(self, messages, user, held=2):
        self.assertEqual(messages.create_uid, user)
        self.assertEqual(len(messages.filtered("held_until")), held)
        self.env["sms.sms"]._process_queue()
        self.assertEqual(len(self.sent()), len(messages) - held)

    def remind(self, record, people):
        """Send as a job does that reminds people of a record."""
        since = self.env["sms.sms"].search([], order="id DESC", limit=1).id or 0
        record.with_env(self.env)._message_sms("Hello", partner_ids=people.ids)
        return self.env["sms.sms"].search([("id", ">", since)], order="id")

    def people(self, count):
        return self.contacts(*(f"071234567{place}" for place in range(count)))

    def theirs(self, user=None):
        partners = self.env["res.partner"].with_user(user or self.staff).sudo()
        return partners.create({"name": "Meeting"})

    def test_a_reminder_is_sent_within_the_hour_of_who_made_what_it_is_about(self):
        messages = self.remind(self.theirs(), self.people(5))
        self.assertIsTheirs(messages, self.staff)
        more = self.remind(self.theirs(), self.people(2))
        self.assertTrue(all(more.mapped("held_until")))

    def test_a_job_stops_for_nobodys_limit(self):
        people = self.people(5)
        self.remind(self.theirs(), people)
        messages = self.remind(self.theirs(self.colleague), people[:3])
        self.assertFalse(any(messages.mapped("held_until")))
        self.assertEqual(messages.create_uid, self.colleague)

    def test_whoever_has_changed_it_last_is_behind_it(self):
        for first in (self.colleague, self.env.user):
            with self.subTest(first.login):
                record = self.theirs(first)
                record.with_user(self.staff).sudo().name = "Pay to this till"
                [sms] = self.remind(record, self.people(1))
                self.assertEqual(sms.create_uid, self.staff)

    def test_what_a_job_changes_stays_theirs(self):
        record = self.theirs()
        record.with_env(self.env).name = "Moved"
        [sms] = self.remind(record, self.people(1))
        self.assertEqual(sms.create_uid, self.staff)

    def test_nobody_is_behind_what_a_job_or_a_visitor_has_made(self):
        for user in (self.env.user, self.env.ref("base.public_user")):
            with self.subTest(user.login):
                self.simulator.reset()
                messages = self.remind(self.theirs(user), self.people(5))
                self.assertIsTheirs(messages, self.env.user, held=0)

    def test_who_has_said_no_gets_nothing_that_goes_to_several(self):
        people = self.people(2)
        self.env["sms.blacklist"]._opt_out(["+254712345670"], Act("stop", "sms"))
        messages = self.remind(self.theirs(), people)
        self.assertTrue(all(messages.mapped("to_many")))
        self.env["sms.sms"]._process_queue()
        self.assertEqual(self.sent(), ["+254712345671"])

    def test_one_job_for_several_people_keeps_each_to_their_hour(self):
        records = self.theirs() | self.theirs(self.colleague)
        values = [
            {
                "number": f"+2547123456{place}",
                "body": "Hello",
                "res_model": "res.partner",
                "res_id": records[place % 2].id,
            }
            for place in range(10, 18)
        ]
        messages = self.env["sms.sms"].create(values)
        self.assertEqual(messages.mapped("number"), [v["number"] for v in values])
        for place, user in enumerate((self.staff, self.colleague)):
            theirs = messages[place::2]
            self.assertEqual(theirs.create_uid, user)
            self.assertEqual(len(theirs.filtered("held_until")), 1)

    def test_a_note_that_a_job_sends_later_counts_as_sent_by_hand(self):
        later = fields.Datetime.now() + timedelta(hours=1)
        person = self.partner.with_user(self.staff)
        given = {
            "body": "Offer",
            "sms_numbers": [f"+25471234567{place}" for place in range(5)],
            "partner_ids": self.partner.ids,
            "scheduled_date": str(later),
        }
        for kind in ("sms", "comment", "notification"):
            with self.subTest(kind), self.env.cr.savepoint() as savepoint:
                person.message_post(message_type=kind, **given)
                with freeze_time(later + timedelta(minutes=1)):
                    self.env["mail.message.schedule"]._send_notifications_cron()
                messages = self.env["sms.sms"].search([("body", "ilike", "Offer")])
                self.assertGreater(len(messages), 3)
                self.assertEqual(messages.create_uid, self.staff)
                self.assertEqual(
                    len(messages.filtered("held_until")), len(messages) - 3
                )
                self.assertTrue(all(messages.mapped("from_composer")))
                self.assertTrue(all(messages.mapped("to_many")))
                savepoint.rollback()

    def test_a_meeting_of_an_ordinary_size_is_reminded_of_at_once(self):
        self.gateway.hour_limit = self.gateway.default_get(["hour_limit"])["hour_limit"]
        people = self.contacts(*(f"07123456{place}" for place in range(10, 22)))
        self.assertIsTheirs(self.remind(self.theirs(), people), self.staff, held=0)
