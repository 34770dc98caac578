from odoo import models
from odoo.exceptions import UserError

from ..dispatch import gate
from ..models.message.sms_sms_routing import TEST
from ..privacy import links

# Characters of typed numbers.
NUMBERS = 20_000


class MailingSmsTest(models.TransientModel):
    """A test mailing through a gateway goes to nobody who has opted out."""

    _inherit = "mailing.sms.test"

    def action_send_sms(self):
        company, wizard = self.env.company, self
        if gate.is_too_long(self.mailing_id.body_plaintext):
            raise UserError(self.env._("This text is too long for an SMS."))
        if self.env["sms.gateway.config"].sudo()._gateway_of(company):
            if len(self.numbers) > NUMBERS:
                raise UserError(self.env._("Too many numbers for a test."))
            lines = self.numbers.splitlines()
            readable = self.env["sms.sms"]._readable
            self.env["sms.blacklist"]._check_test(
                [readable(line, company) for line in lines]
            )
            wizard = self.with_context(sms_test=TEST, sms_from_composer=True)
        return super(MailingSmsTest, wizard).action_send_sms()

    def _prepare_test_trace_values(self, record, sms_number, sms_uuid, body):
        """End with the blank of a link, which leads to a page that says what it is."""
        company = self.mailing_id._sms_company()
        wizard = self.with_company(company)
        trace, text = super(MailingSmsTest, wizard)._prepare_test_trace_values(
            record, sms_number, sms_uuid, body
        )
        if not self.env["sms.gateway.config"].sudo()._gateway_of(company):
            return trace, text
        composer = self.env["sms.composer"]
        theirs = composer._get_unsubscribe_url(self.mailing_id.id, trace["sms_code"])
        ours = self.env["sms.optout.link"]._blank_url(company, self.mailing_id.id)
        before, found, after = text.rpartition(theirs)
        trace["sms_code"] = links.new_token()
        return trace, f"{before}{ours}{after}" if found else text
