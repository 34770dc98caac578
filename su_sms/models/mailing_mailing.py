from odoo import models


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    def action_retry_failed_sms(self):
        """Retry what failed, but never what may have been delivered.

        Odoo deletes failed messages with their traces and prepares the mailing again.
        A message whose outcome is unknown keeps both, so its recipient counts as
        reached; a person may resend it from the messages' list.
        """
        failed = (
            self.env["sms.sms"]
            .sudo()
            .search([("mailing_id", "in", self.ids), ("state", "=", "error")])
        )
        unknown = failed.filtered(lambda sms: sms._outcome_is_unknown())
        retryable = failed - unknown
        if not unknown:
            return super().action_retry_failed_sms()
        retryable.mailing_trace_ids.unlink()
        retryable.unlink()
        self.action_put_in_queue()
        return None
