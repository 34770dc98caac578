"""Odoo's address for reports is for messages of Odoo's own provider."""

from odoo.tests import HttpCase, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from ..campaign_case import CampaignCase


@tagged("post_install", "-at_install")
class TestStatusOfOdoo(HttpCase, CampaignCase):
    """Odoo's public address for reports knows messages by what their readers see."""

    def tell(self, status, *uuids):
        self.env.flush_all()
        reports = [{"sms_status": status, "uuids": list(uuids)}]
        answer = self.make_jsonrpc_request("/sms/status", {"message_statuses": reports})
        self.env.invalidate_all()
        return answer

    def test_nobody_reports_on_a_message_of_a_gateway(self):
        message = self.partner._message_sms("Hello", number_field="phone")
        sms = self.env["sms.sms"].search([("mail_message_id", "=", message.id)])
        notification = message.notification_ids
        before = sms.state, notification.notification_status, notification.failure_type
        for status in ("sent", "delivered", "invalid_destination", "server_error"):
            self.assertEqual(self.tell(status, sms.uuid), "OK")
        self.assertFalse(sms.to_delete)
        self.assertEqual(
            (sms.state, notification.notification_status, notification.failure_type),
            before,
        )
        self.env["sms.sms"]._gc_device()
        self.assertTrue(sms.exists())

    def test_nobody_reports_on_what_stands_beside_it(self):
        mailing = self.send_mailing()
        [trace] = mailing.mailing_trace_ids
        # However it came.
        self.env["sms.tracker"].create(
            {"sms_uuid": "c" * 32, "mailing_trace_id": trace.id}
        )
        before = trace.trace_status, trace.failure_type
        for status in ("wrong_number_format", "delivered"):
            self.assertEqual(self.tell(status, "c" * 32), "OK")
            self.assertEqual((trace.trace_status, trace.failure_type), before)

    def test_whatever_else_marks_it_for_deletion_it_stays(self):
        sms = self.queue("0712345678")
        sms.sudo().write({"to_delete": True, "failure_type": "sms_server"})
        self.assertEqual((sms.to_delete, sms.failure_type), (False, "sms_server"))

    def test_messages_of_odoos_provider_are_reported_on_as_before(self):
        self.gateway.active = False
        sms = self.env["sms.sms"].create({"number": "+254712345678", "body": "Hello"})
        self.gateway.active = True
        routed = self.queue("0712345679")
        self.tell("delivered", sms.uuid, routed.uuid)
        self.assertEqual((sms.to_delete, routed.to_delete), (True, False))

    @mute_logger("odoo.addons.sms.controllers.main", "odoo.http")
    def test_what_is_no_report_is_refused_as_before(self):
        for reports in ([{"uuids": [{}], "sms_status": "sent"}], [{"uuids": 5}], [[]]):
            with self.subTest(reports), self.assertRaises(JsonRpcException):
                self.make_jsonrpc_request("/sms/status", {"message_statuses": reports})
