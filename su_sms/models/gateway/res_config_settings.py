from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..ir_cron import SLOTS


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sms_gateway_name = fields.Char(
        "SMS Gateway",
        compute="_compute_sms_gateway_name",
        help="It sends all SMS of this company.",
    )

    sms_slots = fields.Integer(
        "Dispatchers at Once",
        compute="_compute_sms_slots",
        inverse="_inverse_sms_slots",
        help="In how many workers for scheduled actions SMS are sent side by side, on"
        " all servers together. They share each gateway's concurrent requests.",
    )

    def _compute_sms_slots(self):
        self.sms_slots = len(self.env["ir.cron"]._sms_slots().filtered("active"))

    def _inverse_sms_slots(self):
        """Let as many jobs dispatch as is said; one that runs may not be stopped."""
        slots = self.env["ir.cron"]._sms_slots()
        for settings in self:
            if not 1 <= settings.sms_slots <= SLOTS:
                raise ValidationError(
                    self.env._("There can be 1 to %s dispatchers at once.", SLOTS)
                )
            for place, job in enumerate(slots.sudo(False)):
                if job.active != (place < settings.sms_slots):
                    job.active = not job.active

    @api.depends("company_id")
    def _compute_sms_gateway_name(self):
        gateways = self.env["sms.gateway.config"].sudo()
        for settings in self:
            settings.sms_gateway_name = gateways._gateway_of(settings.company_id).name
