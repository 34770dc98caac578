"""Whose gateway sends what each of Odoo's addons sends, and until when."""

from datetime import timedelta

from odoo.tests import tagged

from .bridge_case import BridgeCase


@tagged("post_install", "-at_install", "-standard", "bridges")
class TestBridgesCompany(BridgeCase):
    def assertIsOthers(self, send):
        since = self.last_id()
        send()
        messages = self.new(since)
        self.assertTrue(messages, "nothing was sent")
        self.assertEqual(messages.company_id, self.other)
        self.assertEqual(messages.gateway_id, self.its_gateway)
        self.env["sms.sms"]._process_queue()
        self.assertEqual(set(messages.mapped("state")), {"pending"})

    def calendar_reminder(self):
        event = self.env["calendar.event"].create(
            {
                "name": "Interview",
                "start": self.tomorrow,
                "stop": self.tomorrow + timedelta(hours=1),
                "user_id": self.responsible.id,
                "partner_ids": [(4, self.partner.id)],
            }
        )
        alarm = self.env["calendar.alarm"].create(
            {"name": "SMS", "alarm_type": "sms", "interval": "hours", "duration": 1}
        )
        event._do_sms_reminder(alarm)

    def event_reminder(self):
        self.scheduler(self.registration(company_id=self.other.id))

    def event_of_responsible(self):
        self.scheduler(self.registration(company_id=False, user_id=self.responsible.id))

    def registration(self, **values):
        event = self.env["event.event"].create(
            {
                "name": "Open Day",
                "date_begin": self.tomorrow,
                "date_end": self.tomorrow + timedelta(hours=3),
                "event_mail_ids": [(5, 0, 0)],
                **values,
            }
        )
        return self.env["event.registration"].create(
            {"event_id": event.id, "name": "Amina", "phone": "0712345678"}
        )

    def scheduler(self, registration):
        template = self.env.ref("event_sms.sms_template_data_event_reminder")
        scheduler = self.env["event.mail"].create(
            {
                "event_id": registration.event_id.id,
                "interval_type": "before_event",
                "template_ref": f"sms.template,{template.id}",
            }
        )
        scheduler._send_sms(registration)

    def delivery(self):
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.other.id)], limit=1
        )
        picking = self.env["stock.picking"].create(
            {
                "partner_id": self.partner.id,
                "picking_type_id": warehouse.out_type_id.id,
                "origin": "S00012",
            }
        )
        # Odoo's own hook does not send while tests run.
        picking._message_sms_with_template(
            template=self.env.ref("stock_sms.sms_template_data_stock_delivery"),
            partner_ids=self.partner.ids,
            put_in_queue=False,
        )

    def task_moved(self):
        project = self.env["project.project"].create(
            {"name": "Move", "company_id": self.other.id}
        )
        stage = self.env["project.task.type"].create(
            {
                "name": "Done",
                "project_ids": [(4, project.id)],
                "sms_template_id": self.template("project.task").id,
            }
        )
        task = self.env["project.task"].create(
            {"name": "Box", "project_id": project.id, "partner_id": self.partner.id}
        )
        task.stage_id = stage

    def lead_of_responsible(self):
        self.env["crm.lead"].create(
            {
                "name": "Asks for places",
                "phone": "0712345678",
                "company_id": False,
                "team_id": False,
                "user_id": self.responsible.id,
            }
        )._message_sms("Hello")

    def order(self):
        self.env["sale.order"].create(
            {"partner_id": self.partner.id, "company_id": self.other.id}
        )._message_sms("Hello")

    def applicant(self):
        applicant = self.env["hr.applicant"].create(
            {
                "partner_name": "Amina",
                "partner_phone": "0712345678",
                "company_id": self.other.id,
            }
        )
        action = (
            applicant.action_send_sms() if hasattr(applicant, "action_send_sms") else {}
        )
        context = {
            "default_res_model": "hr.applicant",
            "default_res_ids": applicant.ids,
            "default_composition_mode": "mass",
            **(action.get("context") or {}),
        }
        composer = self.env["sms.composer"].with_context(**context)
        composer.create({"body": "Hello"}).action_send_sms_mass_now()

    def automation_rule(self):
        rule = self.automation("res.partner")
        self.env["res.partner"].create(
            {"name": "New", "phone": "0722000111", "company_id": self.other.id}
        )
        # The rows that follow make contacts as well.
        rule.active = False

    def rule_for_attendees(self):
        rule = self.automation("event.registration")
        self.registration(company_id=self.other.id)
        rule.active = False

    def mailing_to(self, records, **values):
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "mailing_type": "sms",
                "body_plaintext": "News",
                "user_id": self.responsible.id,
                "mailing_model_id": self.env["ir.model"]._get_id(records._name),
                "mailing_domain": repr([("id", "in", records.ids)]),
                **values,
            }
        )
        mailing.action_send_sms()

    def mailing_to_leads(self):
        lead = self.env["crm.lead"].create({"name": "Asks", "phone": "0712345678"})
        self.mailing_to(lead)

    def mailing_kept_with_leads(self):
        """Have the same company pay as where it is not kept."""
        lead = self.env["crm.lead"].create(
            {
                "name": "Asks",
                "phone": "0712345678",
                "company_id": False,
                "team_id": False,
                "user_id": self.env.ref("base.user_admin").id,
            }
        )
        self.mailing_to(lead, keep_archives=True)

    def mailing_to_attendees(self):
        self.mailing_to(self.registration())

    def mailing_to_customers(self):
        order = self.env["sale.order"].create({"partner_id": self.partner.id})
        self.mailing_to(order)

    def visitor(self):
        """Write to a visitor's contact; to their lead Odoo's website_crm_sms fails."""
        website = self.env["website"].create(
            {"name": "Theirs", "company_id": self.other.id}
        )
        person = self.partner.copy({"company_id": self.other.id})
        person.phone = "0712345678"
        visitor = self.env["website.visitor"].create(
            {
                "website_id": website.id,
                # Who is signed in: Odoo finds the contact by it.
                "access_token": str(person.id),
            }
        )
        context = visitor.action_send_sms()["context"]
        composer = self.env["sms.composer"].with_context(**context)
        composer.create({"body": "Hello"}).action_send_sms()

    def receipt(self):
        shops = self.env["pos.config"].with_company(self.other)
        shop = shops.create(
            {
                "name": "Cafeteria",
                "module_pos_sms": True,
                "sms_receipt_template_id": self.template("pos.order").id,
                "payment_method_ids": [(5, 0, 0)],
            }
        )
        session = shops.env["pos.session"].create({"config_id": shop.id})
        order = shops.env["pos.order"].create(
            {
                "session_id": session.id,
                "partner_id": self.partner.id,
                "amount_tax": 0,
                "amount_total": 0,
                "amount_paid": 0,
                "amount_return": 0,
            }
        )
        order.with_env(self.env).action_sent_message_on_sms("0712345678", None)

    def test_the_company_of_what_it_is_about_decides(self):
        for send in (
            self.calendar_reminder,
            self.event_reminder,
            self.event_of_responsible,
            self.delivery,
            self.task_moved,
            self.lead_of_responsible,
            self.order,
            self.applicant,
            self.automation_rule,
            self.rule_for_attendees,
            self.mailing_to_leads,
            self.mailing_kept_with_leads,
            self.mailing_to_attendees,
            self.mailing_to_customers,
            self.visitor,
            self.receipt,
        ):
            with self.subTest(send.__name__):
                self.assertIsOthers(send)

    def test_odoos_delivery_text_leaves_without_blanks_and_unicode(self):
        self.delivery()
        [(_number, text)] = self.texts()
        self.assertEqual(text, text.strip())
        self.assertIn("your order no. S00012 has been shipped", text)
        [sms] = self.new(0)
        self.assertEqual(sms.parts, 1)

    def test_a_reminder_is_of_no_use_once_it_has_begun(self):
        for send in (
            self.calendar_reminder,
            self.event_reminder,
            self.rule_for_attendees,
        ):
            with self.subTest(send.__name__):
                since = self.last_id()
                send()
                self.assertEqual(
                    set(self.new(since).mapped("not_after")), {self.tomorrow}
                )
