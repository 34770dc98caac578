from odoo import api, fields, models


class SmsComposer(models.TransientModel):
    """What is about to be sent costs so much."""

    _inherit = "sms.composer"

    price_text = fields.Char(compute="_compute_price_text")

    @api.depends(
        "body",
        "composition_mode",
        "recipient_valid_count",
        "sanitized_numbers",
        "comment_single_recipient",
    )
    def _compute_price_text(self):
        gateway = self.env["sms.gateway.config"].sudo()._gateway_of(self.env.company)
        for composer in self:
            people = composer.recipient_valid_count
            if composer.composition_mode == "numbers":
                people = len((composer.sanitized_numbers or "").split(","))
            elif composer.comment_single_recipient:
                people = 1
            composer.price_text = gateway._price_text(composer.body, people)
