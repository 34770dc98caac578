import logging

from odoo import api, models
from odoo.exceptions import AccessError

from ...text import placeholders, urls
from ..mail_message import TRACKING
from .sms_sms_limit import CAUSED, POSTED

_logger = logging.getLogger(__name__)

# What Odoo lets a post name whom to send an SMS to, beside its recipients.
NUMBERS = ("sms_numbers", "sms_pid_to_number")


class MailThread(models.AbstractModel):
    """Who may send by a note, and what the note of an SMS costs."""

    _inherit = "mail.thread"

    def message_post(self, *args, body="", message_type="notification", **kwargs):
        if self._is_strangers_hand():
            kwargs = _without_numbers(kwargs)
            message_type = "comment" if message_type == "sms" else message_type
        body = self._sms_note(body, message_type, kwargs)
        posted = self._sms_posted(message_type, kwargs)
        message = super(MailThread, posted).message_post(
            *args, body=body, message_type=message_type, **kwargs
        )
        return message.with_env(self.env)

    def message_notify(self, *, body="", **kwargs):
        if self._is_strangers_hand():
            kwargs = _without_numbers(kwargs)
        body = self._sms_note(body, "notification", kwargs)
        posted = self._sms_posted("notification", kwargs)
        message = super(MailThread, posted).message_notify(body=body, **kwargs)
        return message.with_env(self.env)

    @api.model
    def message_process(
        self,
        model,
        message,
        custom_values=None,
        save_original=False,
        strip_attachments=False,
        thread_id=None,
    ):
        """Let people hand over an e-mail, and not say of what it makes what.

        Odoo takes it over RPC from every employee, and makes with all rights what they
        say, through which whatever belongs to it can be written.
        """
        if (custom_values or thread_id) and not self.env.is_admin():
            raise AccessError(
                self.env._("Only administrators can say what an e-mail becomes.")
            )
        return super().message_process(
            model,
            message,
            custom_values=custom_values,
            save_original=save_original,
            strip_attachments=strip_attachments,
            thread_id=thread_id,
        )

    @api.model
    def _routing_check_route(self, message, message_dict, route, raise_exception=True):
        """Take no e-mail for what is on record: whoever wrote it can't be known."""
        if not self.env["mail.message"]._is_on_record(route[0]):
            return super()._routing_check_route(
                message, message_dict, route, raise_exception=raise_exception
            )
        self._routing_warn(
            self.env._("%s takes no e-mails", self.env["ir.model"]._get(route[0]).name),
            message_dict["message_id"],
            route,
            raise_exception,
        )
        return ()

    def _message_sms(self, *args, **kwargs):
        """Send what Odoo's code sends while somebody works, or a composer."""
        caused = self.with_context(sms_posted=CAUSED)
        message = super(MailThread, caused)._message_sms(*args, **kwargs)
        return message.with_env(self.env)

    def _sms_posted(self, message_type, kwargs):
        """Let what somebody posts by SMS count as sent by hand, as from a composer."""
        caused = self.env.su or self.env.context.get("sms_posted") is CAUSED
        if caused or not _is_sent(message_type, kwargs):
            return self
        return self.with_context(sms_posted=POSTED)

    def _message_track(self, fields_iter, initial_values_dict):
        """Say that what is tracked here has been seen to change."""
        seen = self.with_context(sms_tracking=TRACKING)
        return super(MailThread, seen)._message_track(fields_iter, initial_values_dict)

    def _sms_note(self, body, message_type, kwargs):
        """Return a note's text; one that goes by SMS costs no more than the SMS."""
        sent = _is_sent(message_type, kwargs)
        if sent and self.env["sms.gateway.config"]._default_ids():
            # What is longer than may be read is not sent: see the gate.
            return urls.unlinked((body or "")[: placeholders.LONGEST + 1])
        return body

    def _notify_thread_by_sms(
        self, message, recipients_data, msg_vals=False, sms_content=None, **kwargs
    ):
        """Send the text as it was written, however its note shows it.

        Of who is no employee nothing is sent: they may post, and Odoo lets a post name
        numbers. What they cause, such as a confirmation, the site's code sends.
        """
        if self._is_strangers_hand():
            _logger.warning(
                "User %s is no employee and sends no SMS by hand", self.env.uid
            )
            return True
        return super()._notify_thread_by_sms(
            message,
            recipients_data,
            msg_vals=msg_vals,
            sms_content=sms_content and urls.relinked(sms_content),
            **kwargs,
        )

    def _is_strangers_hand(self):
        """Tell whether a visitor or portal user posts, where a gateway would send."""
        return (
            not self.env.su
            and not self.env.user._is_internal()
            and bool(self.env["sms.gateway.config"]._default_ids())
        )


def _is_sent(message_type, kwargs):
    """Tell whether a post goes by SMS."""
    return message_type == "sms" or any(kwargs.get(name) for name in NUMBERS)


def _without_numbers(kwargs):
    return {name: value for name, value in kwargs.items() if name not in NUMBERS}
