"""A number is erased wherever it is held, and nobody else's."""

from markupsafe import Markup
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...privacy import suppression
from ...tools.acts import Act
from .retention_case import NUMBER, TEXT, PersonCase

OTHER = "+254712999111"


@tagged("post_install", "-at_install")
class TestPersonErasure(PersonCase):
    def stored(self, campaign, tests, mailing):
        """Return all that is held about people but the one."""
        self.env.flush_all()
        self.env.invalidate_all()
        events = self.env["sms.gateway.event"].search([("payload", "not like", "own")])
        return {
            "posts": [p for p in sorted(events.mapped("payload")) if p != "[]"],
            "pasted": campaign.audience_ids.mapped("numbers"),
            "files": campaign.audience_ids.mapped("file"),
            "rows": [str(row.cells) for row in campaign.audience_ids.row_ids],
            "tests": tests.exists().mapped("numbers"),
            "notes": mailing.message_ids.mapped("body"),
            "incoming": self.env["sms.incoming"]
            .search([("number", "!=", NUMBER)])
            .mapped("number"),
        }

    def test_what_stands_for_an_erased_number_is_no_number(self):
        messages = self.everywhere()
        self.wizard().action_erase()
        self.assertFalse(self.wizard(messages[0].number).held)
        self.assertTrue(self.wizard().held)

    def test_numbers_that_end_or_begin_alike_are_other_peoples(self):
        others = ("+255712345678", "1254712345678", "2547123456789", "4712345678")
        for n, other in enumerate(others):
            self.receive(id=str(n), **{"from": other, "to": "22384", "text": "Mine"})
            self.receive("delivery", id=f"AT{n}", status="Success", phoneNumber=other)
        named = {"from": "+254722000111", "to": "22384", "text": f"Ask {NUMBER}"}
        self.receive(id="named", **named)
        self.receive(id="short", **{"from": "22384", "to": NUMBER, "text": "Mine"})
        lines = "".join(f"Other,{other}\n" for other in others)
        campaign = self.campaign(
            self.numbers("\n".join(others)), self.file(f"Name,Phone\n{lines}")
        )
        campaign.action_count()
        mailing = self.send_mailing()
        for other in others:
            note = Markup("<p>Test SMS successfully sent to %s</p>") % other
            mailing._message_log_batch({mailing.id: note})
        tests = self.env["mailing.sms.test"].create(
            {"mailing_id": mailing.id, "numbers": "\n".join(others)}
        )
        sheet = self.text_of(self.wizard())
        for other in (*others[:3], ">4712345678", "22000111", "Mine"):
            self.assertNotIn(other, sheet)
        before = self.stored(campaign, tests, mailing)
        self.receive(id="own", **{"from": NUMBER[1:], "to": "22384", "text": "My own"})
        self.assertEqual(self.wizard().event_count, 1)
        self.wizard().action_erase()
        self.assertEqual(self.stored(campaign, tests, mailing), before)

    def test_erased_everywhere(self):
        messages = self.everywhere()
        other = self.queue("0712345679", body="Other")
        other.send()
        self.partner.phone = False
        before = self.totals()
        wizard = self.wizard()
        wizard.action_erase()
        self.assertEqual(self.found(NUMBER), [])
        self.assertEqual(self.found(NUMBER[1:]), [])
        self.assertEqual(self.found(TEXT), [])
        self.assertFalse(wizard.number, "nor here")
        self.assertFalse(messages.partner_id)
        self.assertFalse(any(messages.mapped("recipient")))
        self.assertEqual((other.number, other.body), ("+254712345679", "Other"))
        self.assertEqual(self.totals(), before)
        log = self.env["sms.person.log"].search([])
        self.assertEqual((log.action, log.create_uid), ("erase", self.manager))
        self.assertEqual(log.number_hash, messages[0].number)

    def test_erased_from_what_was_pasted_or_uploaded(self):
        people = "Name,Phone\nFatuma,0712 345-678\nDaudi,0712345679\n"
        draft = self.campaign(
            self.file(people), self.numbers("0712 345 678, 0712345680")
        )
        done = self.campaign(self.file(people), name="Done")
        draft.action_count()
        self.run_campaign(done)
        self.partner.phone = False
        self.assertEqual(self.wizard().audience_count, 3)
        self.assertFalse(self.wizard("0712345681").held)
        self.wizard().action_erase()
        self.assertFalse(self.wizard().audience_count)
        self.env.invalidate_all()
        self.assertEqual(self.found(NUMBER), [])
        self.assertEqual(self.found("712 345"), [])
        self.assertEqual(self.found("Fatuma"), [])
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "sms.campaign.audience"), ("res_field", "=", "file")]
        )
        self.assertFalse(files)
        uploaded, pasted = draft.audience_ids
        self.assertEqual(uploaded.row_ids.cells["name"], "Daudi")
        self.assertEqual(pasted.row_ids.cells["number"], "0712345680")
        self.assertIn("0712345680", pasted.numbers)

    def test_erased_from_what_odoo_keeps_of_a_mailings_tests(self):
        mailing = self.send_mailing()
        other = "+254712345679"
        for typed in (NUMBER, "0712 345-678", "(+254) 712 345 678", other):
            # As Odoo notes it where no gateway is.
            note = Markup("<ul><li>Test SMS successfully sent to %s</li></ul>")
            mailing._message_log_batch({mailing.id: note % typed})
            values = {"mailing_id": mailing.id, "numbers": f"{other}\n{typed}"}
            self.env["mailing.sms.test"].create(values)
        self.partner.phone = False
        self.wizard().action_erase()
        self.env.invalidate_all()
        notes = " ".join(mailing.message_ids.mapped("body"))
        for trace in ("345-678", "345 678", "345678", "+254 ", "0712"):
            self.assertNotIn(trace, notes)
        self.assertEqual(notes.count("sent to •••<"), 3)
        self.assertIn(f"sent to {other}<", notes)
        kept = self.env["mailing.sms.test"].search([("mailing_id", "=", mailing.id)])
        self.assertEqual(kept.numbers, f"{other}\n{other}")

    def test_erased_person_who_opted_out_is_never_messaged(self):
        self.everywhere()
        act = Act("complaint", "manual", note=f"{NUMBER} called", evidence=TEXT)
        self.env["sms.blacklist"]._opt_out([NUMBER], act)
        self.env["sms.optout.link"]._urls([NUMBER], self.env.company)
        self.assertTrue(self.wizard().opted_out)
        self.wizard().action_erase()
        self.assertEqual(self.found(NUMBER), [])
        history = self.env["mail.tracking.value"].search(
            [("field_id.model", "=", "phone.blacklist")]
        )
        self.assertFalse(history, "the blacklist's own")
        said = self.env["sms.consent"].search([("reason", "=", "complaint")])
        self.assertEqual((said.kind, said.note), ("optout", False))
        self.assertRegex(said.number, suppression.HASHED)
        same = self.env["sms.consent"].search([("number", "=", said.number)])
        self.assertEqual(same, said, "nobody has opted in")
        self.simulator.reset()
        sms = self.queue(NUMBER, message_class="promotional")
        informing = self.queue(NUMBER, message_class="transactional")
        sms.send()
        informing.send()
        self.assertEqual((sms.state, sms.failure_type), ("canceled", "sms_blacklist"))
        self.assertEqual(self.texts(), [(NUMBER, "Hello")], "but informed")
        self.assertTrue(self.wizard().opted_out)

    def test_erased_person_who_had_not_opted_out_may_be_written_to(self):
        self.everywhere()
        self.wizard().action_erase()
        sms = self.queue(NUMBER, message_class="promotional")
        sms.send()
        self.assertEqual(sms.state, "pending")
        self.assertFalse(self.env["sms.suppression"].search([]))

    def test_without_the_secret_of_the_hashes_only_promotional_messages_wait(self):
        self.env["sms.suppression"]._suppress(["+254712345678"])
        self.env["ir.config_parameter"].search(
            [("key", "=", "su_sms.number_secret")]
        ).unlink()
        # An update of the addon makes no other one either.
        self.env["sms.suppression"].init()
        self.queue("+254733000001", message_class="promotional")
        self.queue("+254733000002")
        with self.assertLogs("odoo.addons.su_sms.models", "ERROR"):
            self.env["sms.sms"]._process_outbox()
        self.assertEqual([number for number, _text in self.texts()], ["+254733000002"])

    def test_suppressed_person_who_comes_back_is_written_to_again(self):
        start, odoo, other, tried = (f"+25471234567{n}" for n in range(4))
        suppression = self.env["sms.suppression"]
        suppression._suppress([start, odoo, other, tried])
        blacklist = self.env["sms.blacklist"]
        blacklist._opt_in([start], Act("start", "sms"))
        self.env["phone.blacklist"]._remove([odoo])
        # The network's block is over, and says nothing of what the person wants.
        blacklist._opt_out([tried], Act("operator", "report"))
        blacklist._opt_in([tried], Act("expired", "report"))
        blocked = suppression._blocked({start, odoo, other, tried})
        self.assertEqual(blocked, {other, tried})

    def test_asking_whom_to_leave_alone_costs_one_look_up(self):
        numbers = {f"+2547{n:08}" for n in range(1000)}
        with self.assertQueryCount(1):
            self.assertEqual(suppression.blocked_hashes(self.cr, numbers), set())
        suppression.suppress(self.cr, numbers)
        suppression.suppress(self.cr, numbers)
        with self.assertQueryCount(3):
            self.assertEqual(suppression.blocked_hashes(self.cr, numbers), numbers)

    def test_what_waits_is_cancelled_and_what_is_leaving_is_waited_for(self):
        waiting, leaving = self.queue(NUMBER), self.queue(NUMBER)
        leaving.state = "process"
        with self.assertRaisesRegex(UserError, "Try again in a minute"):
            self.wizard().action_erase()
        leaving.state = "pending"
        self.wizard().action_erase()
        self.assertEqual(waiting.state, "canceled")
        self.assertFalse(waiting.body or leaving.body)

    def test_other_companies_keep_theirs(self):
        company = self.env["res.company"].create({"name": "Other"})
        gateway = self.gateway.create({"name": "Other", "company_id": company.id})
        sms = self.queue(NUMBER, gateway_id=gateway.id, company_id=company.id)
        self.queue(NUMBER).send()
        wizard = self.wizard()
        self.assertEqual(wizard.message_count, 1)
        wizard.action_erase()
        self.assertEqual((sms.number, sms.body), (NUMBER, "Hello"))

    def test_what_odoo_keeps_beside_messages_is_their_companys(self):
        """Traces and notifications have no company of their own."""
        self.everywhere()
        notification = self.env["mail.notification"].search(
            [("sms_number", "=", NUMBER)]
        )
        trace = self.env["mailing.trace"].search([("sms_number", "=", NUMBER)])
        self.assertTrue(notification and trace)
        company = self.env["res.company"].create({"name": "College"})
        college = self.user(
            "college_manager",
            "su_sms.group_manager",
            company_id=company.id,
            company_ids=company.ids,
        )
        for gone in (False, True):
            if gone:
                # Retention has taken the messages: what is left is told by the rest.
                notification.sms_id_int = trace.sms_id_int = 0
            with self.subTest(gone=gone):
                self.assertFalse(self.wizard(user=college).notification_count)
                self.assertFalse(self.wizard(user=college).trace_count)
                self.assertEqual(self.wizard().notification_count, 1)
                self.assertEqual(self.wizard().trace_count, 1)
                own = self.env["sms.consent"]._record(
                    [(NUMBER, Act("own_request", "manual", company_id=company.id))],
                    out=True,
                )
                self.assertTrue(own)
                self.wizard(user=college).action_erase()
                self.env.invalidate_all()
                self.assertEqual(notification.sms_number, NUMBER)
                self.assertEqual(trace.sms_number, NUMBER)

    def test_what_a_person_has_told_another_company_stays_with_it(self):
        college = self.env["res.company"].create({"name": "Coast Polytechnic"})
        theirs = self.user(
            "coast_manager",
            "su_sms.group_manager",
            company_id=college.id,
            company_ids=college.ids,
        )
        blacklist = self.env["sms.blacklist"]
        act = Act("stop", "sms", company_id=self.env.company.id)
        blacklist._opt_out([OTHER], act)
        lines = self.env["sms.consent"].search([("number", "=", OTHER)])
        wizard = self.wizard(OTHER, theirs)
        self.assertTrue(wizard.opted_out)
        self.assertFalse(wizard.held)
        with self.assertRaises(UserError):
            wizard.action_erase()
        # What the college itself holds is another matter.
        shared, own = (
            Act("complaint", "manual"),
            Act("complaint", company_id=college.id),
        )
        lines |= self.env["sms.consent"]._record([(OTHER, shared)], True)
        mine = self.env["sms.consent"]._record([(OTHER, own)], True)
        said = self.wizard(OTHER, theirs).action_erase()["params"]["message"]
        self.assertIn("stays on the blacklist", said)
        self.assertEqual(set(lines.mapped("number")), {OTHER})
        self.assertNotEqual(mine.number, OTHER)
        self.assertEqual(blacklist._opted_out([OTHER]), {OTHER})
        self.wizard(OTHER).action_erase()
        self.assertNotIn(OTHER, lines.mapped("number"))
        self.assertEqual(self.env["sms.suppression"]._blocked({OTHER}), {OTHER})

    def test_tests_of_another_companys_mailings_stay(self):
        college = self.env["res.company"].create({"name": "Coast Polytechnic"})
        theirs = self.user(
            "coast_marketer",
            "base.group_user,mass_mailing.group_mass_mailing_user",
            company_id=college.id,
            company_ids=college.ids,
        )
        mailing = self.send_mailing()
        said = {"body": f"Tested with {NUMBER}", "message_type": "notification"}
        note = mailing.with_user(theirs).message_post(**said)
        test = self.env["mailing.sms.test"].with_user(theirs)
        test = test.create({"mailing_id": mailing.id, "numbers": NUMBER})
        self.everywhere()
        self.wizard().action_erase()
        self.env.invalidate_all()
        self.assertIn(NUMBER, note.sudo().body)
        self.assertEqual(test.sudo().numbers, NUMBER)
