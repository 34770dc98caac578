from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models import base
from ..campaign_case import CampaignCase
from ..common import GatewayCase

PEOPLE = "Phone,Name\n0712345678,Amina\n"
# What people type where a number belongs -> failure type.
NUMBERS = [
    ("", "sms_number_missing"),
    (False, "sms_number_missing"),
    ("hello", "sms_number_format"),
    ("0712", "sms_number_format"),
    ("07123456789012345", "sms_number_format"),
    ("0712345678 / 0722345678", "sms_number_format"),
    ("0712345678\0", None),
    ("2.54712E+11", "sms_number_format"),
    ("020 1234567", "sms_invalid_destination"),
    ("'; DROP TABLE sms_sms; --", "sms_number_format"),
]
# Texts -> what arrives, or None for what is refused as empty.
TEXTS = [
    ("", None),
    (False, None),
    ("   \n ", None),
    ("\0", None),
    ("a\0b", "ab"),
    ("مرحبا بكم", "مرحبا بكم"),
    ("👩‍👩‍👧‍👦 Karibu 🎓", "👩‍👩‍👧‍👦 Karibu 🎓"),
    ("“Quoted” – text…", '"Quoted" - text...'),
    ("x" * 1530, "x" * 1530),
    ("100% & more + = ?", "100% & more + = ?"),
    ("<b>bold</b> {{ object.name }}", "<b>bold</b> {{ object.name }}"),
]


@tagged("post_install", "-at_install")
class TestBadInput(GatewayCase):
    def test_numbers(self):
        good = self.queue("0712345678", body="Unharmed")
        for number, failure_type in NUMBERS:
            with self.subTest(number):
                sms = self.queue(number)
                self.env["sms.sms"]._process_queue()
                if failure_type is None:
                    self.assertEqual(sms.state, "pending")
                    continue
                self.assertEqual((sms.state, sms.failure_type), ("error", failure_type))
                self.assertTrue(sms.provider_text, "it says what is wrong")
        self.assertEqual(good.state, "pending")

    def test_what_all_share_is_not_repeated_beside_each_of_very_many(self):
        messages = self.queue(*(f"07123456{n:02}" for n in range(4)))
        numbers = {"audience_ids": {"fields": {"numbers": {}}}}
        for beside in (numbers, {"body": {}}, {"audience_ids": {}}):
            specification = {"campaign_id": {"fields": beside}}
            self.assertEqual(len(messages.web_read(specification)), 4)
            with patch.object(base, "MOST_BESIDE", 3):
                with self.assertRaisesRegex(UserError, "so many records"):
                    messages.web_read(specification)
                with self.assertRaisesRegex(UserError, "so many records"):
                    self.env["sms.sms"].web_search_read([], specification)
                self.assertEqual(len(messages[:3].web_read(specification)), 3)
        shown = {
            "number": {},
            "campaign_id": {"fields": {"display_name": {}, "state": {}}},
            "gateway_id": {},
            "partner_id": {"fields": {"child_ids": {}}},
        }
        path = "campaign_id/audience_ids/numbers"
        with patch.object(base, "MOST_BESIDE", 3):
            self.assertEqual(len(messages.web_read(shown)), 4)
            self.assertTrue(messages.export_data(["number", "campaign_id/name"]))
            with self.assertRaisesRegex(UserError, "so many records"):
                messages.export_data(["number", path])
        self.assertTrue(messages.export_data(["number", path]))

    def test_texts(self):
        for body, arrives in TEXTS:
            with self.subTest(body):
                self.simulator.reset()
                sms = self.queue("0712345678", body=body)
                self.env["sms.sms"]._process_queue()
                if arrives is None:
                    self.assertEqual(
                        (sms.state, sms.failure_type), ("error", "sms_empty")
                    )
                    self.assertFalse(self.simulator.requests())
                else:
                    self.assertEqual(sms.state, "pending")
                    self.assertEqual(self.texts(), [("+254712345678", arrives)])

    def test_what_is_no_text_is_read_as_one(self):
        """As Odoo does: code of others that gives a number is not stopped."""
        sms = self.env["sms.sms"].create({"number": 712345678, "body": 5})
        self.env["sms.sms"]._process_queue()
        self.assertEqual((sms.number, sms.body), ("+254712345678", "5"))
        self.assertEqual(self.texts(), [("+254712345678", "5")])

    def test_one_bad_number_stops_no_other(self):
        numbers = [f"07123456{n:02}" for n in range(20)]
        numbers[7] = "garbage"
        messages = self.queue(*numbers)
        self.env["sms.sms"]._process_queue()
        self.assertEqual(len(messages.filtered(lambda s: s.state == "pending")), 19)
        self.assertEqual(messages[7].failure_type, "sms_number_format")

    def test_copies_of_one_number_go_in_requests_of_their_own(self):
        count = 1_000
        messages = self.queue(*["0712345678"] * count)
        # a run is short by design: the rest is the next one's
        while self.env["sms.sms"]._run_outbox():
            pass
        self.assertEqual(set(messages.mapped("state")), {"pending"})
        self.assertEqual(len(set(messages.mapped("provider_message_id"))), count)
        sizes = {each["recipients"] for each in self.simulator.requests()}
        self.assertEqual(sizes, {1})
        self.assertEqual(self.simulator.summary()["accepted"], count)

    def test_long_text_is_sent_whole_and_its_parts_are_counted(self):
        self.simulator.settings(profile="live")
        self.gateway.write({"environment": "production", "username": "university"})
        sms = self.queue("0712345678", body="x" * 1530)
        self.env["sms.sms"]._process_queue()
        self.assertEqual(sms.state, "pending")
        self.assertEqual(sms.parts, 10)


