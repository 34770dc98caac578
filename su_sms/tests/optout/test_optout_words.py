"""The words that opt out and in."""

from contextlib import suppress
from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from ...text import segments
from ...tools.acts import Act
from .blacklist_case import NUMBER
from .words_case import SHORT_CODE, WordsCase

# What somebody writes -> what it is.
TEXTS = [
    ("STOP", "stop"),
    ("stop", "stop"),
    ("  Stop \n", "stop"),
    ("Stop.", "stop"),
    ("S\u200bT\u00adOP", "stop"),
    ("“STOP!!”", "stop"),
    ("*stop*", "stop"),
    ("stop   all", "stop"),
    ("Acha", "stop"),
    ("sitaki.", "stop"),
    ("START", "start"),
    ("anza", "start"),
    ("STOP ALL", "stop"),
    ("STOPALL", "stop"),
    ("stop-all", "stop"),
    ("STOP STOP STOP", "stop"),
    ("OPT OUT", "stop"),
    ("OPTOUT", "stop"),
    ("opt-out", "stop"),
    ("Opt–Out", "stop"),
    ("UNSUBSCRIBE", "stop"),
    ("UNSUB", "stop"),
    ("unsubscribe me", "stop"),
    ("CANCEL", "stop"),
    ("END", "stop"),
    ("QUIT.", "stop"),
    ("REVOKE", "stop"),
    ("ＳＴＯＰ", "stop"),
    ("ｓｔｏｐ！", "stop"),
    ("𝐒𝐓𝐎𝐏", "stop"),
    ("STOP SMS", "stop"),
    ("Stop. Thank you", "stop"),
    ("please stop", "stop"),
    ("Please, stop! Thanks.", "stop"),
    ("Stop sending", "stop"),
    ("remove me", "stop"),
    ("Don’t text me", "stop"),
    ("STOP\n\nSent from my iPhone", "stop"),
    ("Stop\n--\nJane W. Kamau\nNairobi", "stop"),
    ("sitaki tena", "stop"),
    ("Tafadhali acha", "stop"),
    ("acha kunitumia", "stop"),
    ("Niondoe", "stop"),
    ("usinitumie", "stop"),
    ("arrêt", "stop"),
    ("S’il vous plaît arrêtez", "stop"),
    ("توقف", "stop"),
    ("please start", "start"),
    ("STOP\0", "stop"),
    ("", None),
    ("...", None),
    ("please", None),
    ("thank you", None),
    ("Start of term", None),
    ("When does the semester end", None),
    ("Can I cancel my hostel booking", None),
    ("We have got to STOP this bill", None),
    ("The matatu goes on until the last stop before town", None),
    ("I have stopped smoking", None),
    ("Stop " * 100, None),
]
# Texts that only a person can read: nobody is opted out, and somebody is told.
DOUBTFUL = [
    "STOP 12345",
    "STOP12345",
    "S T O P",
    "S.T.O.P",
    "<b>STOP</b>",
    "start stop",
    "Don't stop",
    "STOP - Kamau",
    "STOP\nJane W. Kamau",
    "STOPIT",
    "Stop, I am no student of yours any more",
    "I want you to stop texting me about the gala",
    "Kindly remove me from your list",
    "acha kunitumia hizi meseji zenu kila siku",
    "Mimi sitaki hizi sms",
]


