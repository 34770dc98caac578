"""A short code that several customers share, told apart by keywords."""

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .words_case import SHORT_CODE, WordsCase


@tagged("post_install", "-at_install")
class TestSharedShortCode(WordsCase):
    def test_a_keyword_of_ours_comes_first_or_was_cut_by_the_provider(self):
        self.gateway.write({"optout_short_code": SHORT_CODE, "keyword": "STRATH"})
        for text, out in (
            ("STRATH STOP", True),
            ("strath  stop.", True),
            ("Strath: Stop", True),
            ("“STRATH” STOP", True),
            ("STRATH ACHA", True),
            ("STRATH please stop", True),
            ("STOP", True),
            ("STRATHMORE STOP", False),
            ("OTHER STOP", False),
            ("STRATH", False),
            ("STRATH I want to know my fees", False),
        ):
            with self.subTest(text), self.env.cr.savepoint() as savepoint:
                self.write_in(text)
                self.assertEqual(self.entry().active, out)
                savepoint.rollback()

    def test_the_keyword_is_in_no_answer_that_is_kept(self):
        self.gateway.write({"optout_short_code": SHORT_CODE, "keyword": "STRATH"})
        for text, kept in (
            ("STRATH I will come", "I will come"),
            ("strath: yes", "yes"),
            ("I will come", "I will come"),
            ("STRATHMORE is mine", "STRATHMORE is mine"),
            ("STRATH", "STRATH"),
        ):
            with self.subTest(text):
                self.write_in(text)
                message = self.env["sms.incoming"].search([], order="id desc", limit=1)
                self.assertEqual(message.body, kept)

    def test_two_gateways_on_one_code_are_told_apart_by_keyword(self):
        self.gateway.write({"optout_short_code": SHORT_CODE, "keyword": "STRATH"})
        library = self.gateway.copy({"name": "Library", "keyword": "LIB"})
        self.assertEqual(library.optout_short_code, SHORT_CODE)
        for text, gateway in (
            ("LIB is it open?", library),
            ("STRATH is it open?", self.gateway),
            ("is it open?", self.gateway),
        ):
            self.write_in(text)
            message = self.env["sms.incoming"].search([], order="id desc", limit=1)
            self.assertEqual((message.gateway_id, message.body[:2]), (gateway, "is"))

    def test_who_names_anothers_account_gets_nothing_that_is_posted_to_it(self):
        self.gateway.write({"optout_short_code": SHORT_CODE, "keyword": False})
        college = self.env["res.company"].create({"name": "Coast Polytechnic"})
        trap = self.gateway.copy(
            {"name": "Trap", "company_id": college.id, "keyword": "HELLO"}
        )
        self.assertEqual(trap.username, self.gateway.username)
        for key in (False, "another-key"):
            trap.api_key = key
            self.write_in("Hello, my balance?")
            message = self.env["sms.incoming"].search([], order="id desc", limit=1)
            self.assertEqual(message.gateway_id, self.gateway)
            self.assertEqual(message.body, "Hello, my balance?")
        # One account that two companies share.
        trap.api_key = self.gateway._get_secret("api_key")
        self.write_in("Hello, my balance?")
        message = self.env["sms.incoming"].search([], order="id desc", limit=1)
        self.assertEqual(message.gateway_id, trap)

    def test_a_keyword_swallows_no_phrase_of_ours(self):
        for minute, text in enumerate(("OPT OUT", "No more")):
            keyword = text.split()[0].upper()
            self.gateway.write({"optout_short_code": SHORT_CODE, "keyword": keyword})
            self.write_in(text, 10 * minute)
            self.assertTrue(self.entry().active, keyword)
            self.write_in("START", 10 * minute + 5)
            self.assertFalse(self.entry().active)

    def test_texts_say_the_keyword_and_are_counted_with_it(self):
        self.gateway.optout_short_code = SHORT_CODE
        text = "x" * (160 - len("\nSTOP to 21512"))
        campaign = self.env["sms.campaign"].create(
            {
                "name": "Gala",
                "body": text,
                "gateway_id": self.gateway.id,
                "message_class": "promotional",
                "audience_ids": [(0, 0, {"kind": "numbers", "numbers": "0712345678"})],
            }
        )
        self.assertEqual((campaign.optout, campaign.worst_parts), ("word", 1))
        self.gateway.keyword = "STRATH"
        self.assertEqual(self.gateway._optout_word_text(), "STRATH STOP to 21512")
        campaign.action_count()
        self.assertEqual(campaign.worst_parts, 2)

    def test_a_keyword_is_one_word_and_none_to_opt_out_with(self):
        for wrong in ("TWO WORDS", "STRATH!", "stop"):
            with self.assertRaises(ValidationError):
                self.gateway.keyword = wrong
