from odoo import fields, models


class SmsPace(models.Model):
    """Until when the pace of a gateway or campaign is filled.

    Apart from both, since it changes with each claim: whoever writes to a gateway or
    campaign would else meet the dispatcher.
    """

    _name = "sms.pace"
    _inherit = ["sms.form.mixin"]
    _description = "SMS Pace"
    _log_access = False

    gateway_id = fields.Many2one(
        "sms.gateway.config", required=True, ondelete="cascade"
    )
    campaign_id = fields.Many2one("sms.campaign", ondelete="cascade")
    paced_until = fields.Datetime()

    _once = models.UniqueIndex("(gateway_id, COALESCE(campaign_id, 0))")
