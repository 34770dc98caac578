from odoo import api, fields, models

# How the price of a part is known.
PRICE_SOURCES = [
    ("charged", "Charged lately"),
    ("mean", "Mean of all networks"),
    ("set", "Set on the gateway"),
    ("unknown", "Not known yet"),
]


class SmsCampaignNetwork(models.Model):
    """How many of a campaign's people are in one network, and what they will cost."""

    _name = "sms.campaign.network"
    _inherit = ["sms.form.mixin"]
    _description = "SMS Campaign Network"
    _order = "people_count desc, id"
    _log_access = False

    campaign_id = fields.Many2one(
        "sms.campaign", required=True, ondelete="cascade", index=True
    )
    gateway_id = fields.Many2one(related="campaign_id.gateway_id")
    network = fields.Char(
        "Reported Network",
        readonly=True,
        help="Empty: it is not known, or of too few people to be told.",
    )
    name = fields.Char("Network", compute="_compute_name")
    people_count = fields.Integer("People", readonly=True)
    part_count = fields.Integer("Parts", readonly=True)
    price = fields.Float("A Part", digits=(16, 4), compute="_compute_price")
    cost = fields.Float(digits=(16, 2), compute="_compute_price")
    source = fields.Selection(PRICE_SOURCES, "Price", compute="_compute_price")

    @api.depends("network")
    def _compute_name(self):
        for row in self:
            row.name = row.network or self.env._("Not known yet")

    @api.depends("network", "part_count", "gateway_id")
    def _compute_price(self):
        for gateway, rows in self.grouped("gateway_id").items():
            prices = gateway.sudo()._price_list()
            for row in rows:
                row.price, row.source = prices.of(row.network)
                row.cost = row.price * row.part_count
