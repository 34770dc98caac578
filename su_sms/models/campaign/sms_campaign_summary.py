from odoo import api, fields, models
from odoo.tools.misc import formatLang

from ...dispatch import gate
from ...dispatch.timing import window
from ...text import segments

# Of fewer people in a network none is named: a campaign to one number would tell which
# network it is in.
FEWEST = 5
# So many characters are named.
NAMED = 20
# So many different sets of them are looked at.
SETS = 1000


class SmsCampaign(models.Model):
    """What a campaign's form says before its launch: price, times, ways to opt out."""

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
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
    waits_for_window = fields.Boolean("Waits for Hours", compute="_compute_waits")
    takes_days = fields.Boolean(compute="_compute_waits")
    wants_approval = fields.Boolean(compute="_compute_wants_approval")
    placeholder_model = fields.Char(compute="_compute_placeholders")
    placeholders = fields.Char(
        compute="_compute_placeholders",
        help="The columns of the uploaded files, as the text can use them.",
    )
    calendar_at = fields.Datetime(
        "Send Date",
        compute="_compute_calendar_at",
        store=True,
        help="When it is to be sent, or was launched.",
    )

    # Price
    network_ids = fields.One2many(
        "sms.campaign.network", "campaign_id", "By Network", readonly=True, copy=False
    )
    part_price = fields.Float(
        "Price of a Part",
        digits=(16, 4),
        compute="_compute_price",
        help="The average, if networks charge different prices.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_price")
    price = fields.Float("Estimated Cost", digits=(16, 2), compute="_compute_price")
    balance = fields.Float(digits=(16, 2), compute="_compute_price")
    balance_currency_id = fields.Many2one("res.currency", compute="_compute_price")
    balance_short = fields.Float(
        "Missing Credit", digits=(16, 2), compute="_compute_price"
    )
    # Kept from the launch on: what the budget reckons with, and the estimate.
    message_price = fields.Float(digits=(16, 4), readonly=True, copy=False)
    estimate = fields.Float(
        "Estimate at Launch", digits=(16, 2), readonly=True, copy=False
    )

    # Special characters
    unicode_count = fields.Integer(
        "Texts with Special Characters",
        readonly=True,
        copy=False,
        help="Recipients whose text has characters outside the GSM-7 alphabet: an"
        " SMS then holds 70 characters, not 160.",
    )
    unicode_characters = fields.Char(readonly=True, copy=False)

    # How to opt out
    optout = fields.Selection(
        [
            ("link", "A link"),
            ("word", "A word to reply with"),
            ("none", "Nothing"),
        ],
        "How to Opt Out",
        compute="_compute_optout",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        tracking=True,
        help="Added at the end of each text. Promotional SMS must say how to opt"
        " out: choose nothing only if your text already does. A link is"
        " different for each person, so texts can't share a request: with"
        " thousands of recipients, the word is faster.",
    )
    optout_sample = fields.Char(compute="_compute_optout_sample")

    # What the way to opt out costs
    optout_note = fields.Char(compute="_compute_optout_note")

    @api.depends("price", "balance_short", "currency_id")
    def _compute_price_texts(self):
        for campaign in self:
            campaign.price_text = campaign._amount_text(campaign.price)
            campaign.balance_short_text = campaign._amount_text(campaign.balance_short)

    def _amount_text(self, amount):
        """Return an amount as in KES 12.40."""
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
        """Return a link as long as those that stand in for the text's."""
        for campaign in self:
            campaign.short_link = campaign._as_if_short()("https://example.org")

    @api.depends("gateway_id")
    def _compute_sender_choices(self):
        """Return the sender IDs to choose from, one a line."""
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
        "recipient_count",
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
                campaign.gateway_id
                and campaign.recipient_count
                and campaign._takes_days()
            )

    def _waits_for_window(self):
        """Tell whether it would begin outside the hours."""
        hours, start = self._hours(), self._begins_at()
        return bool(hours) and not window.is_open(hours, start)

    def _takes_days(self):
        """Tell whether the hours end before everybody has it: it rests till the next.

        A night before they begin is no day of its own.
        """
        hours, start = self._hours(), self._begins_at()
        return bool(hours) and self._done_at(start) > window.closing(hours, start)

    @api.depends("recipient_count", "part_count", "gateway_id")
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

    # ------------------------------------------------------------
    # Price
    # ------------------------------------------------------------
    # What a campaign will cost: parts by network, at what each network charges. A
    # number's network is that of its last delivery report. Its first digits would
    # be a guess: in Kenya people keep their number when they change networks.

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
        """Count recipients by the network in which their last message was delivered.

        Those of a network that has few of them count as of none.
        """
        self.env["sms.sms"].flush_model()
        self.env.cr.execute(
            """
              SELECT CASE WHEN of_network.recipients >= %(fewest)s
                          THEN of_network.network END AS network,
                     sum(recipients)::int AS recipient_count,
                     sum(parts)::int AS part_count
                FROM (SELECT last.network, count(*) AS recipients, sum(r.parts) AS parts
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

    def _highest_price(self):
        """Return what one message may cost: the longest, in the dearest network."""
        price = self.gateway_id.sudo()._highest_part_price()
        return price * max(self.worst_parts, 1)

    # ------------------------------------------------------------
    # Special characters
    # ------------------------------------------------------------
    # Whose texts need Unicode, once they are filled in, and what for. A single
    # letter in a name makes a text of up to 160 characters two or three SMS.

    def _count_unicode(self):
        """Count the recipients of the count whose texts need Unicode."""
        self.env.cr.execute(
            """
            SELECT forcing, count(*) FROM sms_campaign_recipient
             WHERE campaign_id = %s AND reason IS NULL AND forcing IS NOT NULL
          GROUP BY forcing ORDER BY 2 DESC, 1
            """,
            [self.id],
        )
        found = self.env.cr.fetchall()
        known = " ".join(forcing for forcing, _count in found[:SETS]).split()
        self.write(
            {
                "unicode_count": sum(count for _forcing, count in found),
                "unicode_characters": " ".join(list(dict.fromkeys(known))[:NAMED]),
            }
        )

    @api.readonly
    def action_open_unicode(self):
        return self._open_recipients(
            [("reason", "=", False), ("forcing", "!=", False)],
            self.env._("Recipients of Texts with Special Characters"),
        )

    # ------------------------------------------------------------
    # How to opt out
    # ------------------------------------------------------------
    # Short links, and how to opt out.

    @api.depends("message_class", "gateway_id")
    def _compute_optout(self):
        for campaign in self:
            if campaign.message_class != "promotional":
                campaign.optout = "none"
            elif campaign.gateway_id.sudo()._optout_word_text():
                campaign.optout = "word"
            else:
                # Slower, but no default may leave people without a way to say no.
                campaign.optout = "link"

    @api.depends("optout", "gateway_id", "company_id")
    def _compute_optout_sample(self):
        for campaign in self:
            written = campaign.with_context(lang=campaign._language())
            campaign.optout_sample = written._optout_sample_text().strip()

    def _optout_sample_text(self):
        """Return an ending as long as each person's."""
        text = ""
        if self.optout == "link":
            text = self.env["sms.optout.link"].sudo()._blank_text(self.company_id)
        elif self.optout == "word":
            text = self.gateway_id.sudo()._optout_word_text()
        return text and f"\n{text}"

    # ------------------------------------------------------------
    # What the way to opt out costs
    # ------------------------------------------------------------
    # What the way to opt out costs, said before the launch. It is a link unless
    # people can send a word back: the law wants promotional SMS to say how to opt
    # out, and what Africa's Talking may add to a first message nobody could
    # confirm.

    @api.depends(
        "optout",
        "optout_sample",
        "message_class",
        "body",
        "recipient_count",
        "gateway_id",
        "pace",
    )
    def _compute_optout_note(self):
        for campaign in self:
            notes = []
            if campaign.optout == "link" and campaign.gateway_id:
                notes = campaign._link_notes()
            elif campaign.optout == "none" and campaign.message_class == "promotional":
                notes = [
                    self.env._(
                        "Promotional SMS must say how to opt out: your own text has"
                        " to do it."
                    )
                ]
            campaign.optout_note = " ".join(notes)

    def _link_notes(self):
        """Say what a link of their own for each person costs: parts, and time."""
        notes = []
        sample, gateway = self._optout_sample_text(), self.gateway_id.sudo()
        parts, fewer = (
            segments.count(gate.prepare(text, gateway.sanitise)).parts
            for text in ((self.body or "") + sample, self.body or "")
        )
        if fewer and parts > fewer:
            notes.append(
                self.env._(
                    "With the link, an SMS has %(parts)s parts instead of %(fewer)s.",
                    parts=parts,
                    fewer=fewer,
                )
            )
        shared = self._sending_seconds(personal=self._has_placeholders())
        minutes = round((self._sending_seconds() - shared) / 60)
        if minutes:
            notes.append(
                self.env._(
                    "It makes each text different: sending takes about %s minutes"
                    " longer.",
                    minutes,
                )
            )
        if notes and gateway._optout_word_text():
            notes.append(self.env._("A word to reply with costs less."))
        return notes


def _clock(hours):
    """Return hours since midnight as people write a time, such as 8:30."""
    minutes = round(hours * 60)
    return f"{minutes // 60}:{minutes % 60:02d}"
