from odoo import fields, models

from .beside import closed
from .failure_types import FAILURE_TYPES


class MailNotification(models.Model):
    _inherit = "mail.notification"

    failure_type = fields.Selection(selection_add=FAILURE_TYPES)
    # Odoo lets every employee read every notification; a message has its own rules.
    sms_number = fields.Char(groups="base.group_system")

    def _check_access(self, operation):
        return super()._check_access(operation) or closed(
            self, operation, id="sms_id_int"
        )
