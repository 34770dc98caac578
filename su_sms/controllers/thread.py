from odoo.addons.mail.controllers.thread import ThreadController
from odoo.http import request


class SmsThreadController(ThreadController):
    """Posts by Odoo's own address, which are written with all rights."""

    def _prepare_message_data(self, post_data, **kwargs):
        """Let who is no employee post no SMS: to Odoo it is one more kind of note."""
        data = super()._prepare_message_data(post_data, **kwargs)
        if data.get("message_type") == "sms" and not request.env.user._is_internal():
            data["message_type"] = "comment"
        return data
