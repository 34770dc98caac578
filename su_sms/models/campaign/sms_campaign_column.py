from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ...tools.count_later import is_later
from .sms_campaign_audience_rows import NUMBER_COLUMNS


class SmsCampaignColumn(models.Model):
    """A column of an uploaded file: what it was taken for, for a person to correct."""

    _name = "sms.campaign.column"
    _inherit = ["sms.form.mixin", "sms.own.companies"]
    _description = "SMS Campaign Column"
    _order = "sequence, id"
    _rec_name = "title"

    audience_id = fields.Many2one(
        "sms.campaign.audience", required=True, readonly=True, ondelete="cascade"
    )
    # Not readonly: the form of a file that is not saved yet has its columns from here.
    sequence = fields.Integer()
    title = fields.Char("Column")
    slug = fields.Char()
    placeholder = fields.Char(compute="_compute_placeholder")
    role = fields.Selection(
        [
            ("number", "Phone Number"),
            ("fallback", "Alternative Phone Number"),
            ("name", "Name"),
            ("placeholder", "For the Text"),
        ],
        "Holds",
        required=True,
        default="placeholder",
    )
    example = fields.Char("First Row")
    hidden = fields.Boolean(help="This column is hidden in the spreadsheet.")
    numbers = fields.Char(
        "Rows with a Number", help="Of the first rows of the file, up to 100."
    )

    @api.depends("slug")
    def _compute_placeholder(self):
        for column in self:
            slug = column.slug
            column.placeholder = "{{ object." + slug + " }}" if slug else False

    def write(self, vals):
        if set(vals) - {"role"} and not self.env.su:
            raise AccessError(
                self.env._("You can change what a column holds, but not the file.")
            )
        result = super().write(vals)
        if "role" in vals:
            self.filtered(
                lambda column: not is_later(column.audience_id.campaign_id)
            )._check_roles()
        if set(vals) - {"example"}:
            self.audience_id._changed()
        return result

    def _check_roles(self):
        for audience in self.audience_id:
            roles = audience.column_ids.mapped("role")
            if roles.count("number") != 1 or roles.count("name") > 1:
                raise ValidationError(
                    self.env._(
                        "Choose exactly one Phone Number column and at most one Name"
                        " column."
                    )
                )
            if roles.count("number") + roles.count("fallback") > NUMBER_COLUMNS:
                raise ValidationError(
                    self.env._(
                        "Choose at most %s Alternative Phone Number columns.",
                        NUMBER_COLUMNS - 1,
                    )
                )


class SmsCampaignRow(models.Model):
    """A row of what was pasted or uploaded, as it is; gone when it has been sent."""

    _name = "sms.campaign.row"
    _inherit = ["sms.form.mixin"]
    _description = "SMS Campaign Row"
    _order = "id"
    _log_access = False
    _rec_name = "line"

    audience_id = fields.Many2one(
        "sms.campaign.audience", required=True, ondelete="cascade"
    )
    line = fields.Integer(readonly=True)
    cells = fields.Json(readonly=True)
    skip = fields.Selection(
        [("hidden", "Hidden"), ("struck", "Struck Through")],
        readonly=True,
        help="Why the file's people would not count it.",
    )
    # How the numbers in it end, so that one is found; none if there are very many.
    tails = fields.Json(readonly=True, groups=".")

    _tails_idx = models.Index("USING gin (tails jsonb_path_ops)")
    _no_tails_idx = models.Index("(audience_id) WHERE tails IS NULL")
    _audience_idx = models.Index("(audience_id, id)")
