from typing import Any, NamedTuple

from odoo import fields, models

# So many of the last answers tell what a part costs.
RECENT = 2000


class PriceList(NamedTuple):
    """What a part costs at a gateway.

    :ivar mean: for whom the network is not known, or what it charges
    :ivar source: how the mean is known: mean (learnt), set, or unknown
    :ivar by_network: {network: price}, as charged lately
    """

    currency: Any
    mean: float
    source: str
    by_network: dict[str, float]

    def of(self, network):
        """Give (price of a part, how it is known) in a network."""
        if network in self.by_network:
            return self.by_network[network], "charged"
        return self.mean, self.source


class SmsGatewayConfig(models.Model):
    """What a part costs: set, or learnt from what the provider charged."""

    _inherit = "sms.gateway.config"

    price_per_part = fields.Float(
        digits=(16, 4),
        tracking=True,
        help="What one part of an SMS costs, for estimates. 0: learnt from what the"
        " provider charged for the last messages.",
    )
    _price = models.Constraint(
        "CHECK (price_per_part >= 0)", "A price can't be negative."
    )

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
                         -- what was sent again was charged more than once
                         AND queued_at IS NULL
                    ORDER BY id DESC LIMIT %s) AS recent
            GROUP BY 1, 2 ORDER BY share DESC
            """,
            [self.id, RECENT],
        )
        return [
            row | {"price": float(row["price"]), "share": float(row["share"])}
            for row in self.env.cr.dictfetchall()
        ]

    def _price_list(self):
        """Give the PriceList: one set price, or what was charged lately.

        Prices are 0 if nothing is known yet, as of no gateway: a form that is not
        saved yet may have none.
        """
        prices = self._prices() if self else []
        currency = self.balance_currency_id
        if prices:
            currency = self.env["res.currency"].browse(prices[0]["currency_id"])
        if self.price_per_part:
            return PriceList(currency, self.price_per_part, "set", {})
        same = [row for row in prices if row["currency_id"] == currency.id]
        share = sum(row["share"] for row in same)
        if not share:
            return PriceList(currency, 0.0, "unknown", {})
        mean = sum(row["price"] * row["share"] for row in same) / share
        by_network = {row["network"]: row["price"] for row in same if row["network"]}
        return PriceList(currency, mean, "mean", by_network)

    def _terms(self, people):
        """Give what a form counts and prices a text with while it is typed.

        :param people: how many get it; 0 for a text with no price
        :return: ``{"sanitise", "people"}`` and, for people, ``"price"`` of a part (0 if
            nothing is known yet) and its ``"currency"``; False without a gateway
        """
        if not self:
            return False
        terms = {"sanitise": self.sanitise, "people": people}
        if people:
            prices = self._price_list()
            currency = prices.currency.name or ""
            terms |= {"price": prices.mean, "currency": currency}
        return terms
