"""What a person gets who asks what is held about their number."""

import io
from unittest.mock import patch

from odoo.tests import tagged
from openpyxl import load_workbook
from xlsxwriter.worksheet import Worksheet

from ...privacy import erasure
from ...text.table import table
from ...tools import limits, xlsx
from ...tools.acts import Act
from .retention_case import NUMBER, TEXT, RetentionCase

PEOPLE = "Name,Phone,Balance\nFatuma,0712 345-678,12500\nDaudi,0712345679,777\n"


@tagged("post_install", "-at_install")
class TestPersonExport(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user("sms_manager", "su_sms.group_manager")

    def sheet(self, name, number=NUMBER):
        """Return the rows of a sheet, without its headers, as dicts."""
        wizards = self.env["sms.person.wizard"].with_user(self.manager)
        book = load_workbook(io.BytesIO(wizards.create({"number": number})._xlsx()))
        headers, *rows = book[name].iter_rows(values_only=True)
        return [dict(zip(headers, row, strict=True)) for row in rows]

    def test_text_is_written_as_text_by_every_version_of_the_library(self):
        """Some make a formula of what stands in braces, whatever they are told."""
        texts = ["{=HYPERLINK(1)}", "=1+1", "http://evil.example"]
        with patch.object(Worksheet, "write", side_effect=AssertionError):
            book = xlsx.workbook([("Sheet", ["Text"], [[text] for text in texts])])
        sheet = load_workbook(io.BytesIO(book)).active
        cells = [cell for (cell,) in sheet.iter_rows(min_row=2)]
        self.assertEqual([cell.value for cell in cells], texts)
        self.assertEqual({cell.data_type for cell in cells}, {"s"})

    def test_history_of_opt_outs(self):
        blacklist = self.env["sms.blacklist"]
        act = Act("complaint", "manual", note="Called on 3 May", evidence="“No more!”")
        blacklist._opt_out([NUMBER, "+254712345679"], act)
        blacklist._opt_in([NUMBER], Act("start", "sms"))
        opted_in, opted_out = self.sheet("SMS Opt-Out History")
        self.assertEqual(opted_in["Type"], "Opted in")
        self.assertEqual(opted_in["Reason"], "START Word")
        self.assertEqual(opted_out["Type"], "Opted out")
        self.assertEqual(opted_out["Reason"], "Complaint")
        self.assertEqual(opted_out["Note"], "Called on 3 May")
        self.assertEqual(opted_out["Evidence"], "“No more!”")
        self.assertEqual(opted_out["Entered By"], self.env.user.name)

    def test_history_alone_is_held(self):
        self.env["sms.blacklist"]._opt_out([NUMBER], Act("stop", "sms"))
        self.env["sms.blacklist"]._opt_in([NUMBER], Act("start", "sms"))
        wizards = self.env["sms.person.wizard"].with_user(self.manager)
        wizard = wizards.create({"number": "0712 345 678"})
        self.assertEqual((wizard.consent_count, wizard.opted_out), (2, False))
        self.assertTrue(wizard.held)

    def test_history_of_another_company_stays_there(self):
        company = self.env["res.company"].create({"name": "Other"})
        act = Act("stop", "sms", company_id=company.id)
        self.env["sms.blacklist"]._opt_out([NUMBER], act)
        self.queue(NUMBER)
        self.assertFalse(self.sheet("SMS Opt-Out History"))

    def test_rows_of_what_was_pasted_or_uploaded(self):
        campaign = self.campaign(
            self.file(PEOPLE), self.numbers("0712345680, Amina 0712 345 678")
        )
        expected = [
            ("people.csv", 2, "balance: 12500, name: Fatuma, phone: 0712 345-678"),
            (None, 1, "name: Amina, number: 0712 345 678"),
        ]
        for launched in (False, True):
            with self.subTest(launched=launched):
                if launched:
                    self.run_campaign(campaign)
                    self.assertFalse(campaign.audience_ids.row_ids, "sent and gone")
                rows = self.sheet("SMS Campaign Audience")
                self.assertEqual({row["Campaign"] for row in rows}, {"Exams"})
                found = [(r["File Name"], r["Line"], r["Content"]) for r in rows]
                self.assertEqual(found, expected)

    def sent_files(self, *files):
        """Return the audiences of campaigns that were sent to these files' people."""
        campaigns = self.env["sms.campaign"]
        for file in files:
            campaigns += self.campaign(self.file(file))
            self.run_campaign(campaigns[-1])
        self.assertFalse(campaigns.audience_ids.row_ids)
        return campaigns.audience_ids

    def test_reading_files_again_ends_and_names_those_that_were_not_read(self):
        self.sent_files(*(f"{PEOPLE}Ali {n},0722000111,{n}\n" for n in range(5)))
        now, read = [0.0], table.read
        self.patch(limits, "monotonic", lambda: now[0])

        def slow(*args, **kwargs):
            now[0] += 12
            return read(*args, **kwargs)

        with patch.object(table, "read", side_effect=slow) as reads:
            found = [row["Content"] for row in self.sheet("SMS Campaign Audience")]
        self.assertEqual(reads.call_count, 3)
        self.assertEqual(
            [text[:8] for text in found], ["balance:"] * 2 + ["Not read"] * 3
        )

    def test_a_file_is_read_once_however_often_it_was_used(self):
        self.sent_files(PEOPLE, PEOPLE, PEOPLE)
        with patch.object(table, "read", side_effect=table.read) as reads:
            found = [row["Content"] for row in self.sheet("SMS Campaign Audience")]
        self.assertEqual(reads.call_count, 1)
        self.assertEqual(found, [found[0]] * 3)
        self.assertIn("Fatuma", found[0])

    def test_recipient_of_a_check(self):
        campaign = self.campaign(self.file(PEOPLE), self.numbers("0712345678"))
        campaign.action_count()
        rows = self.sheet("SMS Campaign Recipient")
        reasons = [row["Reason"] for row in rows]
        self.assertEqual(reasons, [None, "Duplicate"])
        self.assertEqual(rows[0]["Name"], "Fatuma")

    def test_a_number_is_looked_up_by_an_index_however_it_was_typed(self):
        typed = ["0712 345 678", "+254 (0)712-345.678", "Fatuma 0712345678, or 0722"]
        many = " ".join(str(1234567 + n) for n in range(99))
        campaign = self.campaign(
            *(self.file(f'Phone,Note\n0722000111,"{each}"\n') for each in typed),
            self.file(f'Phone,Note\n0722000111,"{many} 0712345678"\n'),
            self.file(PEOPLE.replace("0712 345-678", "0712345670")),
        )
        rows, _audiences = erasure.find_audiences(
            self.cr, NUMBER, {self.env.company.id: "KE"}
        )
        held = campaign.audience_ids[:4].row_ids
        self.assertEqual(sorted(rows), sorted(held.ids))
        self.assertEqual(held.filtered(lambda row: not row.sudo().tails), held[3])
        self.cr.execute("SET LOCAL enable_seqscan = off")
        given = erasure._typed(NUMBER, {self.env.company.id: "KE"})
        self.cr.execute(f"EXPLAIN {erasure.ROWS}", given)
        plan = "\n".join(line for (line,) in self.cr.fetchall())
        self.assertIn("sms_campaign_row_tails_idx", plan)
        self.assertIn("sms_campaign_row_no_tails_idx", plan)

    def test_notifications_and_mailings(self):
        sms, _notification = self.post(NUMBER)
        sms.mail_message_id.body = TEXT
        self.send_mailing()
        [row] = self.sheet("Message Notifications")
        self.assertEqual(row["Text"], TEXT)
        self.assertEqual(row["Status"], "Sent")
        [row] = self.sheet("Mailing Statistics")
        self.assertEqual((row["Mailing"], row["Number"]), ("News", NUMBER))

    def test_text_in_another_companys_chatter_stays_there(self):
        sms, notification = self.post(NUMBER)
        notification.mail_message_id.record_company_id = self.env["res.company"].create(
            {"name": "Other"}
        )
        [row] = self.sheet("Message Notifications")
        self.assertFalse(row["Text"])
        self.assertTrue(sms.body)
