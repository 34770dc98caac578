"""Whose word an opt-in or opt-out was: the code says it, and names who typed it."""

from contextlib import suppress
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...tools.acts import Act
from .blacklist_case import NUMBER, BlacklistCase


@tagged("post_install", "-at_install")
class TestWhoseWord(BlacklistCase):
    def as_manager(self):
        """Return the blacklist as a manager of SMS has it over RPC."""
        user = self.env["res.users"].search([("login", "=", "word")])
        user = user or self.user("word", "base.group_user,su_sms.group_manager")
        return self.blacklist.with_user(user)

    def refused(self, act):
        """Tell whether an act is refused and leaves no trace."""
        before = self.history()
        try:
            with self.env.cr.savepoint():
                act()
        except (AccessError, ValidationError):
            return self.history() == before
        return False

    def test_nobody_enters_what_only_its_own_event_says(self):
        blacklist = self.as_manager()
        said = {"number": NUMBER, "note": "So they say"}
        for values in (
            *({"reason": each} for each in ("stop", "web_link", "provider")),
            *({"reason": each, "active": False} for each in ("start", "web_link")),
            *({"reason": each, "active": False} for each in ("sender", "expired")),
            *({"reason": "operator", **given} for given in ({}, {"active": True})),
            {"channel": "sms"},
            {"channel": "web", "active": False},
            {"date": "2024-05-03 08:00:00"},
            {"evidence": "“START” → 21512", "active": False},
            {"user_id": self.env.user.id},
        ):
            with self.subTest(values):
                entries = {"create": lambda v=values: blacklist.create(said | v)}
                self._check_refused(blacklist, entries, values)

    def _check_refused(self, blacklist, ways, values):
        names = list({"number": 0, "note": 0} | values)
        row = [{"number": NUMBER, "note": "Read"}.get(n, values.get(n)) for n in names]
        row = [str(each) for each in row]

        def load():
            loaded = blacklist.with_context(import_file=True).load(names, [row])
            if loaded["messages"]:
                raise ValidationError(loaded["messages"][0]["message"])

        ways["import"] = load
        for name, act in ways.items():
            with mute_logger("odoo.models"):
                self.assertTrue(self.refused(act), name)
        entry = self.blacklist.create({"number": NUMBER, "reason": "complaint"})
        mine = entry.with_user(blacklist.env.user)
        self.assertTrue(self.refused(lambda: mine.write({"note": "x", **values})))
        self.assertTrue(entry.active)
        self.assertEqual((entry.reason, entry.channel), ("complaint", "manual"))

    def test_what_a_context_says_is_not_how_it_came(self):
        forged = {
            "default_reason": "start",
            "default_channel": "sms",
            "default_date": "2024-05-03 08:00:00",
            "default_kind": "optin",
            "default_evidence": "“START” → 21512",
            "default_user_id": self.env.ref("base.user_root").id,
            "default_confirmed": True,
            "import_file": True,
            "sms_import": True,
        }
        blacklist = self.as_manager().with_context(**forged)
        entry = blacklist.create({"number": NUMBER, "note": "Called"})
        entry.write({"active": False, "reason": "own_request", "note": "Called again"})
        self.env["phone.blacklist"].with_user(blacklist.env.user).with_context(
            **forged
        ).add(NUMBER)
        self.assertEqual(
            self.history(),
            [
                ("optout", "unstated", "manual"),
                ("optin", "own_request", "manual"),
                ("optout", "unstated", "odoo"),
            ],
        )
        lines = self.consents.search([("number", "=", NUMBER)])
        self.assertEqual(lines.user_id, blacklist.env.user)
        self.assertFalse(any(lines.mapped("evidence")))
        today = fields.Datetime.now() - timedelta(hours=1)
        self.assertTrue(all(line.date > today for line in lines))

    def test_a_yes_by_hand_needs_a_word_and_names_who_typed_it(self):
        entry = self.blacklist._opt_out([NUMBER], Act("stop", "sms"))
        mine = entry.with_user(self.as_manager().env.user)
        for note in (
            None,
            "",
            " ",
            ".",
            "\u200b\u200b\u200b",
            "\u3164" * 3,
            "--",
            "ok",
        ):
            for values in ({}, {"reason": "own_request"}):
                values = {"active": False, **({"note": note} if note else {}), **values}
                self.assertTrue(self.refused(lambda v=values: mine.write(v)))
        mine.write({"active": False, "reason": "own_request", "note": "Form of 3 May"})
        self.assertEqual(self.history()[-1], ("optin", "own_request", "manual"))
        self.assertEqual(entry.consent_id.user_id, mine.env.user)

    def test_odoos_own_doors_need_a_word_for_a_yes_as_well(self):
        entry = self.blacklist._opt_out([NUMBER], Act("stop", "sms"))
        user = self.as_manager().env.user
        phone = entry.phone_blacklist_id.with_user(user)
        # Odoo has it for marketers.
        user.group_ids += self.env.ref("mass_mailing.group_mass_mailing_user")
        dialog = self.env["phone.blacklist.remove"].with_user(user)
        dialog = dialog.create({"phone": NUMBER})
        for door in (
            lambda: phone.write({"active": False}),
            phone.action_archive,
            lambda: phone.write({"number": "+254712345679"}),
            lambda: phone.remove(NUMBER),
            lambda: phone.load([".id", "active"], [[str(phone.id), "False"]]),
            dialog.action_unblacklist_apply,
        ):
            with suppress(ValidationError), self.env.cr.savepoint():
                door()
            self.env.invalidate_all()
            self.assertTrue(self.blacklist._opted_out([NUMBER]))
        dialog.reason = "Form of 3 May"
        dialog.action_unblacklist_apply()
        self.assertFalse(self.blacklist._opted_out([NUMBER]))
        line = self.consents.search([("number", "=", NUMBER)], limit=1)
        self.assertIn("Form of 3 May", line.note)
        self.assertEqual(line.user_id, user)

    def test_a_yes_to_one_company_is_seen_by_whom_the_no_was_said_to(self):
        """Whoever knows a gateway's address may post that somebody wrote START."""
        college = self.env["res.company"].create({"name": "Coast Polytechnic"})
        self.blacklist._opt_out([NUMBER], Act("stop", "sms", company_id=college.id))
        act = Act("start", "sms", company_id=self.env.company.id)
        self.blacklist._opt_in([NUMBER], act)
        [line] = self.env["sms.consent"].search([("kind", "=", "optin")])
        self.assertFalse(line.company_id)

    def start_after(self, *said, erased=False):
        """Let a START come to our company after a no said to each of these."""
        date = fields.Datetime.now() - timedelta(hours=1)
        for company in said:
            act = Act("stop", "sms", date, company_id=company.id)
            self.blacklist._opt_out([NUMBER], act)
        if erased:
            self.env["sms.suppression"]._suppress([NUMBER])
        now = fields.Datetime.to_string(fields.Datetime.now())
        self.receive(
            "incoming", id="1", **{"from": NUMBER}, to="1", text="START", date=now
        )

    def test_a_start_takes_back_only_what_was_said_to_its_company(self):
        """Whoever knows a gateway's address may post that somebody wrote START."""
        college = self.env["res.company"].create({"name": "Coast Polytechnic"})
        own = self.env.company
        for said, opted_out in (
            ([college], True),
            ([college, own], True),
            ([own, college], True),
            ([own], False),
        ):
            with self.subTest(said), self.env.cr.savepoint() as savepoint:
                self.start_after(*said)
                self.assertEqual(bool(self.blacklist._opted_out([NUMBER])), opted_out)
                state = "canceled" if opted_out else "pending"
                self.assertEqual(self.promote(NUMBER).state, state)
                line = self.consents.search([("kind", "=", "optin")])
                self.assertEqual(line.company_id, own)
                if opted_out:
                    self.assertEqual(self.entry().consent_id.company_id, college)
                    noes = self.consents._latest_noes(NUMBER)
                    self.assertEqual(noes.company_id, college)
                savepoint.rollback()

    def test_a_start_to_another_company_overtakes_no_stop(self):
        self.start_after()
        college = self.env["res.company"].create({"name": "Coast Polytechnic"})
        theirs = self.gateway.copy({"name": "Theirs", "company_id": college.id})
        self.env["sms.gateway.event"]._receive(
            theirs.id,
            "incoming",
            [
                ("from", NUMBER),
                ("to", "2"),
                ("id", "2"),
                ("text", "STOP"),
                ("date", fields.Datetime.to_string(fields.Datetime.now())),
            ],
        )
        self.env["sms.gateway.event"]._apply_inbox()
        self.assertTrue(self.blacklist._opted_out([NUMBER]))

    def test_a_start_ends_no_erased_no_where_others_may_have_been_told_it(self):
        self.start_after(erased=True)
        self.assertFalse(self.env["sms.suppression"]._blocked({NUMBER}), "ours alone")
        college = self.env["res.company"].create({"name": "Coast Polytechnic"})
        self.gateway.copy({"name": "Theirs", "company_id": college.id})
        self.env["sms.suppression"]._suppress([NUMBER])
        self.receive("incoming", id="3", **{"from": NUMBER}, to="1", text="START")
        self.assertTrue(self.env["sms.suppression"]._blocked({NUMBER}))

    def test_a_start_to_a_gateway_of_all_companies_takes_back_all(self):
        college = self.env["res.company"].create({"name": "Coast Polytechnic"})
        self.gateway.company_id = False
        self.start_after(college, self.env.company)
        self.assertFalse(self.blacklist._opted_out([NUMBER]))

    def test_a_reason_is_corrected_where_it_was_given(self):
        college = self.env["res.company"].create({"name": "Coast Polytechnic"})
        note = "Letter of 3 November"
        act = Act("complaint", "manual", note=note, company_id=college.id)
        entry = self.blacklist._opt_out([NUMBER], act)
        mine = entry.with_user(self.as_manager().env.user)
        self.assertTrue(self.refused(lambda: mine.write({"reason": "unstated"})))
        self.assertEqual((entry.reason, entry.consent_id.note), ("complaint", note))

    def test_an_entry_that_is_made_off_the_list_is_a_yes(self):
        """Nothing else would tell of whoever had said no and was erased since."""
        self.env["sms.suppression"]._suppress([NUMBER])
        phones = self.env["phone.blacklist"].with_user(self.as_manager().env.user)
        for make in (
            lambda: phones.create([{"number": NUMBER, "active": False}]),
            lambda: phones.create([{"number": "0712 345 678", "active": 0}]),
            lambda: phones.with_context(default_active=False).create(
                [{"number": NUMBER}]
            ),
        ):
            self.assertTrue(self.refused(make))
        self.assertEqual(self.env["sms.suppression"]._blocked({NUMBER}), {NUMBER})
        phones.add(NUMBER)

    def test_a_yes_is_seen_by_whom_the_no_was_said_to(self):
        company = self.env["res.company"].create({"name": "College"})
        self.blacklist._opt_out([NUMBER], Act("stop", "sms", company_id=company.id))
        elsewhere = self.as_manager()
        entry = elsewhere.search([("number", "=", NUMBER)])
        entry.write({"active": False, "reason": "own_request", "note": "Called"})
        theirs = self.user(
            "college_manager",
            "su_sms.group_manager",
            company_id=company.id,
            company_ids=company.ids,
        )
        lines = self.consents.with_user(theirs).search([("number", "=", NUMBER)])
        self.assertEqual(lines.mapped("kind"), ["optin", "optout"])
        self.blacklist._opt_out(["+254712345679"], Act("stop", "sms"))
        other = elsewhere.search([("number", "=", "+254712345679")])
        other.write({"active": False, "reason": "own_request", "note": "Called"})
        self.assertEqual(other.consent_id.company_id, self.env.company)

    def test_a_no_is_not_rewritten_nor_made_a_block_that_ends_by_itself(self):
        entry = self.blacklist._opt_out([NUMBER], Act("stop", "sms"))
        mine = entry.with_user(self.as_manager().env.user)
        for reason in ("unreachable", "own_request", "unstated"):
            self.assertTrue(self.refused(lambda r=reason: mine.write({"reason": r})))
        self.assertTrue(self.refused(lambda: mine.write({"note": "They came by"})))
        other = self.as_manager().create({"number": "+254712345679"})
        other.reason = "complaint"
        self.assertTrue(self.refused(lambda: other.write({"reason": "unreachable"})))
        self.assertEqual(entry.reason, "stop")
        self.assertEqual(other.reason, "complaint")

    def test_a_form_shows_no_line_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        act = Act("complaint", "manual", note="Secret", company_id=other.id)
        line = self.consents._record([("+254799000001", act)], out=True)
        blacklist = self.as_manager()
        spec = dict.fromkeys(("reason", "channel", "date", "note", "evidence"), {})
        spec |= {"user_id": {}, "consent_id": {"fields": {"reason": {}}}}
        for values in (
            {"consent_id": line.id},
            {"consent_id": line.id, "number": line.number},
        ):
            try:
                shown = blacklist.onchange(values, [], spec)["value"]
            except AccessError:
                continue
            shown.pop("consent_id", None)
            for name in ("reason", "channel", "date", "note", "evidence", "user_id"):
                self.assertFalse(shown.get(name), name)

    def test_a_word_that_one_company_adds_holds_for_it_alone(self):
        college = self.env["res.company"].create({"name": "Coast Polytechnic"})
        theirs = self.gateway.copy({"name": "Theirs", "company_id": college.id})
        admin = self.user("words_admin", "su_sms.group_gateway_admin")
        words = self.env["sms.optout.word"].with_user(admin)
        words.create(
            [{"word": "yes", "kind": "start"}, {"word": "present", "kind": "stop"}]
        )
        known = self.env["sms.optout.word"]
        for word, kind in (("Yes", "start"), ("Present", "stop")):
            self.assertEqual(known._meaning(word, self.gateway).kind, kind)
            self.assertFalse(known._meaning(word, theirs).kind)
            self.assertFalse(known._meaning(word).kind)
        self.assertEqual(known._meaning("STOP", theirs).kind, "stop")

    def test_only_who_administers_odoo_adds_a_word_for_all(self):
        college = self.env["res.company"].create({"name": "Coast Polytechnic"})
        admin = self.user("words_admin", "su_sms.group_gateway_admin")
        words = self.env["sms.optout.word"].with_user(admin)
        own = words.create({"word": "present", "kind": "stop"})
        self.assertEqual(own.company_id, self.env.company)
        for company_id in (False, college.id):
            for attempt in (
                lambda company_id=company_id: words.create(
                    {"word": "yes", "kind": "start", "company_id": company_id}
                ),
                lambda company_id=company_id: own.write({"company_id": company_id}),
                lambda company_id=company_id: words.with_context(
                    default_company_id=company_id
                ).create({"word": "ok", "kind": "start"}),
            ):
                self.assertTrue(self.refused(attempt))
        for_all = self.env["sms.optout.word"].create({"word": "halt", "kind": "stop"})
        self.assertFalse(for_all.company_id)
        for attempt in (
            lambda: for_all.with_user(admin).write({"active": False}),
            lambda: for_all.with_user(admin).unlink(),
        ):
            self.assertTrue(self.refused(attempt))
