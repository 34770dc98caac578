from odoo import api, fields, models

from ..message.failure_types import FAILURE_TYPES


class SmsCampaignRecipient(models.Model):
    """One of the people whom a campaign would reach or leave out: its last count.

    Made anew by each count, and gone when the campaign is launched, or if it was
    approved when it is prepared: then the messages themselves say all this.
    """

    _name = "sms.campaign.recipient"
    _inherit = ["sms.form.mixin", "sms.number.search"]
    _description = "SMS Campaign Recipient"
    _order = "id"
    _log_access = False
    _rec_name = "name"

    campaign_id = fields.Many2one("sms.campaign", required=True, ondelete="cascade")
    audience_id = fields.Many2one("sms.campaign.audience", ondelete="cascade")
    name = fields.Char()
    number = fields.Char()
    reason = fields.Selection(FAILURE_TYPES)
    detail = fields.Char("In Detail")
    line = fields.Integer("Line in the File")
    res_model = fields.Char()
    res_id = fields.Many2oneReference("Record", model_field="res_model")
    parts = fields.Integer()
    forcing = fields.Char(
        "Special Characters", help="Characters outside the GSM-7 alphabet."
    )

    missing = fields.Char(
        "Missing Values", help="Values used in the text that are empty."
    )
    differs = fields.Boolean(
        "Different Text",
        help="An earlier recipient has the same number but a different text.",
    )
    # Alike for texts that are alike; for those of which each number has one only.
    text_key = fields.Char(groups=".")
    once_key = fields.Char(groups=".")

    text = fields.Text(
        "Preview", compute="_compute_text", help="The text this recipient would get."
    )

    _once = models.UniqueIndex(
        "(campaign_id, number, (COALESCE(once_key, ''))) WHERE reason IS NULL"
    )
    _reason_idx = models.Index("(campaign_id, reason)")

    @api.depends("name", "number")
    @api.depends_context("uid")
    def _compute_display_name(self):
        for recipient in self:
            known = [each for each in (recipient.name, recipient.number) if each]
            recipient.display_name = ", ".join(known)
        self._hide_name()

    @api.depends_context("uid")
    def _compute_text(self):
        # Nothing is filled in for somebody whom only a form knows.
        known = self._origin._filtered_access("read")
        for recipient in self:
            recipient.text = False
            stored = recipient._origin
            if stored in known and not stored.reason:
                text, problem = stored.campaign_id.sudo()._preview(stored)
                recipient.text = text or problem

    @api.readonly
    def action_open_record(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }


class SmsCampaignLeftOut(models.Model):
    """How many people a campaign leaves out for one reason."""

    _name = "sms.campaign.left.out"
    _inherit = ["sms.form.mixin"]
    _description = "Left Out of SMS Campaign"
    _order = "count desc, id"
    _log_access = False
    _rec_name = "reason"

    campaign_id = fields.Many2one("sms.campaign", required=True, ondelete="cascade")
    reason = fields.Selection(FAILURE_TYPES, readonly=True)
    count = fields.Integer("People", readonly=True)

    @api.depends("reason")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["reason"]._description_selection(self.env))
        for left_out in self:
            left_out.display_name = labels.get(left_out.reason)
        self._hide_name()

    @api.readonly
    def action_open(self):
        """Open the people who are left out for this reason."""
        self.ensure_one()
        return self.campaign_id._open_recipients(
            [("reason", "=", self.reason)], self.display_name
        )


# How the price of a part is known.
PRICE_SOURCES = [
    ("charged", "From recent charges"),
    ("mean", "Average of all networks"),
    ("set", "Set on the gateway"),
    ("unknown", "Not known yet"),
]


class SmsCampaignNetwork(models.Model):
    """How many of a campaign's recipients are in one network, and what they cost."""

    _name = "sms.campaign.network"
    _inherit = ["sms.form.mixin"]
    _description = "SMS Campaign Network"
    _order = "recipient_count desc, id"
    _log_access = False

    campaign_id = fields.Many2one(
        "sms.campaign", required=True, ondelete="cascade", index=True
    )
    gateway_id = fields.Many2one(related="campaign_id.gateway_id")
    network = fields.Char(
        "Reported Network",
        readonly=True,
        help="Empty: not known, or based on too few recipients to be shown.",
    )
    name = fields.Char("Network", compute="_compute_name")
    recipient_count = fields.Integer("Recipients", readonly=True)
    part_count = fields.Integer("Parts", readonly=True)
    price = fields.Float("Price per Part", digits=(16, 4), compute="_compute_price")
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
