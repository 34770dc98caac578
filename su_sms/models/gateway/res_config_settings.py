from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sms_gateway_name = fields.Char(
        "SMS Gateway",
        compute="_compute_sms_gateway_name",
        help="It sends all SMS of this company.",
    )

    @api.depends("company_id")
    def _compute_sms_gateway_name(self):
        gateways = self.env["sms.gateway.config"].sudo()
        for settings in self:
            settings.sms_gateway_name = gateways._gateway_of(settings.company_id).name
