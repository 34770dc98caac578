from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...tools.acts import Act
from ..common import GatewayCase

NUMBER = "+254712345678"
DOUBTS = "odoo.addons.su_sms.models.optout.sms_gateway_config"

USER, MANAGER = "su_sms.group_user", "su_sms.group_manager"
ADMINISTRATOR = "su_sms.group_gateway_admin"
ALL = {USER, MANAGER, ADMINISTRATOR}
ROLES = [
    ("base.group_portal", ""),
    *(("base.group_user", role) for role in (*sorted(ALL), "")),
    ("base.group_user", "mass_mailing.group_mass_mailing_user"),
]
# (model, operation) -> who may; portal, employees and mere mailing users may nothing.
MAY = {
    ("sms.blacklist", "read"): ALL,
    ("sms.blacklist", "create"): {MANAGER, ADMINISTRATOR},
    ("sms.blacklist", "write"): {MANAGER, ADMINISTRATOR},
    ("sms.blacklist", "unlink"): set(),
    ("phone.blacklist", "write"): {MANAGER, ADMINISTRATOR},
    ("phone.blacklist", "unlink"): set(),
    ("sms.consent", "read"): ALL,
    ("sms.consent", "create"): set(),
    ("sms.consent", "write"): set(),
    ("sms.consent", "unlink"): set(),
    ("sms.optout.link", "read"): set(),
    ("sms.optout.word", "write"): {ADMINISTRATOR},
    ("sms.optout.wizard", "create"): ALL,
}


