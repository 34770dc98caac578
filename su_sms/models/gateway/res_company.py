from odoo import models

from ...tools.sms_api import SmsApiGateway


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_sms_api_class(self):
        self.ensure_one()
        if self.env["sms.gateway.config"]._gateway_of(self):
            return SmsApiGateway
        return super()._get_sms_api_class()
