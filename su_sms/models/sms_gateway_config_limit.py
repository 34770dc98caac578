from odoo import fields, models


class SmsGatewayConfig(models.Model):
    """How much one person may send by hand."""

    _inherit = "sms.gateway.config"

    hour_limit = fields.Integer(
        "Messages an Hour and User",
        default=1000,
        tracking=True,
        help="What one user may send by hand in an hour: from records, by automation"
        " rules, by test messages. Campaigns and mailings do not count; campaigns have"
        " approval instead. 0: no limit.",
    )

    _hour_limit = models.Constraint(
        "CHECK (hour_limit >= 0)", "A limit can't be negative."
    )
