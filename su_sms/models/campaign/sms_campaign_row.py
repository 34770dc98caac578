from odoo import fields, models


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

    _audience_idx = models.Index("(audience_id, id)")
