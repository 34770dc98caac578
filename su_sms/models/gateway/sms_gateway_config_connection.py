import logging
from datetime import timedelta
from functools import partial
from urllib.parse import quote

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import config, get_lang

from ...africastalking import clients
from ...africastalking.account import Account, AccountError
from ...africastalking.trust import Trust, TrustError, authorities
from ...dispatch import outbox
from ...dispatch.timing.concurrency import BEGIN
from ...tools.reasons import sentence, sentence_in

# How often administrators are reminded of a connection that is not verified.
REMIND = timedelta(days=7)
# What is set by whoever accepts it.
CONFIRMS = {"trust", "relaxed_confirmed", "relaxed_account"}
ACTIVITY = "su_sms.mail_activity_type_trust"
# How long a job of ours claims messages, and some for what comes after.
RUN_SECONDS = 10
_logger = logging.getLogger(__name__)
BASE_URL = "su_sms.base_url"


def _work_seconds():
    """Return after how many seconds Odoo ends what it works at, None for never."""
    real, of_jobs = config["limit_time_real"], config["limit_time_real_cron"]
    limits = [real, real if of_jobs < 0 else of_jobs]
    return min(filter(None, limits), default=None)


class SmsGatewayConfig(models.Model):
    """The connection to the provider: whom to trust, which way, how long, how often."""

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.gateway.config"

    trust = fields.Selection(
        [
            ("verify", "Verify"),
            ("ca", "Verify, with our own authority as well"),
            ("relaxed", "Do not verify (last resort)"),
        ],
        required=True,
        default="verify",
        # as little as what it rests on: the certificate, the confirmation
        copy=False,
        tracking=True,
        help="Which authorities' certificates are accepted. A firewall that inspects"
        " HTTPS uses its own authority: upload its certificate.",
    )
    ca_certificate = fields.Text(
        "CA Certificate (PEM)",
        copy=False,
        tracking=True,
        help="The CA certificate of the firewall, from -----BEGIN CERTIFICATE-----"
        " to -----END CERTIFICATE-----. Never a private key.",
    )
    relaxed_confirmed = fields.Boolean(
        "I accept that the connection can be intercepted",
        copy=False,
        tracking=True,
        help="Without verification, anyone between this server and Africa's Talking"
        " can read the messages and steal the key.",
    )
    proxy_url = fields.Char(
        "Proxy",
        tracking=True,
        help="http://host:port of the proxy to the internet, if there is one.",
    )
    proxy_username = fields.Char(
        "Proxy User",
        copy=False,
        tracking=True,
        help="Only if the proxy requires authentication.",
    )
    connect_timeout = fields.Integer(
        default=10, tracking=True, help="Seconds to wait for a connection."
    )
    read_timeout = fields.Integer(
        default=30,
        tracking=True,
        help="Seconds to wait for an answer. After that the outcome is unknown, so"
        " don't make it too short.",
    )
    attempts = fields.Integer(
        default=3,
        tracking=True,
        help="Attempts per request for what was certainly not sent. After that the"
        " message returns to the queue and is tried again later.",
    )
    message_attempts = fields.Integer(
        "Attempts per Message",
        default=6,
        tracking=True,
        help="How many attempts are made for a message that the provider failed to"
        " process, with growing pauses, before giving up.",
    )
    chunk_size = fields.Integer(
        "Numbers per Request",
        default=500,
        tracking=True,
        help="How many recipients of the same text share one request.",
    )
    concurrency = fields.Integer(
        "Concurrent Requests",
        default=64,
        tracking=True,
        help="How many requests may be under way at the same time, at most. The gateway"
        " begins with 8, adds more while they are answered as fast as before, and"
        " halves them when the provider refuses some or does not answer.",
    )
    concurrency_now = fields.Integer(
        "Concurrent Requests Now",
        compute="_compute_concurrency_now",
        help="How many requests the provider takes at the same time, as far as it has"
        " been found out.",
    )
    _positive = models.Constraint(
        "CHECK (connect_timeout BETWEEN 1 AND 60 AND read_timeout BETWEEN 1 AND 120"
        " AND attempts BETWEEN 1 AND 5 AND message_attempts BETWEEN 1 AND 20)",
        "Allowed values: 1 to 60 seconds to connect, 1 to 120 seconds to wait for an"
        " answer, 1 to 5 attempts per request and 1 to 20 per message.",
    )
    _sizes = models.Constraint(
        "CHECK (chunk_size BETWEEN 1 AND 1000 AND concurrency BETWEEN 1 AND 64)",
        "A request can hold 1 to 1,000 numbers, and up to 64 requests can run at once.",
    )
    time_warning = fields.Char(compute="_compute_time_warning")

    # A connection that is not verified
    relaxed_account = fields.Char(
        "Type the Username to Confirm",
        copy=False,
        tracking=True,
        help="In production, the person who accepts that messages and key can be"
        " intercepted types the username of the account.",
    )
    trust_warning = fields.Char(compute="_compute_trust_warning")
    relaxed_at = fields.Datetime(readonly=True, copy=False)
    relaxed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    relaxed_told_at = fields.Datetime(readonly=True, copy=False)

    @api.constrains("trust", "ca_certificate", "relaxed_confirmed")
    def _check_trust(self):
        for gateway in self:
            if gateway.trust == "relaxed" and not gateway.relaxed_confirmed:
                raise ValidationError(
                    self.env._(
                        "Without verification, messages and key can be intercepted."
                        " Confirm that you accept this, or upload the firewall's"
                        " certificate instead."
                    )
                )
            if gateway.trust == "ca":
                try:
                    authorities(gateway.ca_certificate or "")
                except TrustError as error:
                    raise ValidationError(sentence(self.env, error)) from None

    @api.constrains("proxy_url")
    def _check_proxy(self):
        for gateway in self.filtered("proxy_url"):
            if "@" in gateway.proxy_url:
                raise ValidationError(
                    self.env._("Enter the proxy's user and password in their fields.")
                )
            try:
                Account("", "", proxy=gateway.proxy_url)
            except AccountError as error:
                raise ValidationError(sentence(self.env, error)) from None

    # ------------------------------------------------------------
    # A connection that is not verified
    # ------------------------------------------------------------
    # A line that is not verified, with real messages on it: never by accident. It
    # is confirmed once more, for this account, and every administrator is told at
    # once and again each week until it is mended.

    @api.constrains("trust", "environment", "username", "relaxed_account")
    def _check_relaxed_account(self):
        for gateway in self.filtered(lambda g: g._is_exposed()):
            if gateway.relaxed_account != gateway.username:
                raise ValidationError(
                    self.env._(
                        "In production, an unverified connection needs a second"
                        " confirmation: type the username “%s” under Connection."
                        " Better still, upload the firewall's certificate.",
                        gateway.username,
                    )
                )

    def _is_exposed(self):
        """Tell whether real messages go over a line that is not verified."""
        self.ensure_one()
        return self.trust == "relaxed" and self.environment == "production"

    @api.model
    def _sms_by_code(self, names, in_context=False):
        """Return also what somebody has to accept, each time."""
        return super()._sms_by_code(names, in_context) | CONFIRMS.intersection(names)

    @api.model
    def _signed(self, vals):
        """Return values with who accepts a line that is not verified, and when."""
        if not CONFIRMS & set(vals):
            return vals
        if vals.get("trust", "relaxed") != "relaxed":
            ended = dict.fromkeys(("relaxed_at", "relaxed_by_id"), False)
            said = {"relaxed_account": False}
            if "trust" in vals:
                said["relaxed_confirmed"] = False
            return {**vals, **said, **ended}
        now = fields.Datetime.now()
        return dict(vals, relaxed_at=now, relaxed_by_id=self.env.uid)

    @api.model
    def _trust_words(self):
        """Return what is to be said of a connection that is not verified."""
        return self.env._("The connection is not verified"), self.env._(
            "Anyone between this server and the provider can read the messages and"
            " steal the key. Upload the firewall's certificate."
        )

    @api.depends("trust")
    @api.depends_context("lang")
    def _compute_trust_warning(self):
        title, text = self._trust_words()
        for gateway in self:
            relaxed = gateway.trust == "relaxed"
            gateway.trust_warning = relaxed and f"{title}. {text}"

    @api.depends("connect_timeout", "read_timeout")
    def _compute_time_warning(self):
        limit = _work_seconds()
        for gateway in self:
            longest = gateway.connect_timeout + 2 * gateway.read_timeout + RUN_SECONDS
            gateway.time_warning = (
                limit is not None
                and longest > limit
                and self.env._(
                    "With these timeouts a request can take %(longest)s seconds, and"
                    " Odoo ends what takes longer than %(limit)s: the outcome of its"
                    " messages would be unknown. Shorten the timeouts, or have"
                    " limit_time_real and limit_time_real_cron raised in Odoo's"
                    " configuration.",
                    longest=longest,
                    limit=limit,
                )
            )

    @api.depends("concurrency")
    def _compute_concurrency_now(self):
        found = self.env["sms.concurrency"].sudo()._limits(self.ids)
        for gateway in self:
            limit = found.get(gateway._origin.id, BEGIN)
            gateway.concurrency_now = min(limit, gateway.concurrency)

    def _tell_of_exposure(self):
        """Tell the administrators of each of these that is exposed, once in a while."""
        now = fields.Datetime.now()
        for gateway in self:
            with gateway._apart():
                gateway._tell_if_exposed(now)

    def _tell_if_exposed(self, now):
        if not self._is_exposed():
            if self.relaxed_told_at:
                self.sudo().activity_unlink([ACTIVITY])
                self.sudo().relaxed_told_at = False
        elif (self.relaxed_told_at or now - REMIND) <= now - REMIND:
            self.sudo().activity_unlink([ACTIVITY])
            self._schedule_for_administrators(ACTIVITY, *self._trust_words())
            self.sudo().relaxed_told_at = now

    # ------------------------------------------------------------
    # For the connector and the outbox
    # ------------------------------------------------------------
    # A gateway as the connector and the outbox see it, free of the ORM.

    @api.model
    def _is_neutralized(self):
        return bool(self._parameters(["database.is_neutralized"]))

    @api.model
    def _parameters(self, keys):
        """Return {key: value} of system parameters on record, past Odoo's cache.

        The cache is emptied when a parameter is written. What reads it before that is
        committed fills it with the old value again, which then stays: a key that was
        replaced would be used until the server stops.
        """
        parameters = self.env["ir.config_parameter"].sudo()
        found = parameters.search_fetch([("key", "in", keys)], ["key", "value"])
        return {each.key: each.value for each in found if each.value}

    def _account(self):
        """Return the connector's account.

        The address can only be changed by the system parameter ``su_sms.base_url``,
        for the simulator or an internal relay: a form must not send keys elsewhere.
        """
        self.ensure_one()
        proxy = self.proxy_url or ""
        if proxy and self.proxy_username:
            scheme, _sep, rest = proxy.partition("://")
            user = quote(self.proxy_username, safe="")
            password = quote(self._get_secret("proxy_password"), safe="")
            proxy = f"{scheme}://{user}:{password}@{rest}"
        return Account(
            username=self.account_username or "",
            api_key=self._api_key(),
            environment=self.environment,
            base_url=self._parameters([BASE_URL]).get(BASE_URL, ""),
            trust=Trust(self.trust, self.ca_certificate or ""),
            proxy=proxy,
            connect_timeout=float(self.connect_timeout),
            read_timeout=float(self.read_timeout),
            attempts=self.attempts,
            concurrency=self.concurrency,
        )

    def _client(self):
        """Return the gateway's client; its connections outlive the transaction."""
        self.ensure_one()
        return clients.get((self.env.cr.dbname, self.id), self._account())

    def _settings(self):
        """Return what the outbox needs to know, free of the ORM."""
        self.ensure_one()
        company = self.company_id or self.env.company
        language = company.partner_id.lang
        return outbox.Gateway(
            id=self.id,
            chunk_size=self.chunk_size,
            concurrency=self.concurrency,
            max_faults=self.message_attempts,
            sender=self.sender_id or "",
            sanitise=self.sanitise,
            max_parts=self.max_parts,
            country=self.country_id.code or self._country(company),
            promotional=self._lets_promotional_go(),
            useful_hours=self.useful_hours,
            company_id=self.company_id.id or 0,
            window=self._window(),
            zone=self.window_zone,
            pace=self.pace,
            day_budget=self.day_budget,
            part_price=self._highest_part_price() if self.day_budget else 0.0,
            settings_version=self.settings_version,
            sentence=partial(sentence_in, get_lang(self.env, language).code),
        )

    @api.model
    def _countries(self):
        """Return {company id: ISO code} of the companies that have a country."""
        companies = self.env["res.company"].sudo()
        found = companies.search([("partner_id.country_id", "!=", False)])
        return {company.id: company.country_id.code for company in found}

    def _lets_promotional_go(self):
        """Tell whether promotional messages may go, but for the hours."""
        if not self.env["sms.suppression"]._is_usable():
            _logger.error("Gateway %s: nobody knows who said no", self.id)
            return False
        return self.balance_state != "floor"
