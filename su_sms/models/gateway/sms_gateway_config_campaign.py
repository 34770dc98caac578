from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .sms_gateway_config import SENDER_ID


class SmsGatewayConfig(models.Model):
    """What campaigns may cost, and by which names they may be sent."""

    _inherit = "sms.gateway.config"

    more_senders = fields.Char(
        "Further Sender IDs",
        tracking=True,
        help="Registered with the same account, separated by commas: campaigns may"
        " choose one of them.",
    )
    day_budget = fields.Float(
        "Budget a Day",
        digits=(16, 2),
        tracking=True,
        help="What each company's campaigns and mailings may cost in a day; the rest"
        " goes on the next day. 0: no limit.",
    )
    approval_people = fields.Integer(
        "Approve Above (Recipients)",
        tracking=True,
        help="A campaign to more people than this is approved by a manager. 0: never.",
    )
    approval_amount = fields.Float(
        "Approve Above (Cost)",
        digits=(16, 2),
        tracking=True,
        help="A campaign that costs more than this is approved by a manager. 0: never.",
    )

    _limits = models.Constraint(
        "CHECK (day_budget >= 0 AND approval_people >= 0 AND approval_amount >= 0)",
        "Limits can't be negative.",
    )

    @api.constrains("more_senders")
    def _check_more_senders(self):
        for gateway in self:
            for sender in gateway._senders():
                if not SENDER_ID.fullmatch(sender):
                    raise ValidationError(
                        self.env._(
                            "“%s” is no sender ID: a short code, or 3 to 11 letters and"
                            " digits without spaces.",
                            sender,
                        )
                    )

    def _senders(self):
        """Give the sender IDs that campaigns may choose from."""
        self.ensure_one()
        senders = [self.sender_id or "", *(self.more_senders or "").split(",")]
        return [sender.strip() for sender in senders if sender.strip()]
