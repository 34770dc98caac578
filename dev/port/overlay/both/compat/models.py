"""Methods that Odoo's own models have since Odoo 19, for ours to extend."""

from odoo import models


class SmsSms(models.Model):
    _inherit = "sms.sms"

    def _get_send_batch_size(self):
        parameters = self.env["ir.config_parameter"].sudo()
        return int(parameters.get_param("sms.session.batch.size", 500))


class SmsComposer(models.TransientModel):
    _inherit = "sms.composer"

    def _is_mass_sms(self):
        return self.composition_mode == "mass" and self.mailing_id


class SmsTracker(models.Model):
    """Keeps the reason of a failure that has a word of its own."""

    _inherit = "sms.tracker"

    def _update_sms_notifications(
        self, notification_status, failure_type=False, failure_reason=False
    ):
        reason = failure_reason or self._known_reason()
        return super()._update_sms_notifications(
            notification_status, failure_type=failure_type, failure_reason=reason
        )

    def _update_sms_traces(
        self, trace_status, failure_type=False, failure_reason=False
    ):
        reason = failure_reason or self._known_reason()
        return super()._update_sms_traces(
            trace_status, failure_type=failure_type, failure_reason=reason
        )

    def _known_reason(self):
        return self.env.context.get("sms_known_failure_reason", False)
