"""Opted out and in by people: dialogs, import, export."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.optout import sms_blacklist
from ...tools.acts import Act
from .blacklist_case import NUMBER, BlacklistCase


@tagged("post_install", "-at_install")
class TestBlacklistByHand(BlacklistCase):
    def test_numbers_are_taken_as_people_type_them(self):
        entry = self.blacklist.create({"number": "0712 345 678", "reason": "complaint"})
        self.assertEqual(entry.number, NUMBER)
        again = self.blacklist.create({"number": "254712345678", "reason": "stop"})
        self.assertEqual(again, entry)

    def test_import_keeps_reasons_and_tells_bad_rows(self):
        columns = ["number", "reason", "note"]
        rows = [
            ["0712 345 678", "Complaint", "Letter of 3 May 2024"],
            ["+254712345679", "own_request", ""],
            ["0712345678", "Own Request", "Twice in the file"],
        ]
        load = self.blacklist.with_context(import_file=True).load
        result = load(columns, rows)
        self.assertFalse(result["messages"])
        self.assertEqual(len(result["ids"]), 3)
        entry = self.entry()
        self.assertEqual((entry.reason, entry.note), ("complaint", rows[0][2]))
        self.assertEqual(
            self.history(),
            [("optout", "complaint", "import"), ("optout", "own_request", "import")],
        )
        bad = [
            ["nobody", "Complaint", ""],
            ["", "Complaint", ""],
            ["0712345670", "Reason", ""],
            ["0712345671", "START Word", ""],
            ["0712345672", "Complaint", ""],
        ]
        with mute_logger("odoo.models"):
            result = load(columns, bad)
        self.assertEqual(
            sorted({each["record"] for each in result["messages"]}), [0, 1, 2, 3]
        )
        self.assertTrue(all(each["message"] for each in result["messages"]))

    def test_export_gives_back_what_was_imported(self):
        self.blacklist.create(
            {"number": NUMBER, "reason": "complaint", "note": "Letter"}
        )
        data = self.entry().export_data(["number", "reason", "channel", "note"])[
            "datas"
        ]
        self.assertEqual(data, [[NUMBER, "Complaint", "Manual", "Letter"]])

    def test_dialog_from_a_contact_keeps_reason_and_who(self):
        user = self.user("secretary", "base.group_user,su_sms.group_user")
        partner = self.partner.with_user(user)
        wizard = self._wizard(partner.action_sms_opt_out())
        wizard.write({"reason_out": "complaint", "note": "Called on 3 May"})
        wizard.action_confirm()
        self.assertEqual(self.history(), [("optout", "complaint", "manual")])
        self.assertEqual(self.entry().user_id, user)
        with self.assertRaises(AccessError):
            partner.action_sms_opt_in()
        with self.assertRaises(AccessError):
            partner.phone_action_blacklist_remove()

    def test_manager_opts_in_only_on_somebodys_word(self):
        self.blacklist._opt_out([NUMBER], Act("own_request", "manual"))
        manager = self.user("manager", "base.group_user,su_sms.group_manager")
        action = self.partner.with_user(manager).phone_action_blacklist_remove()
        wizard = self._wizard(action)
        with self.assertRaises(UserError):
            wizard.action_confirm()
        wizard.note = "Signed the form"
        wizard.action_confirm()
        self.assertFalse(self.entry().active)
        self.assertEqual(self.history()[-1], ("optin", "own_request", "manual"))

    def test_user_cannot_opt_in_by_changing_the_dialog(self):
        self.blacklist._opt_out([NUMBER], Act("own_request", "manual"))
        user = self.user("clerk", "base.group_user,su_sms.group_user")
        wizard = (
            self.env["sms.optout.wizard"]
            .with_user(user)
            .create({"choice": "in", "numbers": NUMBER, "note": "I say so"})
        )
        with self.assertRaises(AccessError):
            wizard.action_confirm()
        self.assertTrue(self.entry().active)

    def test_dialog_takes_no_more_numbers_than_are_kept_in_seconds(self):
        dialog = self.env["sms.optout.wizard"].with_user(
            self.user("many", "base.group_user,su_sms.group_manager")
        )
        numbers = [f"+2547{number:08}" for number in range(12_000_000, 12_001_001)]
        self.assertTrue(dialog._ask("out", numbers[:1_000]))
        with (
            patch.object(type(dialog), "_normal") as read,
            self.assertRaisesRegex(UserError, "1,001 numbers.*import"),
        ):
            dialog._ask("out", numbers)
        read.assert_not_called()
        with self.assertRaisesRegex(UserError, "too long"):
            dialog.create({"choice": "out", "numbers": "\n".join(numbers * 2)})

    def as_manager(self):
        user = self.user("selects_all", "base.group_user,su_sms.group_manager")
        return self.blacklist.with_user(user)

    def listed(self, count):
        """Return so many entries, as a manager has them in the list."""
        numbers = [
            f"+2547{number:08}" for number in range(13_000_000, 13_000_000 + count)
        ]
        return self.blacklist._opt_out(numbers, Act()).with_user(
            self.as_manager().env.user
        )

    def queries_of(self, entries, vals):
        before = self.env.cr.sql_log_count
        entries.write(vals)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_many_entries_are_changed_together(self):
        entries = self.listed(80)
        self.env["ir.config_parameter"].flush_model()
        for vals in (
            {"active": False, "note": "They asked for it"},
            {"active": True, "note": "They called again"},
            {"note": "They called on Monday"},
        ):
            with self.subTest(vals):
                self.queries_of(entries[:2], vals)
                few = self.queries_of(entries[2:12], vals)
                many = self.queries_of(entries[12:], vals)
                self.assertLess(many, few + 10)
                self.assertEqual(set(entries.mapped("note")), {vals["note"]})
                self.assertEqual(
                    set(entries.mapped("active")),
                    {"active" not in vals or vals["active"]},
                )

    def test_no_more_are_changed_in_a_request_than_it_has_time_for(self):
        entries = self.listed(4)
        phones = entries.phone_blacklist_id.sudo(False)
        phone = {"number": "+254712345670"}
        self.patch(sms_blacklist, "MOST", 3)
        for way in (
            lambda: entries.write({"active": False, "note": "They asked for it"}),
            lambda: entries.write({"note": "They asked for it"}),
            lambda: entries.create([dict(phone, note=str(n)) for n in range(4)]),
            lambda: phones.write({"active": True}),
            lambda: phones.create([phone] * 4),
            lambda: [phones.create([phone]) for _each in range(4)],
            lambda: [each.write({"note": "They called"}) for each in entries],
        ):
            with self.assertRaisesRegex(UserError, "At most 3 numbers"):
                with self.cr.savepoint():
                    way()
            self.cr.postcommit.data.clear()

    def test_dialog_from_a_mailing_contact_and_a_blocked_message(self):
        contact = self.env["mailing.contact"].create(
            {
                "name": "Otieno",
                "mobile": "0712345678",
                "country_id": self.env.ref("base.ke").id,
            }
        )
        self._wizard(contact.action_sms_opt_out()).action_confirm()
        self.assertTrue(self.entry().active)
        sms = self.queue("0712345679")
        self._wizard(sms.action_sms_opt_out()).action_confirm()
        self.assertTrue(self.entry("+254712345679").active)
        self.partner.phone = False
        with self.assertRaises(UserError):
            self.partner.action_sms_opt_out()

    def _wizard(self, action):
        user = self.env.user
        model = self.env[action["res_model"]]
        wizard = model.browse(action["res_id"])
        return wizard.with_user(wizard.create_uid or user)

    def test_reasons_fit_what_is_done(self):
        for act, out in (("start", True), ("mistake", True), ("operator", False)):
            with self.subTest(act), self.assertRaises(ValidationError):
                self.blacklist._act([(NUMBER, Act(act, "manual"))], out=out)
