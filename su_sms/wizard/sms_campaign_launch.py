from odoo import api, fields, models
from odoo.exceptions import UserError


class SmsCampaignLaunch(models.TransientModel):
    """The question before a campaign is launched: so many, so much, until then."""

    _name = "sms.campaign.launch"
    _description = "Launch an SMS Campaign"

    campaign_id = fields.Many2one("sms.campaign", required=True, readonly=True)
    people_count = fields.Integer(related="campaign_id.people_count")
    left_out_count = fields.Integer(related="campaign_id.left_out_count")
    part_count = fields.Integer(related="campaign_id.part_count")
    price = fields.Float(related="campaign_id.price")
    part_price = fields.Float(related="campaign_id.part_price")
    currency_id = fields.Many2one(related="campaign_id.currency_id")
    balance = fields.Float(related="campaign_id.balance")
    balance_at = fields.Datetime(related="campaign_id.balance_at")
    balance_short = fields.Float(related="campaign_id.balance_short")
    scheduled_at = fields.Datetime(related="campaign_id.scheduled_at")
    finish_at = fields.Datetime(related="campaign_id.finish_at")
    budget = fields.Float(related="campaign_id.budget")
    problem = fields.Char(compute="_compute_problem")
    environment = fields.Char(compute="_compute_gateway")
    wants_approval = fields.Boolean(compute="_compute_gateway")
    waits_for_window = fields.Boolean(compute="_compute_gateway")
    next_day = fields.Boolean(compute="_compute_gateway")

    @api.depends("campaign_id")
    def _compute_problem(self):
        """Say what keeps the campaign from being launched, before it is tried."""
        for wizard in self:
            try:
                wizard.campaign_id._check_can_launch()
            except UserError as error:
                wizard.problem = str(error)
            else:
                wizard.problem = False

    @api.depends("campaign_id")
    def _compute_gateway(self):
        for wizard in self:
            campaign = wizard.campaign_id
            gateway = campaign.gateway_id.sudo()
            wizard.environment = gateway.environment
            wizard.wants_approval = campaign._wants_approval()
            wizard.waits_for_window = campaign._waits_for_window()
            wizard.next_day = campaign._takes_days()

    def action_launch(self):
        self.ensure_one()
        self.campaign_id._launch()
        return {"type": "ir.actions.act_window_close"}
