from odoo import fields, models


class SmsPersonLog(models.Model):
    """Who exported or erased whose data, and when; never the data."""

    _name = "sms.person.log"
    _inherit = ["sms.form.mixin"]
    _description = "Personal Data Request on Record"
    _order = "id desc"
    _rec_name = "number_masked"

    action = fields.Selection(
        [("export", "Exported"), ("erase", "Erased")], required=True, readonly=True
    )
    create_uid = fields.Many2one("res.users", "By")
    create_date = fields.Datetime("On")
    number_masked = fields.Char("Number", required=True, readonly=True)
    number_hash = fields.Char(
        "Hash",
        required=True,
        readonly=True,
        help="Identical for identical numbers, even in the log after erasure.",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    details = fields.Char(readonly=True)
