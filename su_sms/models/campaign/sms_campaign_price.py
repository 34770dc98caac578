from odoo import api, fields, models

# Of fewer people in a network none is named: a campaign to one number would tell which
# network it is in.
FEWEST = 5


class SmsCampaign(models.Model):
    """What a campaign will cost: parts by network, at what each network charges.

    A number's network is that of its last delivery report. Its first digits would be a
    guess: in Kenya people keep their number when they change networks.
    """

    _inherit = "sms.campaign"

    network_ids = fields.One2many(
        "sms.campaign.network", "campaign_id", "By Network", readonly=True, copy=False
    )
    part_price = fields.Float(
        "Price of a Part",
        digits=(16, 4),
        compute="_compute_price",
        help="The mean, if networks charge differently.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_price")
    price = fields.Float("Estimated Cost", digits=(16, 2), compute="_compute_price")
    balance = fields.Float(digits=(16, 2), compute="_compute_price")
    balance_currency_id = fields.Many2one("res.currency", compute="_compute_price")
    balance_short = fields.Float(
        "Credit That Is Missing", digits=(16, 2), compute="_compute_price"
    )
    # Kept from the launch on: what the budget reckons with, and the estimate.
    message_price = fields.Float(digits=(16, 4), readonly=True, copy=False)
    estimate = fields.Float(
        "Estimate at Launch", digits=(16, 2), readonly=True, copy=False
    )

    @api.depends("part_count", "gateway_id", "network_ids.part_count")
    def _compute_price(self):
        for gateway, campaigns in self.grouped("gateway_id").items():
            gateway = gateway.sudo()
            prices = gateway._price_list()
            for campaign in campaigns:
                campaign._set_price(prices)
                campaign.balance = gateway.balance
                campaign.balance_currency_id = gateway.balance_currency_id
                # The sandbox has dollars and charges shillings: not to be compared.
                same = gateway.balance_currency_id in (
                    prices.currency,
                    gateway.env["res.currency"],
                )
                known = gateway.balance_at and campaign.price and same
                campaign.balance_short = (
                    max(campaign.price - gateway.balance, 0) if known else 0
                )

    def _set_price(self, prices):
        """Set price and currency by a gateway's PriceList."""
        # Networks are counted when everybody is.
        known = sum(self.network_ids.mapped("part_count"))
        self.price = prices.mean * (self.part_count - known) + sum(
            prices.of(row.network)[0] * row.part_count for row in self.network_ids
        )
        self.part_price = (
            self.price / self.part_count if self.part_count else prices.mean
        )
        self.currency_id = prices.currency

    def _count_networks(self):
        """Count people by the network in which their last message was delivered.

        Those of a network that has few of them count as of none.
        """
        self.env["sms.sms"].flush_model()
        self.env.cr.execute(
            """
              SELECT CASE WHEN of_network.people >= %(fewest)s
                          THEN of_network.network END AS network,
                     sum(people)::int AS people_count, sum(parts)::int AS part_count
                FROM (SELECT last.network, count(*) AS people, sum(r.parts) AS parts
                        FROM sms_campaign_recipient r
                   LEFT JOIN LATERAL (
                             SELECT network FROM sms_sms
                              WHERE gateway_id = %(gateway)s AND number = r.number
                                AND network IS NOT NULL
                           ORDER BY id DESC LIMIT 1
                             ) AS last ON TRUE
                       WHERE r.campaign_id = %(campaign)s AND r.reason IS NULL
                    GROUP BY last.network) AS of_network
            GROUP BY 1
            """,
            {
                "fewest": FEWEST,
                "gateway": self.gateway_id.id,
                "campaign": self.id,
            },
        )
        rows = self.env.cr.dictfetchall()
        self.network_ids.unlink()
        self.network_ids.create([{"campaign_id": self.id, **row} for row in rows])
