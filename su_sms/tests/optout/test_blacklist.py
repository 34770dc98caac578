"""Odoo's list and ours are one; why a number is on it stays on record."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...tools.acts import Act
from .blacklist_case import NUMBER, BlacklistCase


@tagged("post_install", "-at_install")
class TestBlacklist(BlacklistCase):
    def test_whatever_odoo_does_with_its_list_has_an_entry_and_history(self):
        ways = [
            ("create", lambda: self.phones.create({"number": NUMBER}), True),
            ("remove", lambda: self.phones.remove(NUMBER), False),
            ("add", lambda: self.phones.add(NUMBER), True),
            ("archive", lambda: self.phones.search([]).action_archive(), False),
            ("_add", lambda: self.phones._add([NUMBER]), True),
            ("unarchive again", lambda: self.phones._add([NUMBER]), True),
        ]
        lines = 0
        for name, act, active in ways:
            with self.subTest(name):
                act()
                self.assertEqual(len(self.entry()), 1)
                self.assertEqual(self.entry().active, active)
                lines += name != "unarchive again"
                self.assertEqual(len(self.history()), lines)
        self.assertEqual(self.history()[0], ("optout", "unstated", "odoo"))
        self.assertEqual(self.history()[1], ("lifted", "unstated", "odoo"))
        self.assertEqual(self.entry().user_id, self.env.user)

    def test_removal_of_a_number_that_was_never_listed(self):
        self.phones._remove([NUMBER])
        self.assertFalse(self.entry().active)
        self.assertEqual(self.history(), [("lifted", "unstated", "odoo")])

    def test_odoos_dialog_leaves_its_words_in_the_history(self):
        self.phones.add(NUMBER)
        self.env["phone.blacklist.remove"].create(
            {"phone": NUMBER, "reason": "Wrote us a letter"}
        ).action_unblacklist_apply()
        self.assertIn("Wrote us a letter", self.entry().note)

    def test_what_the_composer_knows_is_what_is_here(self):
        self.blacklist._opt_out([NUMBER], Act("complaint", "manual"))
        self.partner.phone = NUMBER
        self.assertTrue(self.partner.phone_blacklisted)
        self.blacklist._opt_in([NUMBER], Act("own_request", "manual"))
        self.partner.invalidate_recordset()
        self.assertFalse(self.partner.phone_blacklisted)

    def test_deleted_entry_leaves_its_history(self):
        self.phones.create({"number": NUMBER}).unlink()
        self.assertFalse(self.entry())
        self.assertEqual(
            [kind for kind, *_rest in self.history()], ["optout", "lifted"]
        )

    def test_changed_number_is_another(self):
        self.phones.create({"number": NUMBER}).number = "+254712345679"
        self.assertEqual(
            [kind for kind, *_rest in self.history()], ["optout", "lifted"]
        )
        self.assertEqual(self.entry("+254712345679").reason, "unstated")

    def test_entries_from_before_this_module_are_taken_over(self):
        self.env.cr.execute(
            "INSERT INTO phone_blacklist (number, active, create_date)"
            " VALUES (%s, TRUE, '2024-05-03 10:00:00')",
            [NUMBER],
        )
        self.assertFalse(self.entry())
        self.blacklist._adopt()
        self.assertEqual(self.history(), [("optout", "unstated", "odoo")])
        self.assertEqual(str(self.entry().date), "2024-05-03 10:00:00")
        self.blacklist._adopt()
        self.assertEqual(len(self.history()), 1)

    def test_history_is_never_changed(self):
        self.blacklist._opt_out([NUMBER], Act("own_request", "manual"))
        line = self.consents.search([("number", "=", NUMBER)])
        with self.assertRaises(UserError):
            line.note = "Changed"
        with self.assertRaises(UserError):
            line.sudo().unlink()

    def test_own_word_replaces_a_block_and_is_not_replaced_by_one(self):
        self.blacklist._opt_out([NUMBER], Act("operator", "report"))
        self.assertEqual(self.entry().reason, "operator")
        self.assertFalse(self.blacklist._opted_out([NUMBER]))
        self.blacklist._opt_out([NUMBER], Act("stop", "sms"))
        self.assertEqual(self.entry().reason, "stop")
        self.blacklist._opt_out([NUMBER], Act("operator", "report"))
        self.assertEqual(self.entry().reason, "stop")
        self.assertEqual(
            self.history(),
            [("blocked", "operator", "report"), ("optout", "stop", "sms")],
        )
        self.assertEqual(self.blacklist._opted_out([NUMBER]), {NUMBER})

    def test_every_word_is_kept_and_the_first_no_stays_in_force(self):
        self.blacklist._opt_out([NUMBER], Act("complaint", "manual"))
        self.blacklist._opt_out([NUMBER], Act("stop", "sms"))
        self.assertEqual(len(self.history()), 2)
        self.assertEqual(self.entry().reason, "complaint")

    def test_a_request_cannot_pretend_an_act(self):
        forged = {"reason": "start", "channel": "sms"}
        self.phones.with_context(sms_acts=forged).create({"number": NUMBER})
        self.assertEqual(self.history(), [("optout", "unstated", "odoo")])

    def test_correction_is_a_line_of_its_own(self):
        entry = self.blacklist.create({"number": NUMBER, "reason": "unreachable"})
        entry.write({"reason": "own_request", "note": "Called on 3 May"})
        self.assertEqual((entry.reason, entry.note), ("own_request", "Called on 3 May"))
        self.assertEqual(
            [kind for kind, *_rest in self.history()], ["blocked", "optout"]
        )

    def test_contact_is_found_by_number(self):
        entry = self.blacklist.create({"number": NUMBER, "reason": "complaint"})
        self.assertEqual(entry.partner_id, self.partner)
        self.assertFalse(self.blacklist.new({"number": False}).partner_id)
        found = self.blacklist.search([("partner_id", "ilike", "wanjiku")])
        self.assertEqual(found, entry)
        nobody = self.blacklist.create({"number": "+254799000001"})
        both = entry + nobody
        for domain, expected in {
            ("partner_id", "=", self.partner.id): entry,
            ("partner_id", "!=", self.partner.id): nobody,
            ("partner_id", "=", False): nobody,
            ("partner_id", "!=", False): entry,
            ("partner_id", "in", (False, self.partner.id)): both,
            ("partner_id.name", "ilike", "wanjiku"): entry,
        }.items():
            found = self.blacklist.search([domain, ("id", "in", both.ids)])
            self.assertEqual(found, expected, domain)

    def test_block_is_tried_again_after_a_while_and_a_no_is_not(self):
        old = fields.Datetime.now() - timedelta(days=91)
        self.blacklist._opt_out([NUMBER], Act("operator", "report", old))
        self.blacklist._opt_out(["+254712345679"], Act("stop", "sms", old))
        self.blacklist._opt_out(["+254712345670"], Act("operator", "report"))
        self.blacklist._gc_blocks()
        self.assertFalse(self.entry().active)
        self.assertEqual(self.history()[-1], ("lifted", "expired", "report"))
        self.assertTrue(self.entry("+254712345679").active)
        self.assertTrue(self.entry("+254712345670").active)
