from odoo import models

from .beside import beside, closed


class SmsTracker(models.Model):
    _inherit = "sms.tracker"

    def _update_sms_mailings(self, trace_status, traces):
        """Leave mailings alone that still have messages in the outbox.

        Odoo calls a mailing done as soon as none of its messages is in process, which
        with an outbox is after the first few.
        """
        if self.env["sms.gateway.config"]._default_ids():
            traces.flush_recordset(["trace_status"])
            waiting = self.env["mailing.trace"]._read_group(
                [
                    ("mass_mailing_id", "in", traces.mass_mailing_id.ids),
                    ("trace_status", "=", "outgoing"),
                ],
                ["mass_mailing_id"],
            )
            busy = traces.mass_mailing_id.filtered(
                lambda mailing: mailing.state == "in_queue"
            ).union(*(mailing for (mailing,) in waiting))
            traces = traces.filtered(lambda trace: trace.mass_mailing_id not in busy)
        return super()._update_sms_mailings(trace_status, traces)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        return result or (
            closed(self, operation, uuid="sms_uuid")
            or closed(self, operation, id="mailing_trace_id.sms_id_int")
            or closed(self, operation, id="mail_notification_id.sms_id_int")
        )

    def _of_gateways(self):
        """Return those that tell what became of a message of a gateway."""
        return (
            beside(self, uuid="sms_uuid")
            | beside(self, id="mailing_trace_id.sms_id_int")
            | beside(self, id="mail_notification_id.sms_id_int")
        )
