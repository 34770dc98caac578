"""Automations and moves of many records meet the hourly limit."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from .bridge_case import BridgeCase


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
            "project.group_project_user,stock.group_stock_user,"
            "event.group_event_user",
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

    def people(self):
        return self.env["res.partner"].create(
            [{"name": f"P{n}", "phone": f"071234567{n}"} for n in range(5)]
        )

    def meeting(self, user, people, **values):
        """Return a meeting as somebody makes it, and its alarm by SMS."""
        alarm = (
            self.env["calendar.alarm"]
            .with_user(user)
            .create(
                {"name": "A", "alarm_type": "sms", "interval": "hours", "duration": 1}
            )
        )
        event = self.env["calendar.event"].with_user(user)
        values |= {"partner_ids": people.ids, "alarm_ids": alarm.ids}
        start = fields.Datetime.now() + timedelta(minutes=30)
        stop = start + timedelta(hours=1)
        return event.create({"name": "Gowns", "start": start, "stop": stop, **values})

    def remind(self):
        self.env["calendar.alarm_manager"]._send_reminder()

    def test_reminders_of_a_meeting_are_whoevers_it_is(self):
        since = self.last_id()
        self.meeting(self.clerk, self.people())
        self.remind()
        self.assertWaits(since, 5)
        self.assertEqual(self.new(since).create_uid, self.clerk)
        self.assertTrue(all(self.new(since).mapped("to_many")))

    def test_reminders_of_anothers_meeting_are_whose_words_they_are(self):
        owner = self.user("bridges_owner")
        for change in (
            lambda event: event.write({"name": "Pay to this till"}),
            lambda event: event.write({"partner_ids": self.people().ids}),
            lambda event: event.alarm_ids.write({"duration": 2}),
        ):
            with self.subTest(), self.env.cr.savepoint() as savepoint:
                since = self.last_id()
                event = self.meeting(owner, self.people())
                change(event.with_user(self.clerk))
                later = fields.Datetime.now() + timedelta(minutes=1)
                self.env.flush_all()
                for table in ("calendar_event", "calendar_alarm"):
                    self.env.cr.execute(
                        SQL(
                            "UPDATE %s SET write_date = %s WHERE write_uid = %s",
                            SQL.identifier(table),
                            later,
                            self.clerk.id,
                        )
                    )
                self.env.invalidate_all()
                self.remind()
                self.assertEqual(self.new(since).create_uid, self.clerk)
                savepoint.rollback()

    def event(self, user, kind):
        """Return an event that sends SMS, as somebody makes it."""
        template = self.env.ref("event_sms.sms_template_data_event_registration")
        mail = {
            "interval_type": kind,
            "interval_unit": "now" if kind == "after_sub" else "days",
            "interval_nbr": 0 if kind == "after_sub" else 3,
            "template_ref": f"sms.template,{template.id}",
        }
        return (
            self.env["event.event"]
            .with_user(user)
            .create(
                {
                    "name": "A prize",
                    "date_begin": self.tomorrow,
                    "date_end": self.tomorrow + timedelta(hours=3),
                    "event_mail_ids": [(5, 0, 0), (0, 0, mail)],
                }
            )
        )

    def register(self, user, event):
        self.env["event.registration"].with_user(user).sudo().create(
            [
                {"event_id": event.id, "name": f"P{n}", "phone": f"071234567{n}"}
                for n in range(5)
            ]
        )
        self.env["event.mail"].schedule_communications()

    def test_texts_of_an_event_are_whoevers_it_is(self):
        for kind in ("after_sub", "before_event"):
            for user in (self.clerk, self.env.ref("base.public_user")):
                with (
                    self.subTest(kind, by=user.login),
                    self.env.cr.savepoint() as savepoint,
                ):
                    since = self.last_id()
                    self.register(user, self.event(self.clerk, kind))
                    self.assertWaits(since, 5)
                    self.assertEqual(self.new(since).create_uid, self.clerk)
                    savepoint.rollback()
