import base64
import binascii

from odoo import Command, api, models
from odoo.exceptions import UserError

from ..text import table
from .sms_campaign_audience_rows import columns


class SmsCampaignAudience(models.Model):
    """The columns of a file, shown for correction before it is saved."""

    _inherit = "sms.campaign.audience"

    @api.depends("file_name")
    def _compute_name(self):
        result = super()._compute_name()
        for audience in self.filtered(lambda a: a.kind == "file" and a.file_name):
            audience.name = audience.file_name
        return result

    @api.onchange("file")
    def _onchange_file(self):
        """Show what the columns were taken for."""
        self.column_ids = [Command.clear()]
        if not self.file:
            return
        try:
            found = table.read(base64.b64decode(self.file), self._row_country())
        except (table.TableError, binascii.Error) as error:
            raise UserError(str(error)) from None
        self.column_ids = [Command.create(column) for column in columns(found)]
