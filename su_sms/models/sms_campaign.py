from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .defaults import without_defaults

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
# The way of most campaigns.
MAIN = ("draft", "scheduled", "sending", "done")
# While nobody has launched it, a campaign may be changed.
OPEN = ("draft",)
# What is agreed at launch; the rest may be changed while it runs.
AGREED = {
    "body",
    "template_id",
    "shorten_links",
    "message_class",
    "gateway_id",
    "sender_id",
    "audience_ids",
    "company_id",
    "scheduled_at",
    "optout",
}
# Whose rights count: of who last said to whom, and of who last said what.
AUTHORS = {
    "author_id": {"audience_ids"},
    "text_author_id": {"body", "template_id"},
}
# In a context: leave the check to the campaign. No caller from outside can have it.
CHECK_LATER = object()
# What only the methods of the campaign change, whoever calls.
KEPT = {
    "state",
    *AUTHORS,
    "template_texts",
    "source_id",
    "check_state",
    "people_count",
    "left_out_count",
    "part_count",
    "worst_parts",
    "unicode_count",
    "unicode_characters",
    "message_price",
    "estimate",
    "pause_reason",
    "pause_text",
    "launched_at",
    "launched_by_id",
    "approved_by_id",
    "agreed_people_count",
    "agreed_part_count",
    "prepared_at",
    "ended_at",
}


class SmsCampaign(models.Model):
    """One text to many people: who, what, when and at what price.

    This file has what a campaign is; how it is checked, prepared and run is in the
    files beside it.
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
        group_expand="_group_expand_state",
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
        help="Who is told when something needs a person.",
    )
    author_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        # Without one, the job's own rights would count.
        ondelete="restrict",
        help="Who last said to whom it goes. Their access rights say which records the"
        " audience may have.",
    )
    text_author_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Who last changed the text. Their access rights say what its placeholders"
        " may read.",
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
    audience_ids = fields.One2many("sms.campaign.audience", "campaign_id", copy=True)
    sms_ids = fields.One2many("sms.sms", "campaign_id", "SMS")

    # What
    template_id = fields.Many2one(
        "sms.template",
        help="Each recipient gets its text in their own language, where it is"
        " translated; who has none gets it in the language of whoever wrote it or chose"
        " it here.",
    )
    body = fields.Text(
        "Text",
        compute="_compute_body",
        store=True,
        readonly=False,
        help="Placeholders such as {{ object.name }} are filled in for each recipient;"
        " a file's columns as well: {{ object.fee_balance }}.",
    )
    shorten_links = fields.Boolean(
        "Short Links",
        help="Links in the text become short ones, and their clicks are counted.",
    )
    source_id = fields.Many2one("utm.source", readonly=True, copy=False)

    # When
    scheduled_at = fields.Datetime(
        "Send At", copy=False, tracking=True, help="Empty: as soon as it is launched."
    )
    within_window = fields.Boolean(
        "Within the Hours Only",
        help="Send within the gateway's hours for promotional SMS; the rest goes on"
        " the next day. Always so for promotional campaigns.",
    )
    not_after = fields.Datetime(
        copy=False,
        tracking=True,
        help="What has not left by then is given up, such as an invitation to an"
        " event that is over.",
    )
    pace = fields.Integer(
        "Messages a Minute",
        tracking=True,
        help="So that not everybody calls at once. 0: as fast as the gateway can.",
    )

    # Price
    budget = fields.Float(
        digits=(16, 2),
        tracking=True,
        help="The campaign is paused before it costs more. 0: no limit.",
    )

    _amounts = models.Constraint(
        "CHECK (pace >= 0 AND budget >= 0)", "A pace and a budget can't be negative."
    )

    @api.model
    def _default_gateway(self):
        return self.env["sms.gateway.config"].sudo()._gateway_of(self.env.company)

    @api.model
    def _group_expand_state(self, states, _domain):
        """Show the main states always, the others where there are any."""
        return [state for state, _name in STATES if state in MAIN or state in states]

    @api.depends("template_id")
    def _compute_body(self):
        for campaign in self.filtered("template_id"):
            campaign.body = campaign.template_id.body

    @api.constrains("sender_id", "gateway_id")
    def _check_sender_id(self):
        for campaign in self.filtered("sender_id"):
            known = campaign.gateway_id.sudo()._senders()
            if campaign.sender_id not in known:
                raise ValidationError(
                    self.env._(
                        "“%(sender)s” is no sender ID of this gateway."
                        " It has: %(known)s",
                        sender=campaign.sender_id,
                        known=", ".join(known) or self.env._("none"),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_kept(set().union(*vals_list))
        draft = without_defaults(self._later(), KEPT)
        campaigns = super(SmsCampaign, draft).create(vals_list)
        campaigns.sudo().write(dict.fromkeys(AUTHORS, self.env.uid))
        return campaigns.with_env(self.env)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        return [
            dict(vals, name=self.env._("%s (copy)", campaign.name))
            for campaign, vals in zip(self, vals_list, strict=True)
        ]

    def write(self, vals):
        self._check_kept(set(vals))
        if AGREED & set(vals):
            self._check_still_open()
            if not self.env.su:
                self._keep_authors(set(vals))
        return super(SmsCampaign, self._later()).write(vals)

    def _keep_authors(self, names):
        """Keep who says what or to whom: nobody lends their rights to another's words.

        Whoever only changes the time of a campaign has said neither.
        """
        changed = [author for author, said in AUTHORS.items() if said & names]
        if changed:
            self.sudo().write(dict.fromkeys(changed, self.env.uid))

    def _later(self):
        """Give these in a context in which audiences leave the check to them."""
        return self.with_context(su_sms_check_later=CHECK_LATER)

    def _check_kept(self, names):
        if KEPT & names and not self.env.su:
            raise AccessError(
                self.env._("How far a campaign is can only be changed by its buttons.")
            )

    def _check_still_open(self):
        if any(campaign.state not in OPEN for campaign in self):
            raise UserError(
                self.env._(
                    "This campaign was launched: its text and audience stay as they"
                    " are. Duplicate it to send another."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_launched(self):
        if any(campaign.state not in OPEN for campaign in self):
            raise UserError(
                self.env._(
                    "A campaign that was launched stays on record. Cancel it if it"
                    " should go no further."
                )
            )
