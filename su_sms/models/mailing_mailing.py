from odoo import models


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    def action_retry_failed_sms(self):
        """Retry what failed, but never what may have been delivered.

        Odoo deletes failed messages with their traces and prepares the mailing again
        for whoever has no trace. A message whose outcome is unknown keeps its trace, so
        its recipient counts as reached; a person may resend it from the messages' list.
        Failed messages of a gateway stay on record, without the mailing.
        """
        messages = self.env["sms.sms"].sudo()
        failed = messages.search(
            [("mailing_id", "in", self.ids), ("state", "=", "error")]
        )
        if not failed.gateway_id:
            return super().action_retry_failed_sms()
        again = failed.filtered(lambda sms: not sms._outcome_is_unknown())
        again.mailing_trace_ids.unlink()
        routed = again.filtered("gateway_id")
        routed.mailing_id = False
        (again - routed).unlink()
        return self.action_put_in_queue()

    def _get_link_tracker_values(self):
        """Give the links of an SMS a title, so that no server of ours fetches them.

        Odoo else asks whatever address somebody has typed for its page's title.
        """
        values = super()._get_link_tracker_values()
        if self.mailing_type == "sms" and self.env["sms.gateway.config"]._default_ids():
            values["title"] = self.subject
        return values
