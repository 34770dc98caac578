from odoo import models


class MailingMailing(models.Model):
    """A mailing through a gateway ends with the gateway's link to opt out."""

    _inherit = "mailing.mailing"

    def _sms_company(self):
        """Give the company through whose gateway it leaves: its responsible's."""
        return self.sudo().user_id.company_id or self.env.company

    def get_sms_link_replacements_placeholders(self):
        """Give the counter what is as long as what will be put in."""
        placeholders = super().get_sms_link_replacements_placeholders()
        company = self._sms_company()
        if self.env["sms.gateway.config"]._gateway_of(company):
            mailing_id = self.id
            if not mailing_id:
                # The next one's has as many digits as this one's will have.
                mailing_id = self.sudo().search([], order="id desc", limit=1).id + 1
            url = self.env["sms.optout.link"]._sample_url(company, mailing_id)
            text = self.env["sms.composer"]._get_unsubscribe_info(url)
            placeholders["unsubscribe"] = f"\n{text}"
        return placeholders
