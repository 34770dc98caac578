import re

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError

# Registered short codes are digits; an alphanumeric sender ID is 3-11 characters,
# GSM's limit, with a letter in it.
SENDER_ID = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]{3,11}|[0-9]{3,8}")


class SmsGatewayConfig(models.Model):
    """An account at a provider, and how a company's SMS go through it.

    This file has what a gateway is, how it is saved, and whose SMS it takes. Beside it:

    - ``_connection``: whom to trust, which way, how long; what the outbox is told
    - ``_secret``: the API key and the proxy's password
    - ``_callback``: the addresses that the provider posts to
    - ``_limit``: limits, budgets, hours, pace and prices
    - ``_hold``: when it may not send; balance, failover, overdue reports
    - ``_health``: what is wrong with it, in words; the country of numbers

    Opt-outs and retention have theirs in ``optout`` and ``privacy``.
    """

    _name = "sms.gateway.config"
    _description = "SMS Gateway"
    _inherit = [
        "sms.form.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "sms.own.companies",
    ]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(
        required=True,
        default=lambda self: self.env._("Africa's Talking"),
        tracking=True,
        help="The name by which your users know this account.",
    )
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        tracking=True,
        help="The company whose SMS are sent through this gateway. Empty: all"
        " companies without a gateway of their own.",
    )
    is_default = fields.Boolean(
        "Default",
        default=lambda self: not self._default_ids().get(self.env.company.id),
        tracking=True,
        help="Send all SMS of the company through this gateway. Other gateways are"
        " only used where they are chosen.",
    )
    provider = fields.Selection(
        [("africastalking", "Africa's Talking")],
        required=True,
        default="africastalking",
        help="The company that carries the messages.",
    )
    environment = fields.Selection(
        [("sandbox", "Sandbox"), ("production", "Production")],
        required=True,
        default="sandbox",
        tracking=True,
        help="Sandbox: no phone is reached, messages appear in the simulator of"
        " Africa's Talking. Production: real SMS, real cost.",
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
        help="Send “curly quotes”, dashes, n° and the like as plain ones: a single"
        " one of them would more than halve the characters per part and double"
        " the cost. Repeated spaces become one.",
    )

    max_parts = fields.Integer(
        "Maximum Parts per Message",
        default=10,
        required=True,
        tracking=True,
        help="SMS are charged per part: 153 characters of a long text. Longer"
        " messages are not sent.",
    )

    # Health
    balance = fields.Float(digits=(16, 4), readonly=True, copy=False)
    balance_currency_id = fields.Many2one("res.currency", readonly=True, copy=False)
    balance_at = fields.Datetime("Balance Updated", readonly=True, copy=False)
    status = fields.Selection(
        [
            ("ready", "Ready"),
            ("no_key", "Key missing"),
            ("sealed", "Key sealed"),
            ("held", "Held"),
            ("paused", "Paused"),
            ("neutralized", "Neutralized database"),
        ],
        compute="_compute_status",
    )
    queued_count = fields.Integer("Waiting", compute="_compute_message_counts")
    unknown_count = fields.Integer("Unknown", compute="_compute_message_counts")
    message_count = fields.Integer("All Messages", compute="_compute_message_counts")

    _max_parts = models.Constraint(
        "CHECK (max_parts BETWEEN 1 AND 30)", "A message can have 1 to 30 parts."
    )
    _one_default = models.UniqueIndex(
        "(COALESCE(company_id, 0)) WHERE active AND is_default",
        "A company can have only one default gateway.",
    )
    # ------------------------------------------------------------
    # Fields
    # ------------------------------------------------------------

    @api.depends("environment", "username")
    def _compute_account_username(self):
        for gateway in self:
            sandbox = gateway.environment == "sandbox"
            gateway.account_username = "sandbox" if sandbox else gateway.username

    @api.depends("hold_reason", "key_variable", "seal_problem")
    def _compute_status(self):
        neutralized = self._is_neutralized()
        for gateway, key in self._api_keys().items():
            if neutralized:
                gateway.status = "neutralized"
            elif gateway.hold_reason == "paused":
                gateway.status = "paused"
            elif not key:
                gateway.status = "sealed" if gateway.seal_problem else "no_key"
            else:
                gateway.status = "held" if gateway.hold_reason else "ready"

    def _compute_message_counts(self):
        rows = (
            self.env["sms.tally"]
            .sudo()
            ._sums(
                "state",
                [("gateway_id", "in", self.ids)],
                *("gateway_id", "state", "failure_type"),
            )
        )
        self.queued_count = self.unknown_count = self.message_count = 0
        for gateway_id, state, failure_type, count, _cost, _parts in rows:
            gateway = self.browse(gateway_id)
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

    @api.constrains("company_id")
    def _check_no_other_company_uses_it(self):
        """Refuse what would make one company pay for what others send."""
        for gateway in self.sudo().filtered("company_id"):
            others = [("company_id", "!=", gateway.company_id.id)]
            uses = {
                "sms.sms": [
                    ("gateway_id", "=", gateway.id),
                    ("state", "in", ("outgoing", "process")),
                    ("to_delete", "!=", True),
                ],
                "sms.campaign": [
                    ("gateway_id", "=", gateway.id),
                    ("state", "not in", ("done", "cancelled")),
                ],
                "sms.gateway.config": [("failover_id", "=", gateway.id)],
            }
            if any(
                self.env[model].sudo().search_count(domain + others, limit=1)
                for model, domain in uses.items()
            ):
                raise ValidationError(
                    self.env._(
                        "Messages, campaigns or gateways of other companies use “%s”:"
                        " it can't be one company's before they use another.",
                        gateway.name,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def _named_to_user(self):
        """Return also those through which an employee's companies send."""
        user = self.env.user
        if not user._is_internal():
            return self.browse()
        theirs = self.filtered(lambda each: each.company_id <= user.company_ids)
        return theirs | super()._named_to_user()

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._with_whose(vals) for vals in vals_list]
        for vals in vals_list:
            self._check_internal(vals)
            company_id = vals.get("company_id", False)
            free = not self._default_ids().get(company_id)
            # Without a key it takes a company's SMS only if somebody says so.
            vals.setdefault("is_default", free and self._given_key(vals))
            if vals["is_default"] and vals.get("active", True):
                self.browse()._end_default_of(company_id)
        signed = [self._signed(vals) for vals in vals_list]
        gateways = super().create(signed)
        self.env.registry.clear_cache()
        gateways._belong_here()
        gateways._check_not_shared()
        gateways._tell_of_exposure()
        return gateways

    @api.model
    def _with_whose(self, vals):
        """Return values that say whose default it may be, also if a default does."""
        asked = [name for name in ("active", "company_id") if name not in vals]
        return {**self.default_get(asked), **vals}

    def _check_access(self, operation):
        """Leave what carries every company's SMS to who works for all of them."""
        result = super()._check_access(operation)
        if result or self.env.su or operation == "read" or self._is_for_all_companies():
            return result
        shared = self.sudo().filtered(lambda each: each.id and not each.company_id)
        return (shared.with_env(self.env), self._shared_error) if shared else result

    @api.model
    def _is_for_all_companies(self):
        """Tell whether the user administers Odoo, or is in every company."""
        user = self.env.user
        every = self.env["res.company"].sudo().search_count([])
        return user.has_group("base.group_system") or len(user.company_ids) == every

    @api.model
    def _shared_error(self):
        return AccessError(
            self.env._(
                "A gateway without a company sends the SMS of all companies: only"
                " users with access to every company can change it. Choose a"
                " company."
            )
        )

    def _check_not_shared(self):
        if not (self.env.su or all(self.mapped("company_id"))):
            self.check_access("write")

    @api.model
    def _given_key(self, vals):
        return bool(vals.get("api_key") or vals.get("key_variable"))

    def write(self, vals):
        """Write, and do what follows from it: all of it, in the order that it needs."""
        self._check_internal(vals)
        if "active" in vals and not vals["active"]:
            self._check_nothing_waits()
        if vals.get("is_default") or vals.get("active") or "company_id" in vals:
            for gateway in self:
                if vals.get("is_default", gateway.is_default):
                    company_id = vals.get("company_id", gateway.company_id.id)
                    gateway._end_default_of(company_id)
        moving = self._moving_proxy(vals)
        result = super().write(self._signed(vals))
        if {"is_default", "active", "company_id"} & set(vals):
            self.env.registry.clear_cache()
            self._check_not_shared()
        self._mend(set(vals))
        if "hour_limit" in vals:
            self.env["sms.sms"].sudo()._hold_anew(self)
        moving._forget_proxy_login(vals)
        if {"trust", "environment"} & set(vals):
            self._tell_of_exposure()
        return result

    @api.model
    def _longest(self, field):
        if field.name == "ca_certificate":
            # Some hundred authorities; a firewall has one.
            return 200_000
        return super()._longest(field)

    @api.model
    def _internal_fields(self):
        """Return the names of what a gateway finds out or does, and nobody says."""
        return {
            name
            for name, field in self._fields.items()
            if field.store and field.readonly and name not in models.MAGIC_COLUMNS
        }

    @api.model
    def _check_internal(self, vals):
        """Let nobody say what only the gateway itself finds out, whoever calls."""
        if not self.env.su and self._internal_fields() & set(vals):
            raise AccessError(
                self.env._(
                    "The status of a gateway is kept up to date automatically. Use"
                    " the buttons instead."
                )
            )

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
                    "%s messages are waiting for this gateway. Let them be sent or"
                    " cancel them before you archive it; to stop them for now, pause"
                    " it.",
                    waiting,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        mine = [("gateway_id", "in", self.ids)]
        on_record = ("sms.sms", "sms.incoming", "sms.gateway.event", "sms.consent")
        if any(
            self.env[model].sudo().search_count(mine, limit=1) for model in on_record
        ):
            raise UserError(
                self.env._(
                    "Messages were sent through this gateway, so it can't be"
                    " deleted. Archive it instead."
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
        """Return {company id or False: id of its default gateway}."""
        gateways = self.sudo().search(
            [("is_default", "=", True), ("active", "=", True)]
        )
        return {gateway.company_id.id: gateway.id for gateway in gateways}

    @api.model
    def _gateway_of(self, company):
        """Return the gateway that takes a company's SMS, or none."""
        defaults = self._default_ids()
        return self.browse(defaults.get(company.id) or defaults.get(False) or [])

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_test_connection(self):
        self.ensure_one()
        wizard = self.env["sms.test.wizard"].create({"gateway_id": self.id})
        return wizard._show()

    @api.readonly
    def action_view_messages(self):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("sms.sms_sms_action")
        action["domain"] = [("gateway_id", "=", self.id)]
        action["context"] = self.env.context.get("message_context", {})
        return action
