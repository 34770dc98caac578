import psycopg2
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...dispatch.process import running
from ...models.ir_cron import SLOTS
from ..common import GatewayCase


@tagged("post_install", "-at_install")
class TestDispatch(GatewayCase):
    """What must not keep a dispatcher from its work."""

    def test_what_was_claimed_leaves_though_progress_can_not_be_told(self):
        def progress(_count):
            raise psycopg2.OperationalError("The connection is gone")

        self.gateway.write({"concurrency": 1, "chunk_size": 1})
        messages = self.queue("+254700000403", "0712345672", "0712345673")
        with self.assertLogs("odoo.addons.su_sms.dispatch.dispatcher", "WARNING"):
            self.env["sms.sms"]._dispatch(progress=progress)
        self.assertEqual(messages.mapped("state"), ["error", "pending", "pending"])

    def test_a_server_that_stops_has_the_outbox_looked_at_when_it_is_back(self):
        sms = self.queue("0712345678")
        of_outbox = [("cron_id", "=", self.env.ref("su_sms.ir_cron_outbox").id)]
        before = self.env["ir.cron.trigger"].search(of_outbox)
        self.addCleanup(setattr, running, "_told", False)
        running.end(0)
        self.env["sms.sms"]._process_outbox()
        self.assertEqual(sms.state, "outgoing")
        self.assertTrue(self.env["ir.cron.trigger"].search(of_outbox) - before)

    def test_gateway_that_can_not_tell_who_said_no_stops_no_other(self):
        self.env["sms.suppression"]._suppress(["+254712345670"])
        self.gateway.block_transactional = True
        other = self.gateway.create(
            {"name": "Other", "is_default": False, "api_key": self.server.api_key}
        )
        its_own = self.queue("0712345671")
        others = self.queue("0712345672", gateway_id=other.id)
        self.parameters.search([("key", "=", "su_sms.number_secret")]).unlink()
        with self.assertLogs("odoo.addons.su_sms.models", "ERROR"):
            self.env["sms.sms"]._process_outbox()
        self.assertEqual((its_own.state, others.state), ("outgoing", "pending"))


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
