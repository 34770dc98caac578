from odoo import api, fields, models


class SmsComposer(models.TransientModel):
    """What is about to be sent costs so much."""

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
