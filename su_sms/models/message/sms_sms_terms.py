from odoo import api, fields, models


class SmsSms(models.Model):
    _inherit = "sms.sms"

    sms_terms = fields.Json(compute="_compute_sms_terms")

    @api.depends("gateway_id")
    def _compute_sms_terms(self):
        for sms in self:
            # What it costs, it has itself.
            sms.sms_terms = sms.sudo().gateway_id._terms(people=0)
