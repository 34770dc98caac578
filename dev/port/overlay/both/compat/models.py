"""Methods that Odoo's own models have since Odoo 19, for ours to extend."""

from odoo import api, models

from .environment import passes


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _filtered_access(self, operation):
        """Ask Odoo's own check as well, which is none of rules."""
        found = super()._filtered_access(operation)
        return found.filtered(lambda file: passes(file.check, operation))


class SmsSms(models.Model):
    _inherit = "sms.sms"

    def _get_send_batch_size(self):
        parameters = self.env["ir.config_parameter"].sudo()
        return int(parameters.get_param("sms.session.batch.size", 500))


class SmsComposer(models.TransientModel):
    _inherit = "sms.composer"

    def _is_mass_sms(self):
        return self.composition_mode == "mass" and self.mailing_id


class SmsResend(models.TransientModel):
    """Shows numbers, which notifications tell no employee, to who reads the note."""

    _inherit = "sms.resend"

    @api.model
    def default_get(self, fields):
        # Without a context of its own it would have no defaults.
        reader = self.sudo().with_context(**self.env.context)
        found = super(SmsResend, reader).default_get(fields)
        if note_id := found.get("mail_message_id"):
            self.check_access("create")
            self.env["mail.message"].browse(note_id).check_access("read")
        return found


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
