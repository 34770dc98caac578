"""What is held of a number, and who may ask."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .retention_case import NUMBER, TEXT, PersonCase


@tagged("post_install", "-at_install")
class TestPersonData(PersonCase):
    def test_shows_what_is_held_however_the_number_is_typed(self):
        self.everywhere()
        for number in (NUMBER, "0712 345 678", "254712345678"):
            with self.subTest(number):
                wizard = self.wizard(number)
                self.assertEqual(wizard.message_count, 3)
                self.assertEqual(wizard.incoming_count, 1)
                self.assertEqual(wizard.event_count, 1)
                self.assertEqual(wizard.notification_count, 1)
                self.assertEqual(wizard.trace_count, 1)
                self.assertEqual(wizard.contact_count, 1)
                self.assertFalse(wizard.opted_out)

    def test_nothing_held_is_said(self):
        for number in ("0799 999 999", "nonsense", "%", "=cmd|' /C calc'!A0", ""):
            with self.subTest(number):
                wizard = self.wizard(number)
                self.assertFalse(wizard.held)
                for action in (wizard.action_export, wizard.action_erase):
                    with self.assertRaises(UserError):
                        action()

    def test_a_piece_of_a_number_finds_nobody(self):
        self.everywhere()
        self.campaign(self.numbers(NUMBER), self.file(f"Phone\n{NUMBER}\n"))
        for number in (
            *("7123", "712345", "7123456", "254712345", "345678", "712345678"[:-1]),
            *("+254", "254", "+25471234567", "%", "_", "%345678", "__________", "*"),
            *(" ", "\n", ".", "22384", "63902", "Success", "#", "٧١٢٣٤٥٦"),
        ):
            with self.subTest(number):
                wizard = self.wizard(number)
                self.assertFalse(wizard.held)
                self.assertNotIn("345678", self.text_of(wizard))
                for action in (wizard.action_export, wizard.action_erase):
                    with self.assertRaises(UserError):
                        action()

    def test_number_that_could_not_be_read_is_found_as_it_is_held_and_only_so(self):
        self.queue("0712 345")
        self.receive(id="1", **{"from": "22384", "to": "22384", "text": "Hi"})
        self.receive(id="2", **{"from": NUMBER, "to": "22384", "text": "Mine"})
        self.assertEqual(self.wizard("0712 345").message_count, 1)
        self.assertFalse(self.wizard("0712345").held)
        wizard = self.wizard("22384")
        self.assertEqual((wizard.incoming_count, wizard.event_count), (1, 1))
        wizard.action_erase()
        self.assertEqual(self.wizard().event_count, 1)

    def test_contacts_own_number_is_asked_for_from_the_contact(self):
        wizards = self.env["sms.person.wizard"].with_context(
            active_model="res.partner", active_id=self.partner.id
        )
        self.assertEqual(wizards.create({}).number, self.partner.phone)

    def test_export_has_what_is_held_and_is_on_record(self):
        self.everywhere()
        wizard = self.wizard()
        text = self.text_of(wizard)
        self.assertIn(TEXT, text)
        self.assertIn("News", text)
        wizard.action_export()
        self.assertTrue(wizard.file)
        log = self.env["sms.person.log"].search([])
        self.assertEqual((log.action, log.create_uid), ("export", self.manager))
        self.assertEqual(log.number_masked, "+254••••••678")
        self.assertNotIn("sms_person_log", self.found(NUMBER) + self.found(TEXT))

    def test_formulas_of_strangers_stay_text(self):
        self.receive(id="1", **{"from": NUMBER, "to": "1", "text": "=1+1"})
        self.receive(id="2", **{"from": NUMBER, "to": "1", "text": "http://evil.test"})
        text = self.text_of(self.wizard())
        self.assertIn("=1+1", text)
        self.assertNotIn("<f>", text)
        self.assertNotIn("hyperlink", text.replace("hyperlinks/", ""))

    def test_number_that_retention_has_hashed_is_still_its_persons(self):
        messages = self.everywhere()
        self.age(messages, days=400)
        self.gateway._forget()
        self.assertEqual(self.wizard().message_count, 3)

    def test_odoos_privacy_lookup_finds_people_by_number_too(self):
        if "privacy.lookup.wizard" not in self.env:
            self.skipTest("privacy_lookup is not installed")
        self.partner.email = "wanjiku@example.com"
        linked, _notification = self.post(NUMBER)
        unlinked = self.queue(NUMBER)
        lookup = self.env["privacy.lookup.wizard"].create(
            {"name": "Wanjiku", "email": "wanjiku@example.com"}
        )
        lookup.action_lookup()
        lines = lookup.line_ids.filtered(lambda line: line.res_model == "sms.sms")
        self.assertEqual(set(lines.mapped("res_id")), {linked.id, unlinked.id})
        unlinked.send()
        before = self.totals()
        lines.action_unlink_all()
        self.assertFalse((linked | unlinked).exists())
        self.assertEqual(self.totals(), before)

    def test_only_managers_may(self):
        self.everywhere()
        with self.assertRaises(AccessError):
            self.wizard(user=self.employee)
        wizard = self.wizard().with_user(self.employee)
        for action in (wizard.action_export, wizard.action_erase):
            with self.assertRaises(AccessError):
                action()
        self.assertTrue(self.found(TEXT))

    def test_nobody_edits_the_record_of_requests_or_the_totals(self):
        administrator = self.user("sms_admin", "su_sms.group_gateway_admin")
        for model in ("sms.person.log", "sms.statistic", "sms.suppression"):
            for user in (self.employee, self.manager, administrator):
                for operation in ("write", "create", "unlink"):
                    with self.subTest(model=model, operation=operation):
                        records = self.env[model].with_user(user)
                        self.assertFalse(records.has_access(operation))
