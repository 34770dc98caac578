from odoo import api, fields, models
from odoo.exceptions import UserError

# What the campaign itself says.
FIGURES = (
    "counted_at",
    "recipient_count",
    "left_out_count",
    "part_count",
    "price",
    "price_text",
    "part_price",
    "currency_id",
    "balance",
    "balance_currency_id",
    "balance_at",
    "balance_short",
    "balance_short_text",
    "scheduled_at",
    "expected_end_at",
    "message_class",
    "budget",
    "missing_count",
    "missing_text",
    "shared_count",
    "file_notes",
)
# What a person has to decide, and what it is about.
ANSWERS = {"when_empty": "missing_count", "when_shared": "shared_count"}


class SmsCampaignLaunch(models.TransientModel):
    """The question before a campaign is launched: so many, so much, until then."""

    _name = "sms.campaign.launch"
    _inherit = ["sms.form.mixin", "sms.own.companies"]
    _description = "Launch an SMS Campaign"

    campaign_id = fields.Many2one("sms.campaign", required=True)
    counted_at = fields.Datetime("Counted", compute="_compute_figures")
    recipient_count = fields.Integer("Recipients", compute="_compute_figures")
    left_out_count = fields.Integer("Left Out", compute="_compute_figures")
    part_count = fields.Integer("Total Parts", compute="_compute_figures")
    price = fields.Float("Estimated Cost", digits=(16, 2), compute="_compute_figures")
    price_text = fields.Char("Price", compute="_compute_figures")
    balance_short_text = fields.Char("Missing Amount", compute="_compute_figures")
    part_price = fields.Float(
        "Price of a Part", digits=(16, 4), compute="_compute_figures"
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_figures")
    balance = fields.Float(digits=(16, 2), compute="_compute_figures")
    balance_currency_id = fields.Many2one("res.currency", compute="_compute_figures")
    balance_at = fields.Datetime("Balance Updated", compute="_compute_figures")
    balance_short = fields.Float(
        "Missing Credit", digits=(16, 2), compute="_compute_figures"
    )
    scheduled_at = fields.Datetime("Send At", compute="_compute_figures")
    expected_end_at = fields.Datetime("Expected End", compute="_compute_figures")
    budget = fields.Float(digits=(16, 2), compute="_compute_figures")
    problem = fields.Char(compute="_compute_problem")
    environment = fields.Char(compute="_compute_figures")
    wants_approval = fields.Boolean(compute="_compute_figures")
    waits_for_window = fields.Boolean("Waits for Hours", compute="_compute_figures")
    next_day = fields.Boolean(compute="_compute_figures")
    missing_count = fields.Integer("Without a Value", compute="_compute_figures")
    missing_text = fields.Char("Missing Values", compute="_compute_figures")
    shared_count = fields.Integer(
        "Same Number, Different Text", compute="_compute_figures"
    )
    file_notes = fields.Text("Remarks on the File", compute="_compute_figures")
    asks_empty = fields.Boolean(compute="_compute_figures")
    asks_shared = fields.Boolean(compute="_compute_figures")
    when_empty = fields.Selection(
        lambda self: self._choices_of("when_empty"), "If a Value Is Missing"
    )
    when_shared = fields.Selection(
        lambda self: self._choices_of("when_shared"), "Shared Numbers"
    )
    message_class = fields.Char(compute="_compute_figures")
    urgent = fields.Boolean(
        groups="su_sms.group_manager",
        help="It is sent before everything else on its gateway. Only for what can't"
        " wait, such as a danger: who launched it and why is recorded.",
    )
    urgent_reason = fields.Char("Reason for Urgency", groups="su_sms.group_manager")

    @api.depends("campaign_id")
    def _compute_figures(self):
        # Related fields would not ask whether the caller may see the campaign.
        self.campaign_id.check_access("read")
        for wizard in self:
            campaign = wizard.campaign_id
            for name in FIGURES:
                wizard[name] = campaign[name]
            gateway = campaign.gateway_id.sudo()
            wizard.environment = gateway.environment
            wizard.wants_approval = campaign._wants_approval()
            wizard.waits_for_window = campaign._waits_for_window()
            wizard.next_day = campaign._takes_days()
            wizard.asks_empty = bool(campaign.missing_count) and not campaign.when_empty
            wizard.asks_shared = (
                bool(campaign.shared_count) and not campaign.when_shared
            )

    @api.model
    def _choices_of(self, name):
        field = self.env["sms.campaign"]._fields[name]
        return field._description_selection(self.env)

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

    def action_launch(self):
        self.ensure_one()
        answers = {name: self[name] for name in ANSWERS if self[name]}
        if answers:
            self.campaign_id.write(answers)
            if self.campaign_id.count_state == "running":
                return self._told_to_wait()
        # Who is no manager can't have set it.
        choice = self.sudo()
        self.campaign_id._launch(
            urgent=(choice.urgent_reason or "") if choice.urgent else None
        )
        return {"type": "ir.actions.act_window_close"}

    def _told_to_wait(self):
        text = self.env._(
            "The recipients are being counted again with your answer. Launch the"
            " campaign after that."
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": text,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
