"""What Odoo keeps beside a message is part of the journal where the message is.

Odoo lets marketers write traces and trackers, and users their notifications.
"""

from odoo import models


class MailingTrace(models.Model):
    _inherit = "mailing.trace"

    def _check_access(self, operation):
        return super()._check_access(operation) or _closed(
            self, operation, "sms_id_int", "id"
        )


class MailNotification(models.Model):
    _inherit = "mail.notification"

    def _check_access(self, operation):
        return super()._check_access(operation) or _closed(
            self, operation, "sms_id_int", "id"
        )


class SmsTracker(models.Model):
    _inherit = "sms.tracker"

    def _check_access(self, operation):
        return super()._check_access(operation) or _closed(
            self, operation, "sms_uuid", "uuid"
        )


def _closed(records, operation, name, of_message):
    """Give what ``_check_access`` gives for records beside messages of a gateway.

    :param name: the field that names the message, by its field ``of_message``
    """
    if records.env.su or operation == "read" or not any(records._ids):
        return None
    messages = records.env["sms.sms"]
    beside = records.sudo().filtered(name)
    named = [(of_message, "in", beside.mapped(name)), ("gateway_id", "!=", False)]
    routed = set(messages.sudo().search(named).mapped(of_message)) if beside else set()
    closed = beside.filtered(lambda record: record[name] in routed)
    return messages._closed(closed.with_env(records.env))
