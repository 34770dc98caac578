"""Files as people have them: what the form says of them, and who is reached."""

import base64
import io

import openpyxl
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from openpyxl.styles import Font

from ..campaign_case import CampaignCase
from .office_files import FILES, contacts_of_a_phone

PEOPLE = [["Phone", "Name"], ["0712345678", "Amina"], ["0722000111", "Brian"]]


def workbook(sheets, active=None):
    """Return a workbook of openpyxl's: {title: rows}, the first or another open."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.active = book[active or next(iter(sheets))]
    return book


def saved(book):
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@tagged("post_install", "-at_install")
class TestFileDialog(CampaignCase):
    """What the dialog of a file shows, asks and refuses before it closes."""

    def setUp(self):
        super().setUp()
        self.clerk = self.user("clerk", "su_sms.group_user")

    def form(self):
        form = Form(self.env["sms.campaign"].with_user(self.clerk))
        form.name = "Exams"
        form.body = "Exams begin on Monday."
        return form

    def upload(self, audience, content):
        audience.kind = "file"
        if isinstance(content, openpyxl.Workbook):
            content = saved(content)
        elif isinstance(content, str):
            content = content.encode()
        audience.file = base64.b64encode(content)

    def test_the_sheet_is_named_and_another_can_be_chosen(self):
        term2 = [["Phone", "Name"], ["0733345679", "Chege"]]
        book = workbook({"Term 1": PEOPLE, "Term 2": term2}, active="Term 2")
        form = self.form()
        with form.audience_ids.new() as audience:
            self.upload(audience, book)
            self.assertEqual(audience.sheet, "Term 2")
            self.assertEqual(audience.sheet_choices, "Term 1\nTerm 2")
            self.assertIn("Sheet “Term 2” is read, one of 2.", audience.notes)
            audience.sheet = "Term 1"
            self.assertEqual(audience.column_ids.edit(0).example, "0712345678")
            self.assertIn("Sheet “Term 1”", audience.notes)
        campaign = form.save()
        self.assertEqual(campaign.audience_ids.sheet, "Term 1")
        self.assertEqual(campaign.recipient_count, 2)
        self.assertIn("Sheet “Term 1”", campaign.file_notes)
        form = Form(campaign.with_user(self.clerk))
        with form.audience_ids.edit(0) as audience:
            self.assertEqual(audience.sheet, "Term 1")
            audience.sheet = "Term 2"
        form.save()
        self.assertEqual(campaign.recipient_count, 1)
        self.assertEqual(campaign.copy().audience_ids.sheet, "Term 2")

    def test_a_sheet_without_numbers_can_be_left_for_another(self):
        book = workbook({"Notes": [["a", "b"], ["c", "d"]], "Old": PEOPLE})
        book["Old"].sheet_state = "hidden"
        form = self.form()
        with form.audience_ids.new() as audience:
            self.upload(audience, book)
            self.assertIn("Sheet “Notes”: There is no column", audience.file_problem)
            # Which the dialog does not close without.
            self.assertFalse(audience.number_title)
            audience.sheet = "Old"
            self.assertFalse(audience.file_problem)
            self.assertEqual(audience.number_title, "Phone")
            self.assertIn("hidden", audience.notes)
        self.assertEqual(form.save().recipient_count, 2)

    def test_what_is_no_base64_is_refused_as_damaged(self):
        audience = self.form().audience_ids.new()
        audience.kind = "file"
        with self.assertRaisesRegex(UserError, "damaged"):
            audience.file = "abcde"

    def test_a_sheet_without_numbers_is_refused_by_name(self):
        book = workbook({"Notes": [["a", "b"], ["c", "d"]]})
        with self.assertRaisesRegex(UserError, "Sheet “Notes”: There is no column"):
            self.campaign(self.file(saved(book), "people.xlsx"))

    def test_who_has_numbers_is_written_to_and_it_is_asked_whether_that_is_right(self):
        rows = "".join(f",071234{n:04d},Student {n}\n" for n in range(15))
        content = f"Parent's Phone,Mobile No.,Name\n0722000111,0733345679,A\n{rows}"
        form = self.form()
        with form.audience_ids.new() as audience:
            self.upload(audience, content)
            self.assertEqual(audience.number_title, "Mobile No.")
            question = audience.column_question
            self.assertIn("“Mobile No.” (16/16 rows)", question)
            self.assertIn("“Parent's Phone” (1/16)", question)
            self.assertIn("sent to “Mobile No.”?", question)
        campaign = form.save()
        self.assertEqual(campaign.recipient_count, 16)
        self.assertNotIn("+254722000111", campaign.recipient_ids.mapped("number"))
        wizard = self.env["sms.campaign.launch"].create({"campaign_id": campaign.id})
        self.assertIn("Parent's Phone", wizard.file_notes)

    def test_another_file_takes_the_place_of_all_that_was_said_of_the_first(self):
        form = self.form()
        with form.audience_ids.new() as audience:
            self.upload(audience, workbook({"Term 1": PEOPLE, "Term 2": PEOPLE}))
            self.assertTrue(audience.notes and audience.sheet_choices)
            self.upload(audience, "Phone\n0712345678\n")
            self.assertFalse(audience.notes or audience.sheet_choices)
            self.assertFalse(audience.sheet)
        self.assertFalse(form.save().file_notes)

    def test_a_dialog_without_a_column_of_numbers_says_so_before_it_closes(self):
        form = self.form()
        with form.audience_ids.new() as audience:
            self.upload(audience, "Phone,Name\n0712345678,Amina\n")
            with audience.column_ids.edit(0) as column:
                column.role = "placeholder"
            self.assertIn("Choose the column", audience.file_problem)
            self.assertFalse(audience.number_title)
            with audience.column_ids.edit(0) as column:
                column.role = "number"
            self.assertFalse(audience.file_problem)
        form.save()

    def test_a_name_that_is_chosen_is_freed_elsewhere(self):
        form = self.form()
        with form.audience_ids.new() as audience:
            self.upload(audience, "Phone,First Name,Nickname\n0712345678,Amina,Mina\n")
            with audience.column_ids.edit(2) as column:
                column.role = "name"
            self.assertEqual(audience.column_ids.edit(1).role, "placeholder")
            with audience.column_ids.edit(1) as column:
                column.role = "name"
            self.assertEqual(audience.column_ids.edit(2).role, "placeholder")
        campaign = form.save()
        self.assertEqual(campaign.recipient_ids.name, "Amina")

    def test_a_second_column_is_tried_where_the_first_has_no_number(self):
        content = (
            "Student,Father,Mother\nAmina,,0712345678\nBrian,0722000111,0722000112\n"
            "Chege,020 222 3344,0733345679\nDama,,\n"
        )
        form = self.form()
        with form.audience_ids.new() as audience:
            self.upload(audience, content)
            for place, role in ((2, "number"), (1, "number")):
                with audience.column_ids.edit(place) as column:
                    column.role = role
            self.assertIn("sent to “Father”?", audience.column_question)
            with audience.column_ids.edit(2) as column:
                column.role = "fallback"
            # Which says what the other is for.
            self.assertFalse(audience.column_question)
        campaign = form.save()
        self.assertEqual(
            {each.name: each.number for each in campaign.recipient_ids},
            {
                "Amina": "+254712345678",
                "Brian": "+254722000111",
                "Chege": "+254733345679",
                "Dama": False,
            },
        )
        self.assertEqual(campaign.copy().recipient_count, 3)

    def test_what_was_read_is_not_for_a_caller_to_say(self):
        campaign = self.campaign(self.file("Phone\n0712345678\n"), as_user=self.clerk)
        for values in ({"notes": "All is well."}, {"sheet_choices": "A\nB"}):
            with self.assertRaises(AccessError):
                campaign.audience_ids.with_user(self.clerk).write(values)


@tagged("post_install", "-at_install")
class TestWhatPeopleSee(CampaignCase):
    """What a person does not see in a spreadsheet is reached by nobody's oversight."""

    def people(self, *more):
        book = workbook({"People": [*PEOPLE, *more]})
        return book, book.active

    def numbers_of(self, campaign):
        return campaign.recipient_ids.filtered(lambda r: not r.reason).mapped("number")

    def test_hidden_rows_are_left_out_unless_somebody_wants_them(self):
        book, sheet = self.people()
        sheet.auto_filter.ref = "A1:B3"
        sheet.row_dimensions[3].hidden = True
        campaign = self.campaign(self.file(saved(book), "people.xlsx"))
        self.assertEqual(self.numbers_of(campaign), ["+254712345678"])
        self.assertEqual(self.left_out(campaign), {"sms_hidden_row": 1})
        self.assertIn("Hidden rows in the file: 1.", campaign.file_notes)
        campaign.audience_ids.hidden_rows = True
        self.assertEqual(campaign.recipient_count, 2)
        self.run_campaign(campaign)
        self.assertEqual(len(self.texts()), 2)

    def test_who_is_struck_through_is_left_out(self):
        book, sheet = self.people()
        sheet["A3"].font = Font(strike=True)
        campaign = self.campaign(self.file(saved(book), "people.xlsx"))
        self.assertEqual(self.left_out(campaign), {"sms_struck_row": 1})
        self.run_campaign(campaign)
        self.assertEqual([n for n, _text in self.texts()], ["+254712345678"])
        left_out = campaign.sms_ids.filtered("left_out")
        self.assertEqual((left_out.recipient, left_out.line), ("Brian", 3))

    def test_numbers_leave_as_they_are_shown(self):
        book = workbook({"Marks": [["Phone", "No", "Mark", "Mean", "Fee", "Due"]]})
        sheet = book.active
        sheet.append(["0712345678", 123, 0.755, 66.6666666666667, 12500, 46348])
        for cell, code in (
            ("B2", "00000"),
            ("C2", "0.0%"),
            ("E2", '"KES" #,##0.00'),
            ("F2", "dd/mm/yyyy"),
        ):
            sheet[cell].number_format = code
        names = ("no", "mark", "mean", "fee", "due")
        campaign = self.campaign(
            self.file(saved(book), "marks.xlsx"),
            body=" ".join(f"{{{{ object.{name} }}}}" for name in names),
        )
        self.assertEqual(
            campaign.recipient_ids.text,
            "00123 75.5% 66.67 KES 12,500.00 22/11/2026",
        )

    def test_a_formula_without_a_value_is_told_and_asked_about(self):
        book = workbook({"Fees": [["Phone", "Fee"], ["0712345678", "=500+1"]]})
        campaign = self.campaign(
            self.file(saved(book), "fees.xlsx"), body="KES {{ object.fee }}"
        )
        self.assertIn("Formulas without a value: 1.", campaign.file_notes)
        self.assertEqual(campaign.missing_text, "1 recipient has no Fee")


