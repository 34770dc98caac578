from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .sms_gateway_config import SENDER_ID

# So many of the last answers tell what a part costs.
RECENT = 2000


class SmsGatewayConfig(models.Model):
    """What campaigns may cost, and what a part does cost."""

    _inherit = "sms.gateway.config"

    more_senders = fields.Char(
        "Further Sender IDs",
        tracking=True,
        help="Registered with the same account, separated by commas: campaigns may"
        " choose one of them.",
    )
    price_per_part = fields.Float(
        digits=(16, 4),
        tracking=True,
        help="What one part of an SMS costs, for estimates. 0: learnt from what the"
        " provider charged for the last messages.",
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
        "CHECK (price_per_part >= 0 AND day_budget >= 0 AND approval_people >= 0"
        " AND approval_amount >= 0)",
        "Prices and limits can't be negative.",
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

    def _prices(self):
        """Give what a part costs by network, as the provider charged it lately.

        :return: [{"network", "currency_id", "price", "share"}], the most used first;
            ``share`` is the part of recent messages that went there
        """
        self.ensure_one()
        self.env["sms.sms"].flush_model()
        self.env.cr.execute(
            """
              SELECT coalesce(network, '') AS network, currency_id,
                     avg(cost / parts) AS price,
                     count(*) / sum(count(*)) OVER () AS share
                FROM (SELECT network, currency_id, cost, parts FROM sms_sms
                       WHERE gateway_id = %s AND cost > 0 AND parts > 0
                         AND currency_id IS NOT NULL
                    ORDER BY id DESC LIMIT %s) AS recent
            GROUP BY 1, 2 ORDER BY share DESC
            """,
            [self.id, RECENT],
        )
        return [
            row | {"price": float(row["price"]), "share": float(row["share"])}
            for row in self.env.cr.dictfetchall()
        ]

    def _part_price(self):
        """Give (price of a part, currency): set, or the mean of what was charged.

        The price is 0 if nothing is known yet.
        """
        self.ensure_one()
        prices = self._prices()
        currency = self.balance_currency_id
        if prices:
            currency = self.env["res.currency"].browse(prices[0]["currency_id"])
        if self.price_per_part:
            return self.price_per_part, currency
        same = [row for row in prices if row["currency_id"] == currency.id]
        share = sum(row["share"] for row in same)
        price = sum(row["price"] * row["share"] for row in same)
        return (price / share if share else 0.0), currency
