from odoo import api, fields, models

from ..message.failure_types import FAILURE_TYPES


class SmsCampaignExclusion(models.Model):
    """How many people a campaign leaves out for one reason."""

    _name = "sms.campaign.exclusion"
    _inherit = ["sms.form.mixin"]
    _description = "SMS Campaign Exclusion"
    _order = "count desc, id"
    _log_access = False
    _rec_name = "reason"

    campaign_id = fields.Many2one("sms.campaign", required=True, ondelete="cascade")
    reason = fields.Selection(FAILURE_TYPES, "Left Out Because", readonly=True)
    count = fields.Integer("People", readonly=True)

    @api.depends("reason")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["reason"]._description_selection(self.env))
        for exclusion in self:
            exclusion.display_name = labels.get(exclusion.reason)
        self._hide_name()

    def action_open(self):
        """Open the people who are left out for this reason."""
        self.ensure_one()
        return self.campaign_id._open_recipients(
            [("reason", "=", self.reason)], self.display_name
        )