@tagged("post_install", "-at_install")
class TestOfficeFiles(CampaignCase):
    """Nobody is reached who should not be, nobody missed without a reason."""

    def test_exactly_those_are_reached_who_are_meant(self):
        self.assertGreaterEqual(len(FILES), 20)
        for name, (make, numbers, reasons, values) in FILES.items():
            with self.subTest(name):
                self.simulator.reset()
                values = dict(values)
                audience = self.file(make(), name)
                audience["column_ids"] = [
                    (0, 0, {"slug": slug, "role": role})
                    for slug, role in values.pop("roles", {}).items()
                ]
                campaign = self.campaign(audience, **values)
                self.assertEqual(self.left_out(campaign), reasons)
                rows = campaign.audience_ids.row_ids
                self.assertEqual(len(campaign.recipient_ids), len(rows))
                self.run_campaign(campaign)
                self.assertEqual(sorted(n for n, _text in self.texts()), numbers)
                left_out = campaign.sms_ids.filtered("left_out")
                self.assertEqual(len(left_out), sum(reasons.values()))
                self.assertTrue(all(left_out.mapped("line")))

    def test_contacts_of_a_phone_are_named_as_such(self):
        with self.assertRaisesRegex(UserError, "vCard"):
            self.campaign(self.file(contacts_of_a_phone(), "contacts.vcf"))

    def test_pasted_numbers_are_read_as_cells_are(self):
        for text in (
            "254712000002 - ACHIENG OTIENO",
            "ACHIENG OTIENO 0712 000 002",
            "0712000002, 0712000002",
        ):
            with self.subTest(text):
                pasted = self.campaign(self.numbers(text))
                file = self.campaign(self.file(f'Phone,X\n"{text}",1\n'))
                for campaign in (pasted, file):
                    reached = campaign.recipient_ids.filtered(lambda r: not r.reason)
                    self.assertEqual(reached.number, "+254712000002")
                    self.assertIn(reached.name or "", ("", "ACHIENG OTIENO"))

    def test_the_name_beside_a_number_is_there_for_the_text(self):
        campaign = self.campaign(
            self.file("Other Party,Paid In\n254712000002 - ACHIENG,500\n"),
            body="Dear {{ object.name }}, thank you for KES {{ object.paid_in }}.",
        )
        self.assertEqual(
            campaign.recipient_ids.text, "Dear ACHIENG, thank you for KES 500."
        )