@tagged("post_install", "-at_install")
class TestOddValues(CampaignCase):
    """What no form sends is refused in words, or put right."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.staff = cls.user("odd_user", "su_sms.group_user")

    def setUp(self):
        super().setUp()
        self.drawn = self.campaign(self.numbers("0712345678"), as_user=self.staff)
        self.drawn = self.drawn.with_user(self.staff)

    def test_who_is_named_several_times_is_copied_as_often(self):
        for records in (self.drawn, self.drawn.audience_ids, self.gateway):
            with self.subTest(records._name):
                copies = records.browse(records.ids * 2).copy()
                self.assertEqual(len(set(copies.ids)), 2)

    def test_what_is_no_file_is_refused(self):
        audiences = self.drawn.audience_ids
        for value in (5, True, 1.5, {"a": 1}, [1], [[0, 0, {}]]):
            values = {"kind": "file", "file": value, "file_name": "a.csv"}
            with self.subTest(value), self.env.cr.savepoint() as savepoint:
                with self.assertRaisesRegex(UserError, "is not a file"):
                    audiences.create({**values, "campaign_id": self.drawn.id})
                with self.assertRaisesRegex(UserError, "is not a file"):
                    audiences.write(values)
                with self.assertRaisesRegex(UserError, "is not a file"):
                    audiences.onchange(values, ["file"], {"file": {}, "column_ids": {}})
                savepoint.rollback()

    def test_what_postgresql_keeps_in_no_text_is_left_out(self):
        file = {**self.file(PEOPLE), "file_name": "peo\0ple.csv", "sheet": "\0"}
        pasted = self.numbers("0722000111\0, Ba\0raka")
        self.drawn.write(
            {
                "name": "Exa\0ms",
                "body": "He\0llo",
                "audience_ids": [(0, 0, file), (0, 0, pasted)],
            }
        )
        self.assertEqual((self.drawn.name, self.drawn.body), ("Exams", "Hello"))
        self.assertEqual(self.drawn.audience_ids[1].file_name, "people.csv")
        self.assertEqual(self.drawn.audience_ids[2].numbers, "0722000111, Baraka")
        self.env.flush_all()
