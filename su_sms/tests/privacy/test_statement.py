import io
import re
import zipfile

from freezegun import freeze_time
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...report.sms_statement_lines import Line, Section
from .retention_case import RetentionCase

EVIL = "=HYPERLINK(1)"


@tagged("post_install", "-at_install")
class TestStatement(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user("sms_manager", "su_sms.group_manager", name=EVIL)
        cls.employee = cls.user("sms_user", "su_sms.group_user", name="Esther")
        cls.env.company.partner_id.tz = "Africa/Nairobi"
        cls.usd = cls.env.ref("base.USD")
        cls.kes = cls.env.ref("base.KE", raise_if_not_found=False) or cls.env[
            "res.currency"
        ].with_context(active_test=False).search([("name", "=", "KES")])

    def sms(self, at="2025-03-10 08:00:00", user=None, **vals):
        """Make a message that was accepted at a time, in UTC."""
        vals = {"number": "0712345678", "body": "x", "state": "sent", **vals}
        vals = {"parts": 1, "cost": 0.8, "currency_id": self.kes.id, **vals}
        queue = self.env["sms.sms"].with_user(user or self.manager).sudo()
        sms = queue.create({**vals, "accepted_at": at})
        self.env.flush_all()
        self.cr.execute(
            "UPDATE sms_sms SET create_date = coalesce(accepted_at, %s) WHERE id = %s",
            [vals.get("made") or "2025-03-10 08:00:00", sms.id],
        )
        return sms

    def wizard(self, breakdown="user", month="2025-03", user=None, **vals):
        wizards = self.env["sms.statement.wizard"].with_user(user or self.manager)
        with freeze_time("2025-04-05"):
            return wizards.create({"breakdown": breakdown, "month": month, **vals})

    def lines(self, breakdown="user", **vals):
        """Return {label: (messages, results, parts, costs)}."""
        (section,) = self.wizard(breakdown, **vals)._statement()["sections"]
        return {
            line.label: (
                line.messages,
                {name: count for name, count in line.results.items() if count},
                line.parts,
                {name: round(cost, 4) for name, cost in line.costs.items()},
            )
            for line in section.lines
        }

    def test_counts_by_outcome_parts_and_cost(self):
        none = {"parts": 0, "cost": 0, "currency_id": False}
        self.sms(parts=2, cost=1.6)
        self.sms(state="pending")
        self.sms(state="error", failure_type="sms_rejected", **none)
        self.sms(state="error", failure_type="sms_outcome_unknown", **none)
        self.sms(state="canceled", failure_type="sms_blacklist", **none)
        self.sms(state="error", failure_type="sms_optout", left_out=True, **none)
        self.sms(state="outgoing", **none)
        self.assertEqual(
            self.lines()[EVIL],
            (
                7,
                {
                    "delivered": 1,
                    "unreported": 1,
                    "failed": 1,
                    "unknown": 1,
                    "not_sent": 2,
                    "waiting": 1,
                },
                3,
                {"KES": 2.4},
            ),
        )

    def test_currencies_are_never_added_up(self):
        self.sms()
        self.sms(currency_id=self.usd.id, cost=0.01)
        self.assertEqual(self.lines()[EVIL][3], {"KES": 0.8, "USD": 0.01})
        self.assertEqual(self.wizard()._statement()["currencies"], ["KES", "USD"])
        groups = self.env["sms.sms"]._read_group(
            [("gateway_id", "=", self.gateway.id)], ["state"], ["cost:sum"]
        )
        self.assertEqual(groups, [("sent", False)], "nor in the log")

    def test_each_breakdown(self):
        campaign = self.campaign(name="Open day")
        self.sms(network="Safaricom", sender_id="STRATHMORE", campaign_id=campaign.id)
        self.sms(user=self.employee, message_class="promotional", number="0712345679")
        self.assertEqual(set(self.lines("user")), {EVIL, "Esther"})
        self.assertEqual(set(self.lines("campaign")), {"Open day", "No campaign"})
        self.assertEqual(set(self.lines("mailing")), {"No mailing"})
        self.assertEqual(set(self.lines("class")), {"Transactional", "Promotional"})
        self.assertEqual(set(self.lines("network")), {"Safaricom", "Not known yet"})
        self.assertEqual(set(self.lines("sender")), {"STRATHMORE", "The gateway's"})
        self.assertEqual(set(self.lines("gateway")), {"Test"})
        self.assertEqual(len(self.wizard("all")._statement()["sections"]), 8)

    def test_message_counts_in_each_of_its_senders_groups_and_once_in_the_total(self):
        registry, law = self.env["res.groups"].create(
            [{"name": "Registry"}, {"name": "Faculty of Law"}]
        )
        self.employee.group_ids += registry + law
        self.manager.group_ids += law
        self.sms(cost=1.6)
        self.sms(user=self.employee)
        gone = self.sms(user=self.employee)
        before = self.lines("group")
        gone.unlink()
        lines = self.lines("group")
        self.assertEqual(lines, before, "what is removed counts as well")
        self.assertEqual(lines["Registry"], (2, {"delivered": 2}, 2, {"KES": 1.6}))
        self.assertEqual(lines["Faculty of Law"][0], 3)
        self.assertEqual(lines["SMS / User"][0], 2)
        for breakdown in ("group", "all"):
            statement = self.wizard(breakdown)._statement()
            for section in statement["sections"]:
                with self.subTest(breakdown=breakdown, section=section.label):
                    self.assertEqual(section.total.messages, 3)
                    self.assertAlmostEqual(section.total.costs["KES"], 3.2)
        self.assertIn("once in the total", self.html(self.wizard("group")))

    def test_lines_are_printed_in_tables_that_fit_on_a_page(self):
        lines = [Line(str(n)) for n in range(40)]
        for count, blocks in ((0, [1]), (18, [19]), (19, [18, 2]), (40, [18, 18, 5])):
            with self.subTest(count):
                found = Section("User", lines[:count], Line("Total")).blocks()
                self.assertEqual([len(block) for block in found], blocks)
                self.assertEqual(found[-1][-1].label, "Total")

    def test_month_is_the_companys(self):
        self.sms("2025-02-28 20:59:59")
        self.sms("2025-02-28 21:00:00")
        self.sms("2025-03-31 20:59:59")
        self.sms("2025-03-31 21:00:00")
        self.sms(False, state="error", failure_type="sms_server")
        self.assertEqual(self.lines()[EVIL][0], 3)
        self.assertEqual(self.lines(month="2025-02")[EVIL][0], 1)

    def test_what_retention_removed_is_in_it(self):
        campaign = self.campaign(name="Open day")
        self.sms(campaign_id=campaign.id, network="Safaricom")
        self.sms(state="error", failure_type="sms_outcome_unknown", cost=0)
        kept = self.sms(user=self.employee, state="outgoing")
        wizard = self.wizard("all")
        before = wizard._xlsx(), [self.lines(name) for name in ("user", "campaign")]
        self.gateway.message_days = 1
        self.gateway._forget()
        self.assertEqual(self.env["sms.sms"].search([]), kept)
        after = wizard._xlsx(), [self.lines(name) for name in ("user", "campaign")]
        self.assertEqual(after[1], before[1])
        self.assertEqual(self.cells(after[0]), self.cells(before[0]))

    def cells(self, book):
        """Return the parts of a workbook that hold its cells."""
        with zipfile.ZipFile(io.BytesIO(book)) as parts:
            return {
                name: parts.read(name).decode()
                for name in parts.namelist()
                if "sheets/" in name or "sharedStrings" in name
            }

    def test_spreadsheet_has_numbers_as_numbers_and_names_as_text(self):
        self.sms(parts=2, cost=1.6)
        cells = self.cells(self.wizard()._xlsx())
        strings, sheet = (
            cells["xl/sharedStrings.xml"],
            cells["xl/worksheets/sheet1.xml"],
        )
        self.assertIn(EVIL, strings)
        self.assertNotIn("<f>", sheet)
        self.assertRegex(sheet, r'<c r="J2"><v>1.6</v></c>')
        self.assertRegex(sheet, r'<c r="J3" s="1"><v>1.6</v></c>')
        self.assertIn("Cost (KES)", strings)

    def test_download_is_the_spreadsheet(self):
        self.sms()
        wizard = self.wizard()
        action = wizard.action_download()
        self.assertRegex(action["url"], r"/file/sms-statement-2025-03\.xlsx\?download")
        self.assertTrue(wizard.file)

    def html(self, wizard):
        report = self.env["ir.actions.report"].with_user(self.manager)
        html, kind = report._render_qweb_html("su_sms.sms_statement", wizard.ids)
        self.assertEqual(kind, "html")
        return re.sub(r"\s+", " ", html.decode())

    def test_report_prints_what_the_spreadsheet_says(self):
        self.manager.name = "<script>alert(1)</script>"
        self.sms(parts=2, cost=1234.5)
        html = self.html(self.wizard("all"))
        self.assertIn("March 2025", html)
        self.assertIn(self.env.company.name, html)
        self.assertIn("By Campaign", html)
        self.assertIn("1,234.50", html)
        self.assertNotIn("<script>alert", html)

    def test_empty_month_says_so(self):
        html = self.html(self.wizard("all", month="2025-01"))
        self.assertIn("No SMS in this month.", html)
        self.assertTrue(self.wizard(month="2025-01")._xlsx())

    def test_only_managers_and_their_companies(self):
        with self.assertRaises(AccessError):
            self.wizard(user=self.employee)
        other = self.env["res.company"].create({"name": "Other"})
        gateway = self.gateway.create({"name": "Other", "company_id": other.id})
        self.sms(user=self.env.user, gateway_id=gateway.id, company_id=other.id)
        self.env["sms.statistic"].create(
            {
                "day": "2025-03-01",
                "company_id": other.id,
                "messages": 5,
                "state": "sent",
            }
        )
        self.assertEqual(self.lines(), {})
        with self.assertRaises(AccessError):
            self.lines(company_id=other.id)

    def test_default_is_last_month(self):
        with freeze_time("2025-04-05"):
            wizard = self.env["sms.statement.wizard"].create({})
            self.assertEqual(wizard.month, "2025-03")
