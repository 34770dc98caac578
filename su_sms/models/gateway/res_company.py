import pytz
from odoo import api, models

from ...tools.sms_api import SmsApiGateway


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_sms_api_class(self):
        self.ensure_one()
        if self.env["sms.gateway.config"]._gateway_of(self):
            return SmsApiGateway
        return super()._get_sms_api_class()

    def _sms_time_zone(self):
        """Return the name of the zone in which the company's days begin and end."""
        self.ensure_one()
        if self.partner_id.tz:
            return self.partner_id.tz
        zones = pytz.country_timezones.get(self.country_id.code or "KE", ["UTC"])
        return zones[0]

    @api.model
    def _sms_time_zones(self):
        """Return {company id: name of its zone} of all companies."""
        companies = self.sudo().with_context(active_test=False)
        companies = companies.search([])  # pylint: disable=no-search-all
        return {company.id: company._sms_time_zone() for company in companies}
