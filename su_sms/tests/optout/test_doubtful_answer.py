"""Answers that may be a no are looked at by a person."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .words_case import WordsCase


@tagged("post_install", "-at_install")
class TestDoubtfulAnswer(WordsCase):
    def doubt(self, text="Stop, I am no student any more", **values):
        """Let somebody write what only a person can read; return the message."""
        self.write_in(text, **values)
        return self.env["sms.incoming"].search([], order="id desc", limit=1)

    def activities(self):
        kind = self.env.ref("su_sms.mail_activity_type_incoming")
        return self.env["mail.activity"].search([("activity_type_id", "=", kind.id)])

    def test_a_person_reads_it_and_opts_out_with_one_button(self):
        manager = self.user("manager", "su_sms.group_manager")
        message = self.doubt()
        self.assertTrue(message.doubtful)
        self.assertFalse(self.entry())
        self.assertIn(manager, self.activities().user_id)
        message.with_user(manager).action_opt_out()
        entry = self.entry()
        self.assertEqual((entry.reason, entry.channel), ("stop", "sms"))
        self.assertEqual(entry.consent_id.incoming_id, message)
        self.assertIn(manager.name, entry.note)
        self.assertFalse(message.doubtful)
        self.assertEqual(message.looked_at_by_id, manager)
        self.assertFalse(self.activities())

    def test_what_is_no_wish_is_looked_at_and_changes_nothing(self):
        manager = self.user("manager", "su_sms.group_manager")
        message = self.doubt("Where is the bus stop")
        message.with_user(manager).action_not_optout()
        self.assertFalse(message.doubtful)
        self.assertEqual(message.looked_at_by_id, manager)
        self.assertFalse(self.entry())

    def test_a_user_decides_nothing(self):
        message = self.doubt().with_user(self.user("clerk", "su_sms.group_user"))
        for method in (message.action_opt_out, message.action_not_optout):
            with self.assertRaises(AccessError):
                method()

    def test_many_answers_are_one_activity_for_each_manager(self):
        manager = self.user("manager", "su_sms.group_manager")
        one = self.doubt()
        two = self.doubt(number="+254733345679")
        mine = self.activities().filtered(lambda each: each.user_id == manager)
        self.assertEqual(len(mine), 1)
        one.action_opt_out()
        self.assertTrue(mine.exists())
        two.action_not_optout()
        self.assertFalse(mine.exists())

    def test_who_then_writes_the_word_itself_needs_no_person(self):
        message = self.doubt()
        self.write_in("STOP", 1)
        self.assertTrue(self.entry().active)
        self.assertFalse(message.doubtful)
        self.assertFalse(self.activities())

    def test_who_has_said_no_already_is_not_shown(self):
        self.write_in("STOP")
        self.assertFalse(self.doubt(minutes=1).doubtful)

    def test_they_are_counted_on_the_dashboard(self):
        message = self.doubt()
        manager = self.user("manager", "su_sms.group_manager")
        data = self.env["sms.dashboard"].with_user(manager).get_data()
        [found] = [each for each in data["problems"] if "to review" in each["title"]]
        self.assertIn("1", found["title"])
        opened = self.env[found["open"]["model"]].search(found["open"]["domain"])
        self.assertEqual(opened, message)
