"""What a form never sends, and a caller may: it is refused in words, or put right."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..campaign_case import CampaignCase

PEOPLE = "Phone,Name\n0712345678,Amina\n"


@tagged("post_install", "-at_install")
class TestOddValues(CampaignCase):
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
                with self.assertRaisesRegex(UserError, "is no file"):
                    audiences.create({**values, "campaign_id": self.drawn.id})
                with self.assertRaisesRegex(UserError, "is no file"):
                    audiences.write(values)
                with self.assertRaisesRegex(UserError, "is no file"):
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
