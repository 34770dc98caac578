from odoo import models


class SmsComposer(models.TransientModel):
    """Mailings through a gateway end with its own link to opt out.

    Odoo's link has a code of three characters, and whoever follows it with the number
    in the address is opted out: previews and scanners as well.
    """

    _inherit = "sms.composer"

    def _prepare_mass_sms_values(self, records):
        result = super()._prepare_mass_sms_values(records)
        if not (self._is_mass_sms() and self.mass_sms_allow_unsubscribe):
            return result
        company = self.mailing_id._sms_company()
        if not self.env["sms.gateway.config"]._gateway_of(company):
            return result
        leaving = [each for each in result.values() if each["state"] == "outgoing"]
        numbers = {each["number"] for each in leaving}
        urls = self.env["sms.optout.link"]._urls(numbers, company, self.mailing_id.id)
        for values in leaving:
            [(_create, _id, trace)] = values["mailing_trace_ids"]
            code = trace["sms_code"]
            theirs = self._get_unsubscribe_url(self.mailing_id.id, code)
            # Wherever a translation has put it.
            values["body"] = values["body"].replace(theirs, urls[values["number"]])
        return result
