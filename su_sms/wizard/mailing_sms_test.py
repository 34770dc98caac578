from odoo import models

from ..models.sms_sms import TRIAL


class MailingSmsTest(models.TransientModel):
    """A test mailing through a gateway goes to nobody who has opted out."""

    _inherit = "mailing.sms.test"

    def action_send_sms(self):
        company, wizard = self.env.company, self
        if self.env["sms.gateway.config"].sudo()._gateway_of(company):
            lines = self.numbers.splitlines()
            readable = self.env["sms.sms"]._readable
            self.env["sms.blacklist"]._check_trial(
                [readable(line, company) for line in lines]
            )
            wizard = self.with_context(sms_trial=TRIAL)
        return super(MailingSmsTest, wizard).action_send_sms()
