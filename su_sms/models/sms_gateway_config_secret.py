import os
import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Only variables meant for us can be named: a form must not read out the server's.
KEY_VARIABLE = re.compile(r"SU_SMS_[A-Z0-9_]+")


class SmsGatewayConfig(models.Model):
    """The secrets of a gateway: in the system parameters, write-only for people."""

    _inherit = "sms.gateway.config"

    api_key = fields.Char(
        "API Key",
        compute="_compute_secrets",
        inverse="_inverse_api_key",
        copy=False,
        exportable=False,
        help="From your application's settings at Africa's Talking; sandbox and"
        " production have different keys. It can be replaced here but never read"
        " again. A new key may take up to 20 minutes to work, and ends the old one.",
    )
    api_key_hint = fields.Char(
        "Key in Use", compute="_compute_api_key_hint", exportable=False
    )
    key_variable = fields.Char(
        "Key from Environment Variable",
        copy=False,
        tracking=True,
        help="Name of a variable of the server's environment that holds the key, such"
        " as SU_SMS_API_KEY, so that the key is not in the database at all.",
    )
    proxy_password = fields.Char(
        compute="_compute_secrets",
        inverse="_inverse_proxy_password",
        copy=False,
        exportable=False,
        help="It can be replaced here but never read again.",
    )

    def _compute_secrets(self):
        """Show nothing: secrets are write-only."""
        self.api_key = False
        self.proxy_password = False

    def _inverse_api_key(self):
        for gateway in self.filtered("api_key"):
            gateway._set_secret("api_key", gateway.api_key)
            gateway._resume_after_change()
        self.invalidate_recordset(["api_key", "api_key_hint", "status"])

    def _inverse_proxy_password(self):
        for gateway in self.filtered("proxy_password"):
            gateway._set_secret("proxy_password", gateway.proxy_password)
        self.invalidate_recordset(["proxy_password"])

    @api.depends("key_variable", "api_key")
    def _compute_api_key_hint(self):
        for gateway in self:
            key = gateway._api_key()
            if not key:
                gateway.api_key_hint = False
            else:
                gateway.api_key_hint = "•••• " + key[-4:] if len(key) >= 16 else "••••"

    @api.constrains("key_variable")
    def _check_key_variable(self):
        for gateway in self.filtered("key_variable"):
            if not KEY_VARIABLE.fullmatch(gateway.key_variable):
                raise ValidationError(
                    self.env._("The variable's name must begin with SU_SMS_.")
                )

    def unlink(self):
        names = [
            gateway._parameter(secret)
            for gateway in self
            for secret in ("api_key", "proxy_password")
        ]
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
        self.env["ir.config_parameter"].sudo().set_param(
            self._parameter(secret), value.strip()
        )
        self._message_log(body=text)

    def _get_secret(self, secret):
        if not self.id:
            return ""
        parameters = self.env["ir.config_parameter"].sudo()
        return parameters.get_param(self._parameter(secret)) or ""

    def _api_key(self):
        """Give the key: from the environment if a variable is named, else stored."""
        self.ensure_one()
        if self.key_variable and KEY_VARIABLE.fullmatch(self.key_variable):
            return os.environ.get(self.key_variable, "")
        return self._origin._get_secret("api_key")
