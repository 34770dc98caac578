"""What Odoo keeps beside a message is part of the journal where the message is.

Odoo lets marketers write traces and trackers, and users their notifications.
"""

from odoo import models


class MailingTrace(models.Model):
    _inherit = "mailing.trace"

    def _check_access(self, operation):
        return super()._check_access(operation) or _closed(
            self, operation, id="sms_id_int"
        )


class MailNotification(models.Model):
    _inherit = "mail.notification"

    def _check_access(self, operation):
        return super()._check_access(operation) or _closed(
            self, operation, id="sms_id_int"
        )


class SmsTracker(models.Model):
    _inherit = "sms.tracker"

    def _check_access(self, operation):
        result = super()._check_access(operation)
        return result or (
            _closed(self, operation, uuid="sms_uuid")
            or _closed(self, operation, id="mailing_trace_id.sms_id_int")
            or _closed(self, operation, id="mail_notification_id.sms_id_int")
        )

    def _of_gateways(self):
        """Return those that tell what became of a message of a gateway."""
        return (
            _beside(self, uuid="sms_uuid")
            | _beside(self, id="mailing_trace_id.sms_id_int")
            | _beside(self, id="mail_notification_id.sms_id_int")
        )


def _closed(records, operation, **names):
    """Give what ``_check_access`` gives for records beside messages of a gateway.

    :param names: as of ``_beside``
    """
    if records.env.su or operation == "read" or not any(records._ids):
        return None
    closed = _beside(records.sudo(), **names)
    return records.env["sms.sms"]._closed(closed.with_env(records.env))


def _beside(records, **names):
    """Return the records beside messages of a gateway.

    :param names: a message's field, and the path of the records' that has its value
    """
    [(of_message, path)] = names.items()
    values = {value for value in records.mapped(path) if value}
    if not values:
        return records.browse()
    domain = [(of_message, "in", list(values)), ("gateway_id", "!=", False)]
    routed = set(records.env["sms.sms"].sudo().search(domain).mapped(of_message))
    return records.filtered(lambda record: routed.intersection(record.mapped(path)))
