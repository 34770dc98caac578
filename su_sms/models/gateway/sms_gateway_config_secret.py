import logging
import os
import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools import vault
from ...tools.reasons import sentence

_logger = logging.getLogger(__name__)

# Only variables meant for us can be named: a form must not read out the server's.
KEY_VARIABLE = re.compile(rf"(?!{vault.VARIABLE}$)SU_SMS_[A-Z0-9_]+")
SECRETS = ("api_key", "proxy_password")


class SmsGatewayConfig(models.Model):
    """The secrets of a gateway: in the system parameters, write-only for people."""

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
