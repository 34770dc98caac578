from odoo import api, fields, models

from ..models.message.sms_sms import MANY


class SmsComposer(models.TransientModel):
    """What is about to be sent costs so much, and who has said no gets no list's."""

    _inherit = "sms.composer"

    sms_terms = fields.Json(compute="_compute_sms_terms")

    @api.depends(
        "composition_mode",
        "recipient_valid_count",
        "sanitized_numbers",
        "comment_single_recipient",
    )
    def _compute_sms_terms(self):
        gateway = self.env["sms.gateway.config"].sudo()._gateway_of(self.env.company)
        for composer in self:
            people = composer.recipient_valid_count
            if composer.composition_mode == "numbers":
                numbers = (composer.sanitized_numbers or "").split(",")
                people = len(list(filter(None, numbers)))
            elif composer.comment_single_recipient:
                people = 1
            composer.sms_terms = gateway._terms(people)

    def _action_send_sms(self):
        """Have the gate ask who opted out, whatever the dialog's options say."""
        composer = self
        if self._is_to_many():
            composer = self.with_context(sms_to_many=MANY)
        return super(SmsComposer, composer)._action_send_sms()

    def _is_to_many(self):
        numbers = (self.sanitized_numbers or "").split(",")
        records = self._get_records()
        return (
            self.composition_mode == "mass"
            or len(numbers) > 1
            or (records is not None and len(records) > 1)
        )
