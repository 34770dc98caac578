"""Automations and moves of many records meet the hourly limit."""

from odoo.tests import tagged

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
