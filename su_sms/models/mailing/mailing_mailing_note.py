import re

from odoo import models

from ...text import phone

NUMBER = re.compile(r"\+?\d[\d ().-]{5,}\d")


class MailingMailing(models.Model):
    """The chatter of an SMS mailing names no number in full: it is never forgotten.

    Odoo notes there whom a test of the mailing went to.
    """

    _inherit = "mailing.mailing"

    def _message_log(self, *, body="", **kwargs):
        gateways = self.env["sms.gateway.config"].sudo()
        is_sms = self.mailing_type == "sms"
        if body and is_sms and gateways._gateway_of(self.env.company):
            # HTML stays HTML, and text stays text.
            body = type(body)(NUMBER.sub(self._masked, body))
        return super()._message_log(body=body, **kwargs)

    def _masked(self, match):
        number = self.env["sms.sms"]._readable(match[0], self.env.company)
        return phone.masked(number)
