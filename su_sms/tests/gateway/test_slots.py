from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...models.ir_cron import SLOTS
from ..common import GatewayCase


@tagged("post_install", "-at_install")
class TestSlots(GatewayCase):
    """As many jobs dispatch side by side as the settings say."""

    def set_slots(self, count):
        self.env["res.config.settings"].create({"sms_slots": count}).execute()

    def slots(self):
        return self.env["ir.cron"]._sms_slots()

    def active(self):
        return self.slots().mapped("active")

    def test_one_dispatches_unless_somebody_says_so(self):
        self.assertEqual(self.active(), [True] + [False] * (SLOTS - 1))
        self.assertEqual(self.env["res.config.settings"].create({}).sms_slots, 1)

    def test_as_many_are_active_as_is_said(self):
        self.set_slots(4)
        self.assertEqual(self.active(), [True] * 4 + [False] * 4)
        self.assertEqual(self.env["res.config.settings"].create({}).sms_slots, 4)
        self.set_slots(1)
        self.assertEqual(self.active(), [True] + [False] * (SLOTS - 1))

    def test_no_fewer_than_one_and_no_more_than_there_are(self):
        for count in (0, -1, SLOTS + 1):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.set_slots(count)

    def test_all_that_are_active_are_woken(self):
        self.set_slots(3)
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search([])
        self.env["sms.sms"]._trigger_dispatch()
        woken = (triggers.search([]) - before).cron_id
        self.assertEqual(woken, self.slots()[:3])

    def test_the_form_says_how_many_requests_there_are_now(self):
        self.assertEqual(self.gateway.concurrency_now, 8)
        self.env["sms.concurrency"].create(
            {"gateway_id": self.gateway.id, "state": {"limit": 23.7}}
        )
        self.gateway.invalidate_recordset()
        self.assertEqual(self.gateway.concurrency_now, 23)
        self.gateway.concurrency = 5
        self.assertEqual(self.gateway.concurrency_now, 5)
