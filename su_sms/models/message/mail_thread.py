from odoo import models

from ...text import placeholders, urls


class MailThread(models.AbstractModel):
    """The note of an SMS costs no more than the SMS, whatever its text."""

    _inherit = "mail.thread"

    def message_post(self, *args, body="", message_type="notification", **kwargs):
        if message_type == "sms" and self.env["sms.gateway.config"]._default_ids():
            # What is longer than may be read is not sent: see the gate.
            body = urls.unlinked((body or "")[: placeholders.LONGEST + 1])
        return super().message_post(
            *args, body=body, message_type=message_type, **kwargs
        )

    def _notify_thread_by_sms(
        self, message, recipients_data, msg_vals=False, sms_content=None, **kwargs
    ):
        """Send the text as it was written, however its note shows it."""
        return super()._notify_thread_by_sms(
            message,
            recipients_data,
            msg_vals=msg_vals,
            sms_content=sms_content and urls.relinked(sms_content),
            **kwargs,
        )
