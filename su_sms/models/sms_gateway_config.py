import re
from urllib.parse import quote

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from ..africastalking import clients
from ..africastalking.account import Account
from ..africastalking.trust import Trust, authorities
from ..dispatch import outbox

# Registered short codes are digits; an alphanumeric sender ID is 3-11 characters,
# GSM's limit, with a letter in it.
SENDER_ID = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]{3,11}|[0-9]{3,8}")


class SmsGatewayConfig(models.Model):
    _name = "sms.gateway.config"
    _description = "SMS Gateway"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(
        required=True,
        default=lambda self: self.env._("Africa's Talking"),
        help="How people here call this account.",
    )
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        tracking=True,
        help="Whose SMS go through this gateway. Empty: every company's that has no"
        " gateway of its own.",
    )
    is_default = fields.Boolean(
        "Default",
        default=lambda self: not self._default_ids().get(self.env.company.id),
        tracking=True,
        help="Take all SMS of the company. A gateway that is not the default is only"
        " used where it is chosen.",
    )
    provider = fields.Selection(
        [("africastalking", "Africa's Talking")],
        required=True,
        default="africastalking",
        help="Who carries the messages.",
    )
    environment = fields.Selection(
        [("sandbox", "Sandbox"), ("production", "Production")],
        required=True,
        default="sandbox",
        tracking=True,
        help="Sandbox: nothing reaches a phone, messages show in Africa's Talking's"
        " simulator. Production: real SMS, real cost.",
    )
    username = fields.Char(
        tracking=True,
        help="Your application's username at Africa's Talking. In the sandbox it is"
        " always “sandbox”.",
    )
    account_username = fields.Char(
        "Username in Use",
        compute="_compute_account_username",
        help="The sandbox knows only the username “sandbox”.",
    )
    sender_id = fields.Char(
        "Sender ID",
        tracking=True,
        help="A short code or name registered with Africa's Talking: 3 to 11 letters"
        " and digits. Empty: Africa's Talking's own.",
    )
    sanitise = fields.Boolean(
        "Plain Punctuation",
        default=True,
        tracking=True,
        help="Send “curly quotes”, dashes and the like as plain ones. A single one"
        " of them would more than halve what fits into a part, and double the cost.",
    )

    # The line
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
        help="Whose signature on the server's certificate is accepted. A firewall that"
        " inspects HTTPS signs with its own authority: upload that one.",
    )
    ca_certificate = fields.Text(
        "Authority's Certificate (PEM)",
        copy=False,
        tracking=True,
        help="The certificate of the firewall's authority, from"
        " -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----. Never a private"
        " key.",
    )
    relaxed_confirmed = fields.Boolean(
        "I accept that the line can be read",
        copy=False,
        tracking=True,
        help="Without verification anybody between this server and Africa's Talking"
        " can read the messages and take the key.",
    )
    proxy_url = fields.Char(
        "Proxy",
        tracking=True,
        help="http://host:port of the proxy that leads out, if there is one.",
    )
    proxy_username = fields.Char(
        "Proxy User",
        copy=False,
        tracking=True,
        help="Only if the proxy asks who it is.",
    )
    connect_timeout = fields.Integer(
        default=10, tracking=True, help="Seconds to wait for a connection."
    )
    read_timeout = fields.Integer(
        default=30,
        tracking=True,
        help="Seconds to wait for an answer. After it the outcome is unknown, so do"
        " not make it short.",
    )
    attempts = fields.Integer(
        default=3,
        tracking=True,
        help="Tries within one call for what was certainly not sent. After them the"
        " message goes back to the queue and is tried again later.",
    )
    message_attempts = fields.Integer(
        "Tries per Message",
        default=6,
        tracking=True,
        help="How often a message that the provider itself failed to process is tried,"
        " with growing pauses, before it is given up.",
    )
    chunk_size = fields.Integer(
        "Numbers per Request",
        default=500,
        tracking=True,
        help="How many recipients of the same text share a request.",
    )
    concurrency = fields.Integer(
        "Requests Side by Side",
        default=8,
        tracking=True,
        help="How many requests each dispatcher may have under way at once. There are"
        " up to as many dispatchers as the server has cron workers.",
    )

    # Health
    balance = fields.Float(digits=(16, 4), readonly=True, copy=False)
    balance_currency_id = fields.Many2one("res.currency", readonly=True, copy=False)
    balance_at = fields.Datetime("Balance On", readonly=True, copy=False)
    status = fields.Selection(
        [
            ("ready", "Ready"),
            ("no_key", "Key missing"),
            ("held", "Held"),
            ("paused", "Paused"),
            ("neutralized", "Neutralized database"),
        ],
        compute="_compute_status",
    )
    queued_count = fields.Integer("Waiting", compute="_compute_message_counts")
    unknown_count = fields.Integer("Unknown", compute="_compute_message_counts")
    message_count = fields.Integer("All Messages", compute="_compute_message_counts")

    _one_default = models.UniqueIndex(
        "(COALESCE(company_id, 0)) WHERE active AND is_default",
        "A company has one default gateway.",
    )
    _positive = models.Constraint(
        "CHECK (connect_timeout BETWEEN 1 AND 60 AND read_timeout BETWEEN 1 AND 120"
        " AND attempts BETWEEN 1 AND 5 AND message_attempts BETWEEN 1 AND 20)",
        "Allowed are 1 to 60 seconds to connect, 1 to 120 to wait for an answer, 1 to 5"
        " tries within a call and 1 to 20 for a message.",
    )
    _sizes = models.Constraint(
        "CHECK (chunk_size BETWEEN 1 AND 1000 AND concurrency BETWEEN 1 AND 32)",
        "A request takes 1 to 1,000 numbers, and up to 32 go side by side.",
    )

    # ------------------------------------------------------------
    # Fields
    # ------------------------------------------------------------

    @api.depends("environment", "username")
    def _compute_account_username(self):
        for gateway in self:
            sandbox = gateway.environment == "sandbox"
            gateway.account_username = "sandbox" if sandbox else gateway.username

    @api.depends("hold_reason", "key_variable")
    def _compute_status(self):
        neutralized = self._is_neutralized()
        for gateway in self:
            if neutralized:
                gateway.status = "neutralized"
            elif gateway.hold_reason == "paused":
                gateway.status = "paused"
            elif not gateway._api_key():
                gateway.status = "no_key"
            else:
                gateway.status = "held" if gateway.hold_reason else "ready"

    def _compute_message_counts(self):
        groups = (
            self.env["sms.sms"]
            .sudo()
            ._read_group(
                [("gateway_id", "in", self.ids)],
                ["gateway_id", "state", "failure_type"],
                ["__count"],
            )
        )
        self.queued_count = self.unknown_count = self.message_count = 0
        for gateway, state, failure_type, count in groups:
            gateway = gateway.with_env(self.env)
            gateway.message_count += count
            if state == "outgoing":
                gateway.queued_count += count
            elif failure_type == "sms_outcome_unknown":
                gateway.unknown_count += count

    # ------------------------------------------------------------
    # Rules
    # ------------------------------------------------------------

    @api.constrains("sender_id")
    def _check_sender_id(self):
        for gateway in self.filtered("sender_id"):
            if not SENDER_ID.fullmatch(gateway.sender_id):
                raise ValidationError(
                    self.env._(
                        "A sender ID is a short code, or 3 to 11 letters and digits"
                        " without spaces."
                    )
                )

    @api.constrains("environment", "username")
    def _check_username(self):
        for gateway in self:
            if gateway.environment == "sandbox":
                continue
            if not gateway.username:
                raise ValidationError(
                    self.env._(
                        "Production needs the username of your application at"
                        " Africa's Talking."
                    )
                )
            if gateway.username == "sandbox":
                raise ValidationError(
                    self.env._(
                        "“sandbox” is the sandbox's username. Production has its own."
                    )
                )

    @api.constrains("trust", "ca_certificate", "relaxed_confirmed")
    def _check_trust(self):
        for gateway in self:
            if gateway.trust == "relaxed" and not gateway.relaxed_confirmed:
                raise ValidationError(
                    self.env._(
                        "Without verification the messages and the key can be read on"
                        " the way. Confirm that you accept this, or upload the"
                        " firewall's certificate instead."
                    )
                )
            if gateway.trust == "ca":
                try:
                    authorities(gateway.ca_certificate or "")
                except ValueError as error:
                    raise ValidationError(str(error)) from None

    @api.constrains("proxy_url")
    def _check_proxy(self):
        for gateway in self.filtered("proxy_url"):
            if "@" in gateway.proxy_url:
                raise ValidationError(
                    self.env._("Enter the proxy's user and password in their fields.")
                )
            try:
                Account("", "", proxy=gateway.proxy_url)
            except ValueError as error:
                raise ValidationError(str(error)) from None

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            company_id = vals.get("company_id", self.env.company.id)
            vals.setdefault("is_default", not self._default_ids().get(company_id))
            if vals["is_default"] and vals.get("active", True):
                self.browse()._end_default_of(company_id)
        gateways = super().create(vals_list)
        self.env.registry.clear_cache()
        return gateways

    def write(self, vals):
        if "active" in vals and not vals["active"]:
            self._check_nothing_waits()
        if vals.get("is_default") or vals.get("active") or "company_id" in vals:
            for gateway in self:
                if vals.get("is_default", gateway.is_default):
                    company_id = vals.get("company_id", gateway.company_id.id)
                    gateway._end_default_of(company_id)
        if "trust" in vals and vals["trust"] != "relaxed":
            vals = dict(vals, relaxed_confirmed=False)
        result = super().write(vals)
        if {"is_default", "active", "company_id"} & set(vals):
            self.env.registry.clear_cache()
        return result

    def _check_nothing_waits(self):
        waiting = (
            self.env["sms.sms"]
            .sudo()
            .search_count(
                [
                    ("gateway_id", "in", self.ids),
                    ("state", "in", ("outgoing", "process")),
                    ("to_delete", "!=", True),
                ]
            )
        )
        if waiting:
            raise UserError(
                self.env._(
                    "%s messages wait for this gateway. Let them leave or cancel them"
                    " before you archive it; to stop them for now, pause it.",
                    waiting,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = (
            self.env["sms.sms"]
            .sudo()
            .search_count([("gateway_id", "in", self.ids)], limit=1)
        )
        if used:
            raise UserError(
                self.env._(
                    "Messages went through this gateway, and stay on record with it."
                    " Archive it instead."
                )
            )

    def copy_data(self, default=None):
        return [
            dict(vals, name=self.env._("%s (copy)", gateway.name), is_default=False)
            for gateway, vals in zip(self, super().copy_data(default), strict=True)
        ]

    def _end_default_of(self, company_id):
        """Let no gateway but this one be the default of a company."""
        others = self.sudo().search(
            [
                ("company_id", "=", company_id),
                ("is_default", "=", True),
                ("id", "not in", self.ids),
            ]
        )
        if others:
            others.is_default = False
            others.flush_recordset(["is_default"])

    # ------------------------------------------------------------
    # Routing
    # ------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _default_ids(self):
        """Give {company id or False: id of its default gateway}."""
        gateways = self.sudo().search(
            [("is_default", "=", True), ("active", "=", True)]
        )
        return {gateway.company_id.id: gateway.id for gateway in gateways}

    @api.model
    def _gateway_of(self, company):
        """Give the gateway that takes a company's SMS, or none."""
        defaults = self._default_ids()
        return self.browse(defaults.get(company.id) or defaults.get(False) or [])

    # ------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------

    @api.model
    def _is_neutralized(self):
        parameters = self.env["ir.config_parameter"].sudo()
        return bool(parameters.get_param("database.is_neutralized"))

    def _account(self):
        """Give the connector's account.

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
        parameters = self.env["ir.config_parameter"].sudo()
        return Account(
            username=self.account_username or "",
            api_key=self._api_key(),
            environment=self.environment,
            base_url=parameters.get_param("su_sms.base_url") or "",
            trust=Trust(self.trust, self.ca_certificate or ""),
            proxy=proxy,
            connect_timeout=float(self.connect_timeout),
            read_timeout=float(self.read_timeout),
            attempts=self.attempts,
            concurrency=self.concurrency,
        )

    def _client(self):
        """Give the gateway's client; its connections outlive the transaction."""
        self.ensure_one()
        return clients.get((self.env.cr.dbname, self.id), self._account())

    def _settings(self):
        """Give what the outbox needs to know, free of the ORM."""
        self.ensure_one()
        company = self.company_id or self.env.company
        return outbox.Gateway(
            id=self.id,
            chunk_size=self.chunk_size,
            concurrency=self.concurrency,
            max_attempts=self.message_attempts,
            sender=self.sender_id or "",
            sanitise=self.sanitise,
            country=self._country(company),
            promotional=self.balance_state != "floor",
            useful_hours=self.useful_hours,
            company_id=company.id,
            window=self._window(),
            zone=self.window_zone,
            pace=self.pace,
            day_budget=self.day_budget,
        )

    @api.model
    def _country(self, company):
        """Give the country by which a company's local numbers are read."""
        return company.country_id.code or "KE"

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_test_connection(self):
        self.ensure_one()
        wizard = self.env["sms.test.wizard"].create({"gateway_id": self.id})
        return wizard._show()

    def action_view_messages(self):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("sms.sms_sms_action")
        action["domain"] = [("gateway_id", "=", self.id)]
        action["context"] = self.env.context.get("message_context", {})
        return action
