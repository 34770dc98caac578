from typing import Any, NamedTuple

import pytz
from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError

from ...dispatch.timing import window
from ...tools.transactions import utcnow
from .sms_gateway_config import SENDER_ID

ACTIVITY = "su_sms.mail_activity_type_limit"
MOST_PACE = 100_000
# So many of the last answers tell what a part costs, and all of their quarter of an
# hour.
RECENT = 2000


class PriceList(NamedTuple):
    """What a part costs at a gateway.

    :ivar mean: for whom the network is not known, or what it charges
    :ivar source: how the mean is known: mean (learnt), set, or unknown
    :ivar by_network: {network: price}, as charged lately
    """

    currency: Any
    mean: float
    source: str
    by_network: dict[str, float]

    def of(self, network):
        """Return (price of a part, how it is known) in a network."""
        if network in self.by_network:
            return self.by_network[network], "charged"
        return self.mean, self.source


class SmsGatewayConfig(models.Model):
    """What messages may cost, and when and how fast they may leave.

    Limits of one user, of campaigns and of a day; the hours of promotional SMS; the
    price of a part, set or learnt from what the provider charged.
    """

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.gateway.config"

    hour_limit = fields.Integer(
        "Hourly Limit per User (Parts)",
        default=1000,
        tracking=True,
        help="SMS parts that a user can send manually in one hour; more is refused."
        " Automation rules that run as this user, and reminders of what this user has"
        " created or changed last, can send as many again; more waits for the"
        " following hours. Campaigns and mailings don't count; campaigns have"
        " approval instead. 0: no limit.",
    )
    limit_told = fields.Boolean(readonly=True, copy=False)
    _hour_limit = models.Constraint(
        "CHECK (hour_limit BETWEEN 0 AND 1000000)",
        "The hourly limit is from 0 to 1,000,000 parts.",
    )

    # Campaigns
    more_senders = fields.Char(
        "Additional Sender IDs",
        tracking=True,
        help="Registered with the same account, separated by commas. Campaigns can"
        " choose one of them.",
    )
    day_budget = fields.Float(
        "Daily Budget",
        digits=(16, 2),
        tracking=True,
        help="What the campaigns and mailings of each company may cost per day; the"
        " rest is sent the next day. 0: no limit.",
    )
    approval_recipients = fields.Integer(
        "Approval Above (Recipients)",
        tracking=True,
        help="Campaigns to more recipients than this need a manager's approval, as do"
        " campaigns that one user launches in a day, counted together. 0: never.",
    )
    approval_amount = fields.Float(
        "Approval Above (Cost)",
        digits=(16, 2),
        tracking=True,
        help="Campaigns that cost more than this need a manager's approval, as do"
        " campaigns that one user launches in a day, counted together. 0: never.",
    )
    _limits = models.Constraint(
        "CHECK (day_budget BETWEEN 0 AND 1e9 AND approval_recipients BETWEEN 0 AND 1e9"
        " AND approval_amount BETWEEN 0 AND 1e9)",
        "Budgets and limits are from 0 to 1,000,000,000.",
    )

    # Hours and pace
    use_window = fields.Boolean(
        "Hours for Promotional SMS",
        default=True,
        tracking=True,
        help="Promotional SMS are sent only within these hours; the rest is sent the"
        " next day. Transactional SMS are sent at any time.",
    )
    window_start = fields.Float("From", default=8.0, tracking=True)
    window_end = fields.Float("To", default=18.0, tracking=True)
    window_zone = fields.Selection(
        lambda self: [(zone, zone) for zone in pytz.common_timezones],
        "Time Zone",
        required=True,
        default=lambda self: self._default_window_zone(),
        tracking=True,
        help="The zone of these hours, and of the days that costs are counted by.",
    )
    pace = fields.Integer(
        "Messages a Minute",
        tracking=True,
        help="The gateway sends no faster than this, for all messages together;"
        " urgent ones first. 0: as fast as possible.",
    )
    _hours = models.Constraint(
        "CHECK (window_start >= 0 AND window_start <= 24"
        " AND window_end >= 0 AND window_end <= 24)",
        "Hours are from 0:00 to 24:00.",
    )

    # Prices
    price_per_part = fields.Float(
        digits=(16, 4),
        tracking=True,
        help="The price of one part of an SMS, for estimates. 0: automatic, from"
        " past charges.",
    )
    _price = models.Constraint(
        "CHECK (price_per_part BETWEEN 0 AND 1000000)",
        "The price of a part is from 0 to 1,000,000.",
    )

    @api.model
    def _tell_of_limit(self):
        """Give the administrators one activity as long as messages wait for an hour."""
        self.flush_model(["limit_told"])
        self.env.cr.execute(
            """
            SELECT gateway.id, count(sms.id), count(DISTINCT sms.create_uid)
              FROM sms_gateway_config gateway
         LEFT JOIN sms_sms sms ON sms.gateway_id = gateway.id
                              AND sms.held_until > %s AND sms.state = 'outgoing'
          GROUP BY gateway.id
            HAVING (count(sms.id) > 0) IS DISTINCT FROM coalesce(limit_told, FALSE)
            """,
            [utcnow()],
        )
        for gateway_id, count, users in self.env.cr.fetchall():
            gateway = self.sudo().browse(gateway_id)
            with gateway._apart():
                gateway._tell_of_waiting(count, users)

    def _tell_of_waiting(self, count, users):
        self.limit_told = bool(count)
        if not count:
            self.activity_unlink([ACTIVITY])
            return
        self._schedule_for_administrators(
            ACTIVITY,
            self.env._("%s SMS wait for the hourly limit", count),
            self.env._(
                "Automatic SMS, such as those of automation rules and reminders,"
                " exceeded %(limit)s an hour for %(users)s users. The rest will be sent"
                " in the following hours. If this is intended, raise “Hourly"
                " Limit per User (Parts)” to send them sooner. If not, cancel"
                " the waiting messages.",
                users=users,
                limit=self.hour_limit,
            ),
        )

    # ------------------------------------------------------------
    # Campaigns
    # ------------------------------------------------------------
    # What campaigns may cost, and by which names they may be sent.

    @api.constrains("more_senders")
    def _check_more_senders(self):
        for gateway in self:
            for sender in gateway._senders():
                if not SENDER_ID.fullmatch(sender):
                    raise ValidationError(
                        self.env._(
                            "“%s” is not a valid sender ID. It must be a short code,"
                            " or 3 to 11 letters and digits without spaces.",
                            sender,
                        )
                    )

    def _senders(self):
        """Return the sender IDs that campaigns may choose from."""
        self.ensure_one()
        senders = [self.sender_id or "", *(self.more_senders or "").split(",")]
        return [sender.strip() for sender in senders if sender.strip()]

    # ------------------------------------------------------------
    # Hours and pace
    # ------------------------------------------------------------
    # When and how fast messages may leave. Kenya's operators let promotional SMS
    # through from 8:00 to 18:00 only (docs/africastalking.md, "Sender IDs and hours
    # in Kenya"); that rule is theirs and may change, so the hours are settings.

    @api.model
    def _default_window_zone(self):
        return self.env.company.partner_id.tz or "Africa/Nairobi"

    @api.constrains("pace")
    def _check_pace(self):
        if any(not 0 <= gateway.pace <= MOST_PACE for gateway in self):
            raise ValidationError(
                self.env._("The pace is from 0 to 100,000 messages a minute.")
            )

    def _window(self):
        """Return the hours of promotional SMS, or None if they may go at any time."""
        self.ensure_one()
        if not self.use_window:
            return None
        return window.Window(self.window_start, self.window_end, self.window_zone)

    def _window_is_open(self):
        hours = self._window()
        return hours is None or window.is_open(hours, utcnow())

    # ------------------------------------------------------------
    # Prices
    # ------------------------------------------------------------
    # What a part costs: set, or learnt from what the provider charged.

    def _prices(self):
        """Return what a part costs by network, as the provider charged it lately.

        :return: [{"network", "currency_id", "price", "share"}], the most used first;
            ``share`` is the part of recent messages that went there
        """
        self.ensure_one()
        self.env["sms.sms"].flush_model()
        self.env.cr.execute(
            """
                WITH charged AS (
                  SELECT at, network, currency_id, state, sum(messages) AS messages,
                         sum(cost) AS cost, sum(parts) AS parts
                    FROM sms_tally
                   WHERE kind = 'state' AND gateway_id = %(id)s
                     -- the last, however long ago
                     AND at > (SELECT max(at) - interval '31 days' FROM sms_tally
                                WHERE kind = 'state' AND gateway_id = %(id)s
                                  AND cost > 0)
                     AND currency_id IS NOT NULL
                     -- what was sent again was charged more than once
                     AND again IS FALSE
                GROUP BY 1, 2, 3, 4
                  HAVING sum(cost) > 0 AND sum(parts) > 0
              ), quarter AS (
                  SELECT at, sum(sum(messages)) OVER (ORDER BY at DESC) - sum(messages)
                             AS later
                    FROM charged GROUP BY at
              )
              SELECT coalesce(network, '') AS network, currency_id,
                     sum(cost) / sum(parts) AS price,
                     sum(messages) / sum(sum(messages)) OVER () AS share
                FROM charged
               WHERE at >= (SELECT min(at) FROM quarter WHERE later < %(most)s)
            GROUP BY 1, 2 ORDER BY share DESC
            """,
            {"id": self.id, "most": RECENT},
        )
        return [
            row | {"price": float(row["price"]), "share": float(row["share"])}
            for row in self.env.cr.dictfetchall()
        ]

    def _highest_part_price(self):
        """Return what a part costs at most: in the dearest network; 0 if unknown."""
        prices = [row["price"] for row in self._prices()]
        return max(self.price_per_part, *prices, 0)

    def _price_list(self):
        """Return the PriceList: one set price, or what was charged lately.

        Prices are 0 if nothing is known yet, as of no gateway: a form that is not
        saved yet may have none.
        """
        prices = self._prices() if self else []
        currency = self.balance_currency_id
        if prices:
            currency = self.env["res.currency"].browse(prices[0]["currency_id"])
        if self.price_per_part:
            return PriceList(currency, self.price_per_part, "set", {})
        same = [row for row in prices if row["currency_id"] == currency.id]
        share = sum(row["share"] for row in same)
        if not share:
            return PriceList(currency, 0.0, "unknown", {})
        mean = sum(row["price"] * row["share"] for row in same) / share
        by_network = {row["network"]: row["price"] for row in same if row["network"]}
        return PriceList(currency, mean, "mean", by_network)

    def _terms(self, recipients):
        """Return what a form counts and prices a text with while it is typed.

        :param recipients: how many get it; 0 for a text with no price
        :return: ``{"sanitise", "recipients"}`` and, with any, ``"price"`` of a part (0
            if nothing is known yet) and its ``"currency"``; False without a gateway
        """
        if not self:
            return False
        terms = {"sanitise": self.sanitise, "recipients": recipients}
        if recipients:
            prices = self._price_list()
            currency = prices.currency.name or ""
            terms |= {"price": prices.mean, "currency": currency}
        return terms

    # ------------------------------------------------------------
    # Who pays
    # ------------------------------------------------------------

    @api.model
    def _employee(self, user):
        """Return the user if they are an employee, else nobody.

        Jobs are nobody, and so is who visits a site: what these cause is the record's.
        """
        user = user.sudo()
        real = user and user.id != SUPERUSER_ID and user._is_internal()
        return user if real else user.browse()

    @api.model
    def _caller(self):
        """Return the employee who asks, also under ``sudo()``, or nobody."""
        return self._employee(self.env.user)

    @api.model
    def _last_hand(self, record):
        """Return (when, employee): who has changed a record last, or else made it.

        None if neither was an employee.
        """
        if not record._log_access:
            return None
        for when, who in (("write_date", "write_uid"), ("create_date", "create_uid")):
            if record[when] and (user := self._employee(record[who])):
                return record[when], user
        return None

    @api.model
    def _payer(self, companies, author):
        """Return the company that pays: the first that the author may spend for.

        Anybody may say that something is another company's; only who works for it
        spends its money.

        :param companies: who is proposed, the first first; empty ones count for nothing
        :param author: the employee who makes it, or nobody: then the proposal counts
        """
        if not author:
            return next(filter(None, companies), self.env.company)
        at_work = self.env.company if author == self._caller() else author.company_id
        theirs = author._get_company_ids()
        for company in (*companies, at_work):
            if company.id in theirs:
                return company
        return author.company_id
