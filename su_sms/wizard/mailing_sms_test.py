from odoo import models


class MailingSmsTest(models.TransientModel):
    """A test mailing through a gateway goes to nobody else who has opted out."""

    _inherit = "mailing.sms.test"

    def action_send_sms(self):
        company = self.env.company
        if self.env["sms.gateway.config"].sudo()._gateway_of(company):
            lines = self.numbers.splitlines()
            readable = self.env["sms.sms"]._readable
            self.env["sms.blacklist"]._check_trial(
                [readable(line, company) for line in lines]
            )
        return super().action_send_sms()
