from odoo import fields, models

from ..message.beside import closed
from ..message.failure_types import FAILURE_TYPES


class MailingTrace(models.Model):
    _inherit = "mailing.trace"

    failure_type = fields.Selection(selection_add=FAILURE_TYPES)

    def _check_access(self, operation):
        return super()._check_access(operation) or closed(
            self, operation, id="sms_id_int"
        )
