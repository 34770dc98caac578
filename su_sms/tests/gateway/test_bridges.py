"""Beside every addon of Odoo's that sends SMS: whose gateway, how many, until when.

On a database of its own that has them all (``dev test bridges``).
"""

from datetime import timedelta

from odoo import fields
from odoo.tests import Form, tagged

from ..common import GatewayCase


class BridgeCase(GatewayCase):
    """Two companies with a gateway each; jobs run in the first one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sms.sms"].search([]).unlink()
        cls.other = cls.env["res.company"].create(
            {"name": "Other", "country_id": cls.env.ref("base.ke").id}
        )
        cls.its_gateway = cls.gateway.create(
            {
                "name": "Its own",
                "company_id": cls.other.id,
                "api_key": cls.server.api_key,
                "attempts": 1,
                "use_window": False,
            }
        )
        # Whose company nothing but their name on a record tells.
        cls.responsible = cls.user(
            "bridges_responsible",
            "base.group_user,base.group_partner_manager",
            company_id=cls.other.id,
            company_ids=[(6, 0, cls.other.ids)],
        )
        cls.tomorrow = fields.Datetime.now() + timedelta(days=1)

    def template(self, model, body="Hello"):
        return self.env["sms.template"].create(
            {
                "name": "Test",
                "model_id": self.env["ir.model"]._get_id(model),
                "body": body,
            }
        )

    def action(self, model, template=None):
        """Return a server action that sends, as automation rules have one."""
        return self.env["ir.actions.server"].create(
            {
                "name": "Send",
                "model_id": self.env["ir.model"]._get_id(model),
                "state": "sms",
                "sms_template_id": (template or self.template(model)).id,
                "sms_method": "sms",
            }
        )

    def automation(self, model, trigger="on_create"):
        """Return a rule that sends an SMS whenever such a record is made."""
        return self.env["base.automation"].create(
            {
                "name": "Welcome",
                "model_id": self.env["ir.model"]._get_id(model),
                "trigger": trigger,
                "action_server_ids": [(6, 0, self.action(model).ids)],
            }
        )

    def new(self, since):
        return self.env["sms.sms"].search([("id", ">", since)], order="id")

    def last_id(self):
        return self.env["sms.sms"].search([], order="id DESC", limit=1).id or 0


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

    # ------------------------------------------------------------
    # What each addon sends
    # ------------------------------------------------------------

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


@tagged("post_install", "-at_install", "-standard", "bridges")
class TestBridgesLimit(BridgeCase):
    """What Odoo sends while somebody works stops none of their work."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway.hour_limit = 3
        cls.clerk = cls.user(
            "bridges_clerk",
            "base.group_user,base.group_partner_manager,"
            "project.group_project_user,stock.group_stock_user",
        )

    def assertWaits(self, since, count):
        self.env["sms.sms"]._process_queue()
        messages = self.new(since)
        self.assertEqual(len(messages), count)
        self.assertEqual(len(messages.filtered(lambda s: s.state == "pending")), 3)
        self.assertEqual(len(messages.filtered("held_until")), count - 3)

    def test_an_import_with_an_automation_rule_imports_all(self):
        self.automation("res.partner")
        since = self.last_id()
        rows = [[f"Person {n}", f"07123456{n}"] for n in range(10, 18)]
        partners = self.env["res.partner"].with_user(self.clerk)
        result = partners.load(["name", "phone"], rows)
        self.assertFalse(result["messages"])
        self.assertEqual(len(result["ids"]), 8)
        self.assertWaits(since, 8)

    def test_tasks_are_moved(self):
        project = self.env["project.project"].create({"name": "Move"})
        stage = self.env["project.task.type"].create(
            {
                "name": "Done",
                "project_ids": [(4, project.id)],
                "sms_template_id": self.template("project.task").id,
            }
        )
        people = self.env["res.partner"].create(
            [{"name": f"P{n}", "phone": f"071234567{n}"} for n in range(5)]
        )
        tasks = self.env["project.task"].create(
            [
                {"name": "Box", "project_id": project.id, "partner_id": person.id}
                for person in people
            ]
        )
        since = self.last_id()
        tasks.with_user(self.clerk).write({"stage_id": stage.id})
        self.assertEqual(tasks.stage_id, stage)
        self.assertWaits(since, 5)

    def test_deliveries_are_validated(self):
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        )
        since = self.last_id()
        for number in range(5):
            person = self.env["res.partner"].create(
                {"name": f"P{number}", "phone": f"071234567{number}"}
            )
            picking = self.env["stock.picking"].create(
                {"partner_id": person.id, "picking_type_id": warehouse.out_type_id.id}
            )
            picking.with_user(self.clerk)._message_sms_with_template(
                template=self.env.ref("stock_sms.sms_template_data_stock_delivery"),
                partner_ids=person.ids,
                put_in_queue=False,
            )
        self.assertWaits(since, 5)


@tagged("post_install", "-at_install", "-standard", "bridges")
class TestBridgesForms(BridgeCase):
    def test_no_two_fields_of_a_model_have_one_label(self):
        ours = {
            name: self.env[name]
            for name in self.env
            if any(f._module == "su_sms" for f in self.env[name]._fields.values())
        }
        for name, model in sorted(ours.items()):
            with self.subTest(name):
                by_label = {}
                for field in model._fields.values():
                    by_label.setdefault(field.string, []).append(field)
                double = {
                    label: [field.name for field in found]
                    for label, found in by_label.items()
                    if len(found) > 1 and any(f._module == "su_sms" for f in found)
                }
                self.assertFalse(double)

    def test_settings_say_that_the_gateway_takes_all(self):
        self.env.company.sms_provider = "twilio"
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.sms_gateway_name, self.gateway.name)
        arch = settings.get_view(view_type="form")["arch"]
        self.assertIn('name="sms_gateway_name"', arch)
        sms = self.queue("0712345678")
        sms.send()
        self.assertEqual(sms.state, "pending")

    def test_a_mailing_says_that_the_list_counts_with_the_option_off(self):
        view = self.env.ref("mass_mailing_sms.mailing_mailing_view_form_sms")
        form = Form(
            self.env["mailing.mailing"].with_context(default_mailing_type="sms"), view
        )
        self.assertTrue(form.sms_terms)
        self.assertIn("changes nothing", form._view["tree"].xpath("string()"))
