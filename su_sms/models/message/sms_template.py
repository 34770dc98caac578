from odoo import api, fields, models


class SmsTemplate(models.Model):
    _inherit = "sms.template"

    sms_terms = fields.Json(compute="_compute_sms_terms")

    @api.depends_context("company")
    def _compute_sms_terms(self):
        gateway = self.env["sms.gateway.config"].sudo()._gateway_of(self.env.company)
        # How many will get it, only its use tells.
        self.sms_terms = gateway._terms(recipients=0)
