import logging
import os
import re
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ...dispatch import maintenance
from ...dispatch.database import home
from ...tools import vault
from ...tools.reasons import sentence
from ...tools.transactions import in_test, own_transaction, utcnow

_logger = logging.getLogger(__name__)

# Only variables meant for us can be named: a form must not read out the server's.
KEY_VARIABLE = re.compile(rf"(?!{vault.VARIABLE}$)SU_SMS_[A-Z0-9_]+")
SECRETS = ("api_key", "proxy_password")
# What leads to the original, or to its account.
OF_THE_ORIGINAL = (
    "key_variable",
    "proxy_username",
    "callback_token_before",
    "callback_token_until",
)
# What has waited for so long in a copy, the original may have sent meanwhile.
LONG = timedelta(hours=1)


class SmsGatewayConfig(models.Model):
    """What is a gateway's alone: its secrets, and the database that it belongs to.

    Secrets are in the system parameters, write-only for people. In a copy of its
    database a gateway sends nothing until a person has said which is the real one.
    """

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.gateway.config"

    api_key = fields.Char(
        "API Key",
        compute="_compute_secrets",
        inverse="_inverse_api_key",
        copy=False,
        exportable=False,
        help="From your application's settings at Africa's Talking; sandbox and"
        " production have different keys. It can be replaced here but never"
        " read again. A new key can take up to 20 minutes to work and replaces"
        " the old one.",
    )
    api_key_hint = fields.Char(
        "Key in Use", compute="_compute_api_key_hint", exportable=False
    )
    key_variable = fields.Char(
        "Key from Environment Variable",
        copy=False,
        tracking=True,
        help="Name of an environment variable of the server that holds the key, such"
        " as SU_SMS_API_KEY, so that the key is not stored in the database.",
    )
    proxy_password = fields.Char(
        compute="_compute_secrets",
        inverse="_inverse_proxy_password",
        copy=False,
        exportable=False,
        help="It can be replaced here but never read again. Changing the proxy's"
        " address removes it.",
    )

    seal_problem = fields.Char(compute="_compute_seal_problem")

    # Where it belongs: see dispatch/database/home.py
    home = fields.Json(readonly=True, copy=False, exportable=False, groups=".")
    copy_of = fields.Char(compute="_compute_copy_of")
    waiting_long_count = fields.Integer(compute="_compute_copy_of")

    def _compute_secrets(self):
        """Show nothing: secrets are write-only."""
        self.api_key = False
        self.proxy_password = False

    def _inverse_api_key(self):
        for gateway in self.filtered("api_key"):
            gateway._set_secret("api_key", gateway.api_key)
            gateway._line_changed()
        self.invalidate_recordset(["api_key", "api_key_hint", "status"])

    def _inverse_proxy_password(self):
        for gateway in self.filtered("proxy_password"):
            gateway._set_secret("proxy_password", gateway.proxy_password)
            gateway._line_changed()
        self.invalidate_recordset(["proxy_password"])

    @api.depends("key_variable", "api_key")
    def _compute_api_key_hint(self):
        for gateway, key in self._api_keys().items():
            if not key:
                gateway.api_key_hint = False
            else:
                gateway.api_key_hint = "•••• " + key[-4:] if len(key) >= 16 else "••••"

    @api.constrains("key_variable")
    def _check_key_variable(self):
        for gateway in self.filtered("key_variable"):
            if not KEY_VARIABLE.fullmatch(gateway.key_variable):
                raise ValidationError(
                    self.env._(
                        "The variable's name must begin with SU_SMS_, and not be that"
                        " of the master key."
                    )
                )

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """Leave columns empty that no form offers to export, whoever asks by RPC."""
        secret = [
            place
            for place, path in enumerate(fields)
            if path and path[0] in self._fields and not self._fields[path[0]].exportable
        ]
        asked = [path for place, path in enumerate(fields) if place not in secret]
        rows = super()._export_rows(asked, _is_toplevel_call=_is_toplevel_call)
        for row in rows:
            for place in secret:
                row.insert(place, "")
        return rows

    def _moving_proxy(self, vals):
        """Return those of these that would have another proxy."""
        return self.filtered(
            lambda gateway: (
                (vals.get("proxy_url", gateway.proxy_url) or "")
                != (gateway.proxy_url or "")
            )
        )

    def _forget_proxy_login(self, vals):
        """Forget user and password of a proxy that these no longer use."""
        for gateway in self:
            if not vals.get("proxy_password"):
                gateway._set_secret("proxy_password", "")
            if "proxy_username" not in vals and gateway.proxy_username:
                gateway.proxy_username = False

    def unlink(self):
        names = [gateway._parameter(secret) for gateway in self for secret in SECRETS]
        self.env["ir.config_parameter"].sudo().search([("key", "in", names)]).unlink()
        self.env.registry.clear_cache()
        return super().unlink()

    def _parameter(self, secret):
        self.ensure_one()
        return f"su_sms.{secret}_{self.id}"

    def _set_secret(self, secret, value):
        label = self._fields[secret].get_description(self.env)["string"]
        if self._get_secret(secret):
            text = self.env._("%s replaced.", label)
        else:
            text = self.env._("%s set.", label)
        self._store_secret(secret, value.strip())
        self._message_log(body=text)

    def _store_secret(self, secret, value):
        try:
            sealed = vault.seal(value)
        except vault.SealError as error:
            raise UserError(
                self.env._(
                    "Nothing was saved: %s Correct it in the server's environment and"
                    " restart the server.",
                    sentence(self.env, error),
                )
            ) from None
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param(self._parameter(secret), sealed)

    def _stored_secrets(self):
        """Return {(gateway, secret): it as the database has it, sealed or not}."""
        places = {
            gateway._origin._parameter(secret): (gateway, secret)
            for gateway in self
            for secret in SECRETS
            if gateway._origin
        }
        parameters = self._parameters(list(places))
        return {place: parameters.get(key, "") for key, place in places.items()}

    def _secrets(self):
        """Return {(gateway, secret): it}, but those that can't be unsealed."""
        secrets = {}
        for (gateway, secret), stored in self._stored_secrets().items():
            try:
                secrets[gateway, secret] = vault.unseal(stored)
            except vault.SealError as error:
                _logger.error("Gateway %s: %s is sealed: %s", gateway.id, secret, error)
        return secrets

    def _get_secret(self, secret):
        self.ensure_one()
        return self._secrets().get((self, secret), "")

    @api.depends("api_key", "proxy_password")
    def _compute_seal_problem(self):
        self.seal_problem = False
        for (gateway, _secret), stored in self._stored_secrets().items():
            try:
                vault.unseal(stored)
            except vault.SealError as error:
                gateway.seal_problem = self.env._(
                    "The key is sealed: %s Start the server with the master key that"
                    " sealed it, or paste the key again. Messages wait meanwhile.",
                    sentence(self.env, error),
                )

    def _seal_anew(self):
        """Seal with the first master key what is not, such as after it was changed."""
        for (gateway, secret), stored in self._stored_secrets().items():
            try:
                if not stored or vault.is_current(stored):
                    continue
                value = vault.unseal(stored)
            except vault.SealError as error:
                _logger.error("Gateway %s: %s", gateway.id, error)
                continue
            gateway._store_secret(secret, value)
            _logger.info("Gateway %s: %s sealed anew", gateway.id, secret)

    def _api_keys(self):
        """Return {gateway: its key}: from the environment if a variable is named."""
        secrets = self._secrets()
        keys = {}
        for gateway in self:
            variable = gateway.key_variable
            if variable and KEY_VARIABLE.fullmatch(variable):
                keys[gateway] = os.environ.get(variable, "")
            else:
                keys[gateway] = secrets.get((gateway, "api_key"), "")
        return keys

    def _api_key(self):
        self.ensure_one()
        return self._api_keys()[self]

    # ------------------------------------------------------------
    # Where it belongs
    # ------------------------------------------------------------

    @api.depends("hold_reason")
    def _compute_copy_of(self):
        self.copy_of = False
        self.waiting_long_count = 0
        for gateway in self.filtered(lambda each: each.hold_reason == "copy"):
            home = gateway.sudo().home or {}
            gateway.copy_of = self.env._(
                "“%(database)s” of %(date)s",
                database=home.get("name"),
                date=format_date(self.env, (home.get("at") or "")[:10]),
            )
            gateway.waiting_long_count = (
                self.env["sms.sms"].sudo().search_count(gateway._waits_long())
            )

    def _waits_long(self):
        """Return the domain of what has waited for so long that it may be sent."""
        before = fields.Datetime.now() - LONG
        return [
            ("gateway_id", "=", self.id),
            ("state", "=", "outgoing"),
            ("create_date", "<", before),
            *("|", ("queued_at", "=", False), ("queued_at", "<", before)),
        ]

    @api.model
    def _away(self):
        """Return the gateways of which this database is a copy; they are held.

        One that belongs nowhere yet belongs here from now on.
        """
        now = fields.Datetime.now()
        with own_transaction(self.env) as cr:
            here = home.here(cr)
            away = home.away(cr, here)
            held = home.hold_as_copies(cr, away, now)
            home.note(cr, here, now)
        if held:
            _logger.warning("Gateways %s are those of another database", held)
        if held or in_test():
            self.invalidate_model()
        return self.sudo().browse(away)

    def _belong_here(self):
        """Let these belong to this database from now on."""
        at = fields.Datetime.to_string(fields.Datetime.now())
        self.sudo().home = {**home.here(self.env.cr), "at": at}

    def _check_no_copy(self):
        if any(gateway.hold_reason == "copy" for gateway in self):
            raise UserError(
                self.env._(
                    "This looks like a copy of another database. Open the gateway and"
                    " choose whether it is the real one."
                )
            )

    def _check_copy(self):
        self.check_access("write")
        if any(gateway.hold_reason != "copy" for gateway in self):
            raise UserError(self.env._("This gateway is not held as a copy."))

    def action_give_up_old(self):
        """Give up what has waited for so long that the original may have sent it."""
        self._check_copy()
        self.env.flush_all()
        for gateway in self:
            now = utcnow()
            count = maintenance.give_up(self.env.cr, gateway.id, now - LONG, now)
            gateway._message_log(
                body=self.env._("%s messages were discarded as too old.", count)
            )
        self.env["sms.sms"].invalidate_model()
        self.env["sms.sms"]._trigger_dispatch()

    def action_is_original(self):
        """Go on here: this is the database that sends from now on."""
        self._check_copy()
        self._belong_here()
        for gateway in self:
            gateway._message_log(
                body=self.env._("Confirmed: this is the real database. It sends again.")
            )
        self._resume()
        self.env["sms.gateway.event"]._wake()

    def action_is_copy(self):
        """Take from this copy all that would reach people: keys, and what waits."""
        self._check_copy()
        self.env.flush_all()
        for gateway in self.sudo():
            for secret in SECRETS:
                gateway._store_secret(secret, "")
            gateway.write(
                {
                    **dict.fromkeys(OF_THE_ORIGINAL, False),
                    "environment": "sandbox",
                    "callback_token": secrets.token_urlsafe(32),
                    "hold_reason": "paused",
                }
            )
            count = maintenance.call_off(self.env.cr, gateway.id, utcnow())
            gateway.with_env(self.env)._message_log(
                body=self.env._(
                    "Confirmed: this is a copy. Its keys were removed, and %s waiting"
                    " messages cancelled.",
                    count,
                )
            )
        self._belong_here()
        self.env.registry.clear_cache()
        self.env["sms.sms"].invalidate_model()
        self.env["sms.sms"]._trigger_dispatch()
