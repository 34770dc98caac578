from odoo import api, fields, models
from odoo.tools.misc import formatLang


class SmsCampaign(models.Model):
    """What a campaign's form says beside its own fields: what waits, and why."""

    _inherit = "sms.campaign"

    environment = fields.Selection(related="gateway_id.environment", string="Account")
    gateway_hold = fields.Selection(related="gateway_id.hold_reason")
    sanitise = fields.Boolean(related="gateway_id.sanitise")
    balance_at = fields.Datetime(related="gateway_id.balance_at")
    day_budget = fields.Float(related="gateway_id.day_budget")
    price_text = fields.Char(compute="_compute_price_texts")
    balance_short_text = fields.Char(compute="_compute_price_texts")
    file_notes = fields.Text(compute="_compute_file_notes")
    short_link = fields.Char(compute="_compute_short_link")
    sender_choices = fields.Char(compute="_compute_sender_choices")
    hours = fields.Char(compute="_compute_waits")
    waits_for_window = fields.Boolean(compute="_compute_waits")
    takes_days = fields.Boolean(compute="_compute_waits")
    wants_approval = fields.Boolean(compute="_compute_wants_approval")
    placeholder_model = fields.Char(compute="_compute_placeholders")
    placeholders = fields.Char(
        compute="_compute_placeholders",
        help="The columns of the uploaded files, as the text can use them.",
    )
    calendar_at = fields.Datetime(
        "Goes Out",
        compute="_compute_calendar_at",
        store=True,
        help="When it is to be sent, or was launched.",
    )

    @api.depends("price", "balance_short", "currency_id")
    def _compute_price_texts(self):
        for campaign in self:
            campaign.price_text = campaign._amount_text(campaign.price)
            campaign.balance_short_text = campaign._amount_text(campaign.balance_short)

    def _amount_text(self, amount):
        """Give an amount as in KES 12.40."""
        text = formatLang(self.env, amount, digits=2)
        return f"{self.currency_id.name or ''} {text}".strip()

    @api.depends(
        "audience_ids.notes",
        "audience_ids.name",
        "audience_ids.column_ids",
    )
    def _compute_file_notes(self):
        for campaign in self:
            campaign.file_notes = "\n".join(
                f"{audience.name}: {note}"
                for audience in campaign.audience_ids
                for text in (audience.notes, audience.column_question)
                for note in (text or "").splitlines()
            )

    @api.depends("shorten_links")
    def _compute_short_link(self):
        """Give a link as long as those that stand in for the text's."""
        for campaign in self:
            campaign.short_link = campaign._as_if_short()("https://example.org")

    @api.depends("gateway_id")
    def _compute_sender_choices(self):
        """Give the sender IDs to choose from, one a line."""
        for campaign in self:
            gateway = campaign.gateway_id.sudo()
            senders = gateway._senders() if gateway else []
            campaign.sender_choices = "\n".join(dict.fromkeys(senders))

    @api.depends(
        "gateway_id",
        "message_class",
        "within_window",
        "scheduled_at",
        "pace",
        "people_count",
    )
    def _compute_waits(self):
        for campaign in self:
            window = campaign._hours() if campaign.gateway_id else None
            campaign.hours = window and self.env._(
                "%(start)s to %(end)s, %(zone)s time",
                start=_clock(window.start),
                end=_clock(window.end),
                zone=window.zone.split("/")[-1].replace("_", " "),
            )
            campaign.waits_for_window = bool(window) and campaign._waits_for_window()
            campaign.takes_days = bool(
                campaign.gateway_id and campaign.people_count and campaign._takes_days()
            )

    @api.depends("people_count", "part_count", "gateway_id")
    def _compute_wants_approval(self):
        for campaign in self:
            campaign.wants_approval = campaign._wants_approval()

    @api.depends(
        "audience_ids.kind", "audience_ids.model_id", "audience_ids.column_ids"
    )
    def _compute_placeholders(self):
        for campaign in self:
            audiences = campaign.audience_ids
            models_of = {"list": "mailing.contact"}
            names = [models_of.get(a.kind) or a.model for a in audiences]
            campaign.placeholder_model = next(filter(None, names), False)
            columns = audiences.column_ids.filtered(lambda c: c.role != "number")
            campaign.placeholders = "  ".join(
                dict.fromkeys(columns.mapped("placeholder"))
            )

    @api.depends("scheduled_at", "launched_at")
    def _compute_calendar_at(self):
        for campaign in self:
            campaign.calendar_at = campaign.scheduled_at or campaign.launched_at


def _clock(hours):
    """Give hours since midnight as people write a time, such as 8:30."""
    minutes = round(hours * 60)
    return f"{minutes // 60}:{minutes % 60:02d}"
