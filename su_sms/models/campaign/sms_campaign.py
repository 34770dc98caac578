from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...text import placeholders
from ...tools import authors
from ...tools.count_later import count_later
from ..sms_form_mixin import NAMING

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
    "when_empty",
    "when_shared",
}
# What a campaign says; whoever says it has it filled in with their rights.
WORDS = {"body", "template_id"}
TEXT_AUTHORS = ("text_author_id", "text_coauthor_ids")
# What only the methods of the campaign change, whoever calls.
INTERNAL = {
    "state",
    *TEXT_AUTHORS,
    "template_texts",
    "source_id",
    "count_state",
    "recipient_count",
    "left_out_count",
    "part_count",
    "worst_parts",
    "unicode_count",
    "unicode_characters",
    "missing_count",
    "missing_text",
    "shared_count",
    "text_salt",
    "message_price",
    "estimate",
    "pause_reason",
    "pause_text",
    "launched_at",
    "launched_by_id",
    "urgent",
    "urgent_reason",
    "approved_by_id",
    "agreed_recipient_count",
    "agreed_part_count",
    "prepared_at",
    "ended_at",
    "page_begun_at",
    "pages_begun",
}


class SmsCampaign(models.Model):
    """One text to many people: who, what, when and at what price.

    This file has what a campaign is and how it is saved. Beside it:

    - ``_summary``: what its form says before the launch: price, times, opting out
    - ``_count``: how many recipients, who is left out, what somebody has to decide
    - ``_text``: what each of its people would read, and whose rights that takes
    - ``_run``: what people do with it: launch, approve, pause, cancel, resend
    - ``_prepare``: how its people become messages, page by page
    - ``_job``: what moves it on by itself, to its end

    What became of it is in ``dashboard``.
    """

    _name = "sms.campaign"
    _description = "SMS Campaign"
    _inherit = [
        "sms.form.mixin",
        "sms.campaign.approval",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(
        required=True,
        tracking=True,
        help="Internal name; recipients don't see it.",
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
        help="Notified when something needs attention.",
    )
    text_author_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The last person to change the text. Placeholders are filled in with"
        " this person's access rights.",
    )
    text_coauthor_ids = fields.Many2many(
        "res.users",
        "sms_campaign_text_coauthor_rel",
        string="Text Co-Authors",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Other people who contributed to the text: authors of placeholders that"
        " were kept, and anyone who copied it. Placeholders use only what all of"
        " them can access.",
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
        help="The sender that recipients see. Empty: the gateway's.",
    )
    message_class = fields.Selection(
        [("promotional", "Promotional"), ("transactional", "Transactional")],
        "Class",
        required=True,
        default="promotional",
        tracking=True,
        help="Promotional: news, events, offers. Never sent to people who opted out,"
        " and only within the hours. Transactional: what people need to know or"
        " have asked for, such as results, fees, closures.",
    )
    audience_ids = fields.One2many("sms.campaign.audience", "campaign_id", copy=True)
    sms_ids = fields.One2many("sms.sms", "campaign_id", "SMS")

    # What
    template_id = fields.Many2one(
        "sms.template",
        help="Recipients get the text in their own language if it is translated,"
        " otherwise in the language of the person who wrote or chose it.",
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
        help="Send only within the gateway's hours for promotional SMS; the rest is"
        " sent the next day. Always on for promotional campaigns.",
    )
    not_after = fields.Datetime(
        copy=False,
        tracking=True,
        help="Messages not sent by then are discarded, such as an invitation to a"
        " past event.",
    )
    pace = fields.Integer(
        "Messages a Minute",
        tracking=True,
        help="Spreads the messages out, for example so that not everyone calls at"
        " once. 0: as fast as the gateway allows.",
    )

    # Price
    budget = fields.Float(
        digits=(16, 2),
        tracking=True,
        help="The campaign is paused before it costs more. 0: no limit.",
    )

    _amounts = models.Constraint(
        "CHECK (pace BETWEEN 0 AND 100000 AND budget BETWEEN 0 AND 1e9)",
        "The pace is from 0 to 100,000 messages a minute, the budget from 0 to"
        " 1,000,000,000.",
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
                        "“%(sender)s” is not a sender ID of this gateway. Available:"
                        " %(known)s",
                        sender=campaign.sender_id,
                        known=", ".join(known) or self.env._("none"),
                    )
                )

    # ------------------------------------------------------------
    # Saving
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        names = set().union(*vals_list)
        self._check_internal(names)
        self._check_company_is_own(vals_list)
        vals_list = [dict(vals) for vals in vals_list]
        lines = [vals.pop("audience_ids", None) for vals in vals_list]
        campaigns = super().create(vals_list)
        campaigns.sudo().text_author_id = self.env.user
        for campaign, commands in zip(campaigns, lines, strict=True):
            if commands:
                campaign._write_lines(commands)
        campaigns.filtered("audience_ids")._count_again()
        return campaigns

    def copy(self, default=None):
        """Duplicate campaigns; what they say stays the word of those who said it."""
        default = dict(default or {})
        lines = default.pop("audience_ids", None)
        if len(self) > 1 and "file" in self.audience_ids.mapped("kind"):
            # Each file is read again, while somebody waits.
            raise UserError(
                self.env._("Duplicate campaigns to uploaded files one at a time.")
            )
        copies = super().copy({**default, "audience_ids": []})
        for campaign, copied in zip(self, copies, strict=True):
            if not WORDS & set(default):
                copied.sudo().write(
                    authors.of_copy(self.env.user, campaign, *TEXT_AUTHORS)
                )
            if lines is None:
                campaign.audience_ids._copy_to(copied)
            else:
                copied.audience_ids = lines
        return copies

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        return [
            dict(vals, name=self.env._("%s (copy)", campaign.name))
            for campaign, vals in zip(self, vals_list, strict=True)
        ]

    def write(self, vals):
        self._check_internal(set(vals))
        self._check_company_is_own([vals])
        if AGREED & set(vals):
            self._check_still_open()
        self._lock_if_counted(set(vals))
        if vals.get("user_id"):
            self._check_may_answer(self.env["res.users"].browse(vals["user_id"]))
        if "company_id" in vals and self._unread_by(self.env.user):
            raise self._unread_error(self.env.user)
        names, vals = set(vals), dict(vals)
        lines = vals.pop("audience_ids", None)
        said = {campaign: campaign._words() for campaign in self if WORDS & set(vals)}
        result = super().write(vals)
        if not self.env.su:
            for campaign, before in said.items():
                campaign._update_text_authors(before)
            if "company_id" in vals:
                # Where people are looked up is a part of who they are.
                self._all_audiences()._add_author()
        if lines:
            self._write_lines(lines)
        self._count_if_changed(names)
        if "state" in vals:
            # Whoever did it, a person or a job, others may be looking.
            self._tell_moved()
        return result

    def _write_lines(self, commands):
        """Write audiences, which leave the count to these campaigns."""
        self._check_own_lines(commands)
        # Not by our own ``write``, which hands lines over to this method.
        parent = super(SmsCampaign, count_later(self))
        return parent.write({"audience_ids": commands})

    def _check_own_lines(self, commands):
        """Refuse commands that name an audience of another campaign."""
        named = set()
        for command in commands:
            if command[0] == Command.SET:
                named.update(command[2])
            elif command[0] in NAMING:
                named.add(command[1])
        if not named <= set(self.audience_ids._ids):
            raise AccessError(
                self.env._("An audience belongs to its campaign, and to no other.")
            )

    def _words(self):
        """Return what the text says: the template, or the text and its placeholders."""
        if self.template_id:
            texts = [self.body or "", *(self.template_texts or {}).values()]
            return self.template_id.id, texts
        return False, [self.body or ""]

    def _update_text_authors(self, before):
        """Keep who says what: nobody lends their rights to another's words.

        Whoever changes a text and leaves a placeholder of it has said the rest of it
        only.

        :param before: what ``_words`` has given before the change
        """
        template, texts = before
        if self.template_id.id == template and (template or self.body in texts):
            return
        if not self.template_id and self.body in texts:
            # The template was taken out, and what it said has stayed.
            return
        kept = not self.template_id and placeholders.stem_from(self.body or "", texts)
        self.sudo().write(authors.of_change(self.env.user, self, kept, *TEXT_AUTHORS))

    def _check_internal(self, names):
        if INTERNAL & names and not self.env.su:
            raise AccessError(
                self.env._(
                    "The status of a campaign can only be changed with its buttons."
                )
            )

    def _check_company_is_own(self, vals_list):
        companies = {vals["company_id"] for vals in vals_list if vals.get("company_id")}
        if not self.env.su and not companies <= set(self.env.user.company_ids._ids):
            raise AccessError(
                self.env._("A campaign belongs to one of your own companies.")
            )

    def _check_still_open(self):
        if any(campaign.state not in OPEN for campaign in self):
            raise UserError(
                self.env._(
                    "This campaign has been launched: its text and audience can't be"
                    " changed. Duplicate it to send another one."
                )
            )

    @api.model
    def _longest(self, field):
        if field.name == "body":
            return placeholders.LONGEST
        return super()._longest(field)

    @api.model
    def _may_choose(self, field, res_id):
        if field.name == "gateway_id" and not self.env.su:
            # Staff may not read gateways, but their campaigns have one.
            gateway = self.env["sms.gateway.config"].sudo().browse(res_id).exists()
            company = gateway.company_id
            return bool(gateway) and company <= self.env.user.company_ids
        return super()._may_choose(field, res_id)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_launched(self):
        if any(each.state not in OPEN or each.sudo().launched_at for each in self):
            raise UserError(
                self.env._(
                    "A launched campaign can't be deleted. Cancel it to stop it."
                )
            )
