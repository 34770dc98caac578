from odoo import api, fields, models
from odoo.exceptions import UserError

STATES = [
    ("draft", "Draft"),
    ("approval", "To Approve"),
    ("scheduled", "Scheduled"),
    ("preparing", "Preparing"),
    ("sending", "Sending"),
    ("paused", "Paused"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]


class SmsCampaign(models.Model):
    """One text to many people: who, what, when and at what price.

    This file has what a campaign is; how it gets its people, its price and its way
    through the states is in the files beside it.
    """

    _name = "sms.campaign"
    _description = "SMS Campaign"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(
        required=True,
        tracking=True,
        help="For you and your colleagues; recipients do not see it.",
    )
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
        group_expand=True,
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        required=True,
        default=lambda self: self.env.user,
        tracking=True,
        help="Whose access rights say which records the audience may have, and who is"
        " told when something needs a person.",
    )
    gateway_id = fields.Many2one(
        "sms.gateway.config",
        required=True,
        default=lambda self: self._default_gateway(),
        check_company=True,
        tracking=True,
    )
    sender_id = fields.Char(
        "Sender ID",
        tracking=True,
        help="What recipients see as the sender. Empty: the gateway's.",
    )
    message_class = fields.Selection(
        [("promotional", "Promotional"), ("transactional", "Transactional")],
        "Class",
        required=True,
        default="promotional",
        tracking=True,
        help="Promotional: news, events, offers. Never to people who opted out, and"
        " only within the hours. Transactional: what people must know or have asked"
        " for, such as results, fees, closures.",
    )
    message_ids_sent = fields.One2many("sms.sms", "campaign_id", "Messages")

    @api.model
    def _default_gateway(self):
        return self.env["sms.gateway.config"].sudo()._gateway_of(self.env.company)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_launched(self):
        if any(campaign.state not in ("draft", "cancelled") for campaign in self):
            raise UserError(
                self.env._(
                    "A campaign that was launched stays on record. Cancel it if it"
                    " should go no further."
                )
            )