@tagged("post_install", "-at_install")
class TestOptoutWords(WordsCase):
    def test_words_that_come_with_us_opt_out_whoever_is_at_them(self):
        administrator = self.user("words_admin", "su_sms.group_gateway_admin")
        stop = self.env.ref("su_sms.sms_optout_word_stop").with_user(administrator)
        for change in (
            lambda: stop.write({"active": False}),
            lambda: stop.write({"kind": "start"}),
            lambda: stop.write({"kind": "polite"}),
            lambda: stop.write({"word": "STOPPED"}),
            lambda: stop.write({"plain_word": "xq"}),
            stop.unlink,
            lambda: stop.load([".id", "kind"], [[str(stop.id), "start"]]),
        ):
            with suppress(UserError), self.env.cr.savepoint():
                change()
            self.env.invalidate_all()
            self.assertEqual(
                (stop.word, stop.kind, stop.active), ("STOP", "stop", True)
            )
        self.assertEqual(stop.plain_word, "stop")
        own = self.words.with_user(administrator).create({"word": "Basta"})
        own.kind = "polite"
        own.unlink()
        for group in ("su_sms.group_user", "su_sms.group_manager"):
            staff = self.user(group[-12:], group)
            with self.assertRaises(AccessError):
                self.words.with_user(staff).create({"word": "YES", "kind": "start"})

    def test_nothing_that_is_added_takes_a_phrase_of_ours_away(self):
        for word in ("out", "more", "off", "me"):
            self.words.create({"word": word, "kind": "polite"})
        for text in ("OPT OUT", "no more", "please opt out", "Take me off"):
            for keyword in ("", "OPT", "NO", "TAKE"):
                with self.subTest(text=text, keyword=keyword):
                    self.assertEqual(
                        self.words._meaning(text, keyword=keyword).kind, "stop"
                    )
        for text in ("opt out please", "no more thanks"):
            self.assertEqual(self.words._kind_of(text), "stop")
        for spelled in ("s-t-o-p", "S T O P", "opt-o-u-t", "please stop", "stop now"):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.words.create({"word": spelled, "kind": "start"})

    def test_a_word_that_stands_beside_ours_does_not_turn_it_round(self):
        stop = self.env.ref("su_sms.sms_optout_word_stop")
        stop.plain_word = "xq"
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.words.create({"word": "Stop", "kind": "start"})
        self.assertEqual(self.words._kind_of("STOP"), "stop")

    def test_words(self):
        for text, kind in TEXTS:
            with self.subTest(text):
                self.assertEqual(self.words._meaning(text), (kind, False))
        for text in DOUBTFUL:
            with self.subTest(text):
                self.assertEqual(self.words._meaning(text), (None, True))

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
        self.write_in("We have got to STOP this bill")
        self.assertFalse(self.entry())

    def test_words_that_come_with_an_update_are_those_that_somebody_has_added(self):
        mine = self.words.create({"word": "Basi", "kind": "stop"})
        data = {"xml_id": "su_sms.basi", "values": {"word": "BASI"}, "noupdate": True}
        self.words._load_records([data], update=True)
        self.assertEqual(self.env.ref("su_sms.basi"), mine)

    def test_no_word_to_tell_of_makes_a_text_dearer(self):
        for lang in ("en_US", "sw", "fr_FR", "pt_PT"):
            word = self.words._word("stop", lang)
            self.assertEqual(segments.count(word).encoding, "GSM-7", word)

    def test_nobody_makes_a_word_one_of_ours(self):
        administrator = self.user("words_maker", "su_sms.group_gateway_admin")
        words = self.words.with_user(administrator)
        start = self.env.ref("su_sms.sms_optout_word_start").with_user(administrator)
        told = self.words.create({"word": "Basta", "told": True})
        for values in ({"kind": "stop", "word": "Win 5000"}, {"word": "Win 5000"}):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                start.write(values)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            told.with_user(administrator).write({"word": "Win 5000"})
        names = ["id", "word", "kind", "sequence"]
        loaded = words.load(names, [["su_sms.evil", "Win 5000", "stop", "-9"]])
        self.assertTrue(loaded["messages"])
        self.assertFalse(self.words.search([("word", "=", "Win 5000")]))
        self.assertEqual(
            (start.word, start.kind, told.word), ("START", "start", "Basta")
        )

    def test_texts_tell_of_no_word_that_holds_for_another_company(self):
        college = self.env["res.company"].create({"name": "Coast Polytechnic"})
        theirs = self.gateway.copy({"name": "Theirs", "company_id": college.id})
        shared = self.gateway.copy({"name": "Shared", "company_id": False})
        gateways = self.gateway + theirs + shared
        gateways.optout_short_code = SHORT_CODE
        lang = self.env.ref("su_sms.sms_optout_word_stop").lang_id
        own = {"word": "Basta", "told": True, "sequence": -9, "lang_id": lang.id}
        word = self.words.create({**own, "company_id": self.env.company.id})
        for each, said in zip(gateways, ("Basta", "STOP", "STOP"), strict=True):
            text = each._optout_word_text()
            self.assertEqual(text, f"{said} to {SHORT_CODE}")
            self.assertEqual(self.words._kind_of(said, each), "stop")
        word.company_id = college
        self.assertEqual(theirs._optout_word_text(), f"Basta to {SHORT_CODE}")

    def test_words_of_a_company_that_is_gone_hold_for_nobody(self):
        college = self.env["res.company"].create({"name": "Coast Polytechnic"})
        word = self.words.create({"word": "present", "company_id": college.id})
        college.unlink()
        self.assertFalse(word.exists())
        self.assertFalse(self.words._kind_of("present"))

    def test_texts_tell_of_words_that_come_with_us(self):
        self.gateway.optout_short_code = SHORT_CODE
        administrator = self.user("words_admin", "su_sms.group_gateway_admin")
        words = self.words.with_user(administrator)
        words.create({"word": "Send your PIN", "sequence": -9})
        for door in (
            lambda: words.create({"word": "Win", "told": True}),
            lambda: words.with_context(default_told=True).create({"word": "Win"}),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                door()
        stop = self.env.ref("su_sms.sms_optout_word_stop").with_user(administrator)
        for values in ({"sequence": 99}, {"within": False}, {"lang_id": False}):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                stop.write(values)
        self.assertEqual(self.gateway._optout_word_text(), "STOP to 21512")

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
                self.words.create({"word": "stop.", "kind": "stop"})
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

    def test_message_on_the_wire_is_too_late_and_said_so(self):
        sms = self.queue(NUMBER, message_class="promotional")
        sms.state = "process"
        self.write_in("STOP")
        self.assertIn("1 messages had already been sent", self.entry().note)

    def test_text_for_the_end_of_a_message(self):
        self.assertEqual(self.gateway._optout_word_text(), "")
        self.gateway.optout_short_code = SHORT_CODE
        self.assertEqual(self.gateway._optout_word_text(), "STOP to 21512")
        self.assertEqual(self.words._word("stop", "sw_KE"), "ACHA")
        with self.assertRaises(ValidationError):
            self.gateway.optout_short_code = "Savanna"
