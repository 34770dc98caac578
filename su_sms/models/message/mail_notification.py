from odoo import fields, models

from .failure_types import FAILURE_TYPES


class MailNotification(models.Model):
    _inherit = "mail.notification"

    failure_type = fields.Selection(selection_add=FAILURE_TYPES)
