from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .sms_campaign import CHECK_LATER


class SmsCampaignColumn(models.Model):
    """A column of an uploaded file: what it was taken for, for a person to correct."""

    _name = "sms.campaign.column"
    _description = "SMS Campaign Column"
    _order = "sequence, id"
    _rec_name = "title"

    audience_id = fields.Many2one(
        "sms.campaign.audience", required=True, readonly=True, ondelete="cascade"
    )
    sequence = fields.Integer(readonly=True)
    title = fields.Char("Column", readonly=True)
    slug = fields.Char(readonly=True)
    placeholder = fields.Char(compute="_compute_placeholder")
    role = fields.Selection(
        [
            ("number", "Phone Number"),
            ("name", "Name"),
            ("placeholder", "For the Text"),
        ],
        "Holds",
        required=True,
        default="placeholder",
    )
    example = fields.Char("First Row", readonly=True)

    @api.depends("slug")
    def _compute_placeholder(self):
        for column in self:
            column.placeholder = "{{ object." + column.slug + " }}"

    def write(self, vals):
        result = super().write(vals)
        later = self.env.context.get("su_sms_check_later") is CHECK_LATER
        if "role" in vals and not later:
            self._check_roles()
        if set(vals) - {"example"}:
            self.audience_id._changed()
        return result

    def _check_roles(self):
        for audience in self.audience_id:
            roles = audience.column_ids.mapped("role")
            if roles.count("number") != 1 or roles.count("name") > 1:
                raise ValidationError(
                    self.env._(
                        "One column holds the phone number, and at most one the name."
                    )
                )
