from odoo import fields, models

from .beside import closed
from .failure_types import FAILURE_TYPES


class MailNotification(models.Model):
    _inherit = "mail.notification"

    failure_type = fields.Selection(selection_add=FAILURE_TYPES)

    def _has_field_access(self, field, operation):
        """Let employees read no numbers: a message of a gateway has its own rules.

        Odoo lets each of them read every notification.
        """
        allowed = super()._has_field_access(field, operation)
        if not allowed or field.name != "sms_number" or self.env.su:
            return allowed
        return self.env.user.has_group("base.group_system") or not any(
            self.env["sms.gateway.config"]._default_ids().values()
        )

    def _check_access(self, operation):
        return super()._check_access(operation) or closed(
            self, operation, id="sms_id_int"
        )