class BlacklistCase(GatewayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.phones = cls.env["phone.blacklist"]
        cls.blacklist = cls.env["sms.blacklist"]
        cls.consents = cls.env["sms.consent"]

    def entry(self, number=NUMBER):
        """Return the entry of a number, on the list or off it."""
        return self.blacklist.with_context(active_test=False).search(
            [("number", "=", number)]
        )

    def history(self, number=NUMBER):
        """Return (kind, reason, channel) of what is on record, oldest first."""
        lines = self.consents.search([("number", "=", number)], order="id")
        return [(line.kind, line.reason, line.channel) for line in lines]

    def receive(self, kind, **given):
        """Store an event as the controller does, and apply it."""
        events = self.env["sms.gateway.event"]
        events._receive(self.gateway.id, kind, list(given.items()))
        events._apply_inbox()
        return events.search([], limit=1)

    def promote(self, *numbers):
        """Queue promotional messages, dispatch, and give them."""
        messages = self.queue(*numbers, message_class="promotional")
        self.env["sms.sms"]._process_outbox()
        return messages


@tagged("post_install", "-at_install")
class TestBlacklist(BlacklistCase):
    # ------------------------------------------------------------
    # Odoo's own ways and ours are one list
    # ------------------------------------------------------------

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

    # ------------------------------------------------------------
    # Why
    # ------------------------------------------------------------

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

    # ------------------------------------------------------------
    # By hand, by import
    # ------------------------------------------------------------

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
        with self.assertRaisesRegex(UserError, "1,001 numbers.*import"):
            dialog._ask("out", numbers)
        with self.assertRaisesRegex(UserError, "too long"):
            dialog.create({"choice": "out", "numbers": "\n".join(numbers * 2)})

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

    # ------------------------------------------------------------
    # Who sees what
    # ------------------------------------------------------------

    def test_roles(self):
        users = {
            role or base: self.user(f"optout_{n}", ",".join(filter(None, [base, role])))
            for n, (base, role) in enumerate(ROLES)
        }
        for (model, operation), roles in MAY.items():
            for role, user in users.items():
                with self.subTest(model=model, operation=operation, role=role):
                    allowed = self.env[model].with_user(user).has_access(operation)
                    self.assertEqual(allowed, role in roles)

    def test_nobody_links_an_entry_to_another_line(self):
        self.blacklist._opt_out([NUMBER], Act("complaint", "manual"))
        line = self.consents._keep([(NUMBER, Act("stop", "sms"))], out=True)
        manager = self.user("forger", "base.group_user,su_sms.group_manager")
        with self.assertRaises(AccessError):
            self.entry().with_user(manager).consent_id = line
        with self.assertRaises(AccessError):
            self.entry().with_user(manager).unlink()

    def test_what_was_said_to_another_company_is_not_seen(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.blacklist._opt_out(
            [NUMBER],
            Act("own_request", "manual", note="To the others", company_id=other.id),
        )
        manager = self.user("manager2", "base.group_user,su_sms.group_manager")
        entry = self.entry().with_user(manager)
        self.assertEqual((entry.number, entry.reason), (NUMBER, "own_request"))
        self.assertFalse(entry.note)
        self.assertFalse(entry.consent_ids)
        self.assertFalse(
            self.consents.with_user(manager).search([("number", "=", NUMBER)])
        )

    def test_menu_stands_in_for_odoos(self):
        odoos = self.env.ref("mass_mailing_sms.phone_blacklist_menu")
        ours = self.env.ref("su_sms.menu_sms_blacklist")
        self.assertFalse(odoos.active)
        self.assertEqual(odoos.parent_id, ours.parent_id)

    # ------------------------------------------------------------
    # What the provider says
    # ------------------------------------------------------------

    def test_callback_of_the_provider(self):
        event = self.receive("optout", senderId="STRATHMORE", phoneNumber=NUMBER)
        self.assertEqual(event.state, "applied")
        entry = self.entry()
        self.assertEqual((entry.reason, entry.channel), ("provider", "provider"))
        self.assertEqual(entry.consent_id.event_id, event)
        self.assertEqual(entry.evidence, "STRATHMORE")
        self.assertFalse(entry.user_id)

    def _accepted(self, *numbers):
        messages = self.queue(*numbers, message_class="promotional")
        messages.send()
        self.assertEqual(set(messages.mapped("state")), {"pending"})
        return messages

    def _report_blocked(self, sms):
        return self.receive(
            "delivery",
            id=sms.provider_message_id,
            status="Failed",
            failureReason="UserInBlackList",
            phoneNumber=sms.number,
        )

    def test_reported_block_is_listed_and_claims_nothing(self):
        sms = self._accepted(NUMBER)
        event = self._report_blocked(sms)
        entry = self.entry()
        self.assertEqual((entry.reason, entry.channel), ("operator", "report"))
        self.assertEqual(entry.consent_id.kind, "blocked")
        self.assertEqual(entry.consent_id.sms_id, sms)
        self.assertEqual(entry.consent_id.event_id, event)
        self.assertFalse(self.blacklist._opted_out([NUMBER]))
        self.assertEqual(self.promote(NUMBER).failure_type, "sms_blacklist")

    def test_same_report_again_lists_nobody_who_came_back(self):
        sms = self._accepted(NUMBER)
        self._report_blocked(sms)
        self.blacklist._opt_in([NUMBER], Act("start", "sms"))
        self._report_blocked(sms)
        self.assertFalse(self.entry().active)

    def test_other_failures_list_nobody(self):
        for reason in ("DeliveryFailure", "DoNotDisturbRejection", "UserIsInactive"):
            sms = self._accepted(NUMBER)
            self.receive(
                "delivery",
                id=sms.provider_message_id,
                status="Failed",
                failureReason=reason,
                phoneNumber=sms.number,
            )
        self.assertFalse(self.entry())

    def test_refusal_at_the_send_lists_nobody(self):
        sms = self.queue("0700000406", message_class="promotional")
        sms.send()
        self.assertEqual(sms.failure_type, "sms_blocked")
        self.assertFalse(self.entry("+254700000406"))

    # ------------------------------------------------------------
    # The sender ID in doubt
    # ------------------------------------------------------------

    def _alarms(self):
        kind = self.env.ref("su_sms.mail_activity_type_sender")
        return self.gateway.activity_ids.filtered(
            lambda activity: activity.activity_type_id == kind
        )

    @mute_logger(DOUBTS)
    def test_mostly_blocked_batch_doubts_the_sender_and_blames_nobody(self):
        administrator = self.user(
            "gateway_admin", "base.group_user,su_sms.group_gateway_admin"
        )
        messages = self._accepted(*(f"+2547110{n:05d}" for n in range(40)))
        for sms in messages[:30]:
            self._report_blocked(sms)
        self.assertTrue(self.gateway.sender_suspect_at)
        alarms = self._alarms()
        self.assertIn(administrator, alarms.user_id)
        self.assertEqual(len(alarms), len(alarms.user_id))
        self.assertFalse(self.blacklist.search([("reason", "=", "operator")]))
        self.assertEqual(
            self.history(messages[0].number),
            [("blocked", "operator", "report"), ("lifted", "sender", "report")],
        )
        self.gateway._check_senders()
        self.assertEqual(len(self._alarms()), len(alarms))
        self.gateway.action_watch_sender()
        self.assertFalse(self._alarms())
        self.gateway._check_senders()
        self.assertFalse(self.gateway.sender_suspect_at)

    @mute_logger(DOUBTS)
    def test_mostly_refused_batch_doubts_the_sender(self):
        messages = self.queue(
            *(f"+2547110{n:05d}" for n in range(30)), message_class="promotional"
        )
        messages.send()
        messages.flush_recordset()
        self.env.cr.execute(
            "UPDATE sms_sms SET state = 'error', failure_type = 'sms_blocked',"
            " provider_code = '406' WHERE id = ANY(%s)",
            [messages[:20].ids],
        )
        self.queue("0712345670").send()
        self.assertTrue(self.gateway.sender_suspect_at)

    def test_some_blocked_among_many_are_people(self):
        messages = self._accepted(*(f"+2547110{n:05d}" for n in range(60)))
        for sms in messages[:22]:
            self._report_blocked(sms)
        self.assertFalse(self.gateway.sender_suspect_at)
        self.assertEqual(self.blacklist.search_count([("reason", "=", "operator")]), 22)

    # ------------------------------------------------------------
    # The gate
    # ------------------------------------------------------------

    def test_held_queue_is_asked_again_when_it_leaves(self):
        self.gateway.action_pause()
        messages = self.queue(NUMBER, "+254712345679", message_class="promotional")
        self.env["sms.sms"]._process_outbox()
        self.assertEqual(set(messages.mapped("state")), {"outgoing"})
        self.blacklist._opt_out([NUMBER], Act("own_request", "manual"))
        self.gateway.action_resume()
        self.env["sms.sms"]._process_outbox()
        self.assertEqual(messages.mapped("state"), ["canceled", "pending"])
        self.assertEqual(messages[0].failure_type, "sms_blacklist")
        self.assertEqual(self.texts(), [("+254712345679", "Hello")])

    def test_transactional_passes_unless_the_gateway_says_otherwise(self):
        for reason, strict, state in (
            ("stop", False, "pending"),
            ("stop", True, "canceled"),
            ("operator", False, "pending"),
            ("operator", True, "pending"),
        ):
            with self.subTest(reason=reason, strict=strict):
                self.entry().unlink()
                self.blacklist._opt_out([NUMBER], Act(reason, "report"))
                self.gateway.block_transactional = strict
                sms = self.queue(NUMBER, message_class="transactional")
                self.env["sms.sms"]._process_outbox()
                self.assertEqual(sms.state, state)
                self.assertEqual(self.promote(NUMBER).state, "canceled")

    def test_exclusions_are_no_errors_and_are_counted(self):
        self.gateway.action_pause()
        mailing = self.send_mailing()
        sms = self.env["sms.sms"].search([("mailing_id", "=", mailing.id)])
        self.assertEqual(sms.state, "outgoing")
        # Odoo looked when it was prepared; from here on only the gate can.
        self.blacklist._opt_out([NUMBER], Act("own_request", "manual"))
        self.gateway.action_resume()
        self.env["sms.sms"]._process_outbox()
        self.assertEqual((sms.state, sms.failure_type), ("canceled", "sms_blacklist"))
        trace = mailing.mailing_trace_ids
        self.assertEqual(trace.trace_status, "cancel")
        self.assertEqual(trace.failure_type, "sms_blacklist")
        mailing.invalidate_recordset()
        self.assertEqual((mailing.canceled, mailing.failed), (1, 0))
        self.assertFalse(self.simulator.ledger())
