from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..models.message.sms_sms_routing import NotAfter


class SmsComposer(models.TransientModel):
    """When it is too late to send, and what keeps it from leaving now."""

    _inherit = "sms.composer"

    not_after = fields.Datetime(
        help="What could not leave until then is given up: it is about a time that is"
        " over. Empty: as long as the gateway says.",
    )
    gateway_waits = fields.Char("Waits For", compute="_compute_gateway_waits")

    @api.constrains("not_after")
    def _check_not_after(self):
        now = fields.Datetime.now()
        if any(composer.not_after and composer.not_after <= now for composer in self):
            raise ValidationError(self.env._("“Not After” is over already."))

    @api.depends("composition_mode")
    @api.depends_context("company")
    def _compute_gateway_waits(self):
        gateway = self.env["sms.gateway.config"].sudo()._gateway_of(self.env.company)
        self.gateway_waits = gateway._what_it_waits_for()

    def _action_send_sms(self):
        composer = self
        if self.not_after:
            composer = self.with_context(sms_not_after=NotAfter(self.not_after))
        return super(SmsComposer, composer)._action_send_sms()
