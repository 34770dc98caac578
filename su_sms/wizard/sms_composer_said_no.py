from odoo import api, fields, models


class SmsComposer(models.TransientModel):
    """Whoever is about to write is told who has asked for no more SMS."""

    _inherit = "sms.composer"

    said_no = fields.Char(compute="_compute_said_no")

    @api.depends(
        "res_model", "res_id", "res_ids", "number_field_name", "composition_mode"
    )
    def _compute_said_no(self):
        for composer in self:
            composer.said_no = composer._said_no_text()

    def _said_no_text(self):
        """Say whether those of these records have opted out who get an SMS.

        Of records alone: a number that somebody types is nothing to ask about.
        """
        gateway = self.env["sms.gateway.config"].sudo()._gateway_of(self.env.company)
        records = self._get_records() if gateway and self.res_model else None
        if not records:
            return False
        found = records._sms_get_recipients_info(
            force_field=self.number_field_name,
            partner_fallback=not self.comment_single_recipient,
        )
        numbers = {each["sanitized"] for each in found.values()} - {False}
        count = len(self.env["sms.blacklist"].sudo()._opted_out(list(numbers)))
        if not count:
            return False
        if not self.comment_single_recipient:
            return self.env._(
                "%(count)s of %(people)s people have opted out of SMS.",
                count=count,
                people=len(numbers),
            )
        if gateway.block_transactional:
            return self.env._(
                "This person has opted out of all SMS: it will not be sent."
            )
        return self.env._(
            "This person has opted out of promotional SMS: write only what they must"
            " know."
        )
