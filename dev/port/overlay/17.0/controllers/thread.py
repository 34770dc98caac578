from odoo import http
from odoo.addons.mail.controllers.thread import ThreadController
from odoo.http import request


class SmsThreadController(ThreadController):
    """Posts by Odoo's own address, which are written with all rights."""

    @http.route()
    def mail_message_post(self, thread_model, thread_id, post_data, **kwargs):
        """Let who is no employee post no SMS: to Odoo it is one more kind of note."""
        sms = post_data.get("message_type") == "sms"
        if sms and not request.env.user._is_internal():
            post_data["message_type"] = "comment"
        return super().mail_message_post(thread_model, thread_id, post_data, **kwargs)
