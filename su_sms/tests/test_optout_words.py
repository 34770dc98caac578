from datetime import datetime, timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from ..models.sms_consent import Act
from .test_blacklist import NUMBER, BlacklistCase

SHORT_CODE = "21512"
# What somebody writes -> what it is.
TEXTS = [
    ("STOP", "stop"),
    ("stop", "stop"),
    ("  Stop \n", "stop"),
    ("Stop.", "stop"),
    ("“STOP!!”", "stop"),
    ("*stop*", "stop"),
    ("stop   all", "stop"),
    ("Acha", "stop"),
    ("sitaki.", "stop"),
    ("START", "start"),
    ("anza", "start"),
    ("STOP 12345", None),
    ("STOP12345", None),
    ("please stop", None),
    ("Don't stop", None),
    ("The bus stop is closed", None),
    ("start stop", None),
    ("S T O P", None),
    ("", None),
    ("...", None),
    ("<b>STOP</b>", None),
    ("STOP\0", "stop"),
]


@tagged("post_install", "-at_install")
class TestOptoutWords(BlacklistCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.words = cls.env["sms.optout.word"]
        cls.now = datetime(2026, 3, 2, 9, 0)
        cls.sent = 0

    def write_in(self, text, minutes=0, number=NUMBER):
        """Let somebody write to the short code; give the event."""
        type(self).sent += 1
        date = self.now + timedelta(minutes=minutes)
        return self.receive(
            "incoming",
            id=f"in-{self.sent}",
            **{"from": number},
            to=SHORT_CODE,
            text=text,
            date=date.strftime("%Y-%m-%d %H:%M:%S"),
        )

    def test_words(self):
        for text, kind in TEXTS:
            with self.subTest(text):
                self.assertEqual(self.words._kind_of(text), kind)

    def test_stop_opts_out_with_what_shows_it_and_start_ends_it(self):
        event = self.write_in("Stop!")
        self.assertEqual(event.state, "applied")
        entry = self.entry()
        self.assertTrue(entry.active)
        self.assertEqual((entry.reason, entry.channel), ("stop", "sms"))
        self.assertEqual(entry.date, self.now)
        self.assertEqual(entry.consent_id.incoming_id.body, "Stop!")
        self.assertIn("Stop!", entry.evidence)
        self.assertIn(SHORT_CODE, entry.evidence)
        self.assertFalse(entry.user_id)
        self.assertEqual(self.promote(NUMBER).failure_type, "sms_blacklist")
        self.write_in("START", 1)
        self.assertFalse(entry.active)
        self.assertEqual(self.promote(NUMBER).state, "pending")
        self.assertEqual([kind for kind, *_rest in self.history()], ["optout", "optin"])

    def test_sentence_does_nothing(self):
        self.write_in("STOP 12345")
        self.write_in("Where is the bus stop?")
        self.assertFalse(self.entry())

    def test_words_are_editable(self):
        self.words.create({"word": "Basi!", "kind": "stop"})
        self.write_in("BASI")
        self.assertTrue(self.entry().active)
        self.env.ref("su_sms.sms_optout_word_start").active = False
        self.write_in("START", 1)
        self.assertTrue(self.entry().active)

    def test_word_is_there_once_and_has_a_letter(self):
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            with self.env.cr.savepoint():
                self.words.create({"word": "stop.", "kind": "start"})
        with self.assertRaises(ValidationError):
            self.words.create({"word": "!!"})

    def test_what_came_late_does_not_undo_what_is_newer(self):
        self.write_in("STOP", 10)
        self.write_in("START", 5)
        self.assertTrue(self.entry().active)
        self.write_in("START", 20)
        self.write_in("STOP", 15)
        self.assertFalse(self.entry().active)
        self.assertEqual(len(self.history()), 4)
        self.write_in("STOP", 20)
        self.assertTrue(self.entry().active, "of the same second the no counts")

    def test_start_ends_what_was_said_by_any_channel(self):
        early = self.now - timedelta(days=1)
        self.blacklist._opt_out([NUMBER], Act("web_link", "web", early))
        self.write_in("START")
        self.assertFalse(self.entry().active)

    def test_writer_who_is_no_number_is_kept_and_opts_nobody_out(self):
        event = self.write_in("STOP", number="Safaricom")
        self.assertEqual(event.state, "applied")
        self.assertFalse(self.history("Safaricom"))

    # ------------------------------------------------------------
    # The answer
    # ------------------------------------------------------------

    def _answers(self):
        self.env["sms.sms"]._process_outbox()
        return [text for number, text in self.texts() if number == NUMBER]

    def test_no_answer_without_a_text(self):
        self.write_in("STOP")
        self.assertFalse(self._answers())

    def test_answer_is_sent_once_although_they_opted_out(self):
        self.gateway.write({"optout_text": "Bye", "optin_text": "Hello again"})
        self.write_in("STOP")
        self.write_in("STOP", 1)
        self.assertEqual(self._answers(), ["Bye"])
        sms = self.env["sms.sms"].search([("body", "=", "Bye")])
        self.assertEqual(sms.message_class, "transactional")
        self.assertEqual(sms.gateway_id, self.gateway)
        self.write_in("START", 2)
        self.assertEqual(self._answers(), ["Bye", "Hello again"])
        self.write_in("STOP", 3)
        self.write_in("START", 4)
        self.assertEqual(self._answers(), ["Bye", "Hello again"], "no endless talk")
        self.assertFalse(self.entry().active)

    def test_no_answer_to_who_was_out_already_or_never_left(self):
        self.gateway.write({"optout_text": "Bye", "optin_text": "Hello again"})
        self.write_in("START")
        self.blacklist._opt_out([NUMBER], Act("complaint", "manual"))
        self.write_in("STOP", 99_999_999)
        self.assertFalse(self._answers())

    def test_gateway_that_sends_nothing_to_opted_out_people_does_not_answer(self):
        self.gateway.write({"optout_text": "Bye", "block_transactional": True})
        self.write_in("STOP")
        self.assertFalse(self._answers())

    def test_message_on_the_wire_is_too_late_and_said_so(self):
        sms = self.queue(NUMBER, message_class="promotional")
        sms.state = "process"
        self.write_in("STOP")
        self.assertIn("1 messages were on their way", self.entry().note)

    def test_text_for_the_end_of_a_message(self):
        self.assertEqual(self.gateway._optout_word_text(), "")
        self.gateway.optout_short_code = SHORT_CODE
        self.assertEqual(self.gateway._optout_word_text(), "STOP to 21512")
        self.assertEqual(self.words._word("stop", "sw_KE"), "ACHA")
        with self.assertRaises(ValidationError):
            self.gateway.optout_short_code = "Savanna"
