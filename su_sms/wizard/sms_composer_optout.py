from odoo import models

from ..dispatch import links


class SmsComposer(models.TransientModel):
    """Mailings through a gateway end with its own link to opt out.

    Odoo's link has a code of three characters, and whoever follows it with the number
    in the address is opted out: previews and scanners as well.
    """

    _inherit = "sms.composer"

    def _get_unsubscribe_info(self, url):
        company = self.mailing_id._sms_company() if self.mailing_id else None
        company = company or self.env.company
        if self.env["sms.gateway.config"]._gateway_of(company):
            return self.env["sms.optout.link"]._told(url)
        return super()._get_unsubscribe_info(url)

    def _prepare_mass_sms_values(self, records):
        result = super()._prepare_mass_sms_values(records)
        if not self._is_mass_sms():
            return result
        company = self.mailing_id._sms_company()
        if not self.env["sms.gateway.config"]._gateway_of(company):
            return result
        optouts = self.env["sms.optout.link"]
        ours = optouts._blank_url(company, self.mailing_id.id)
        leaving = set()
        for values in result.values():
            for _create, _id, trace in values["mailing_trace_ids"]:
                code = trace["sms_code"]
                # No text has a code any more, so none may be guessed.
                trace["sms_code"] = links.new_token()
            if values["state"] != "outgoing" or not self.mass_sms_allow_unsubscribe:
                continue
            theirs = self._get_unsubscribe_url(self.mailing_id.id, code)
            # The last, wherever a translation has put it: before it a person wrote.
            before, found, after = (values["body"] or "").rpartition(theirs)
            if found:
                values["body"] = f"{before}{ours}{after}"
                values["optout_link"] = True
                leaving.add(values["number"])
        optouts._make(leaving, company)
        return result
