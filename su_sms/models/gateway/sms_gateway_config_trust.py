from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ...tools.context import without_defaults

# How often the administrators are reminded.
REMIND = timedelta(days=7)
# What is set by whoever accepts it.
CONFIRMS = {"trust", "relaxed_confirmed", "relaxed_account"}
ACTIVITY = "su_sms.mail_activity_type_trust"


class SmsGatewayConfig(models.Model):
    """A line that is not verified, with real messages on it: never by accident.

    It is confirmed once more, for this account, and every administrator is told at
    once and again each week until it is mended.
    """

    _inherit = "sms.gateway.config"

    relaxed_account = fields.Char(
        "Type the Username to Confirm",
        copy=False,
        tracking=True,
        help="In production the username of the account whose messages and key anybody"
        " on the way can then read: typed by whoever accepts this.",
    )
    relaxed_at = fields.Datetime(readonly=True, copy=False)
    relaxed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    relaxed_told_at = fields.Datetime(readonly=True, copy=False)

    @api.constrains("trust", "environment", "username", "relaxed_account")
    def _check_relaxed_account(self):
        for gateway in self.filtered(lambda g: g._is_exposed()):
            if gateway.relaxed_account != gateway.username:
                raise ValidationError(
                    self.env._(
                        "In production a line that is not verified needs a second"
                        " confirmation: type the username “%s” under Connection."
                        " Better, upload the firewall's certificate.",
                        gateway.username,
                    )
                )

    def _is_exposed(self):
        """Tell whether real messages go over a line that is not verified."""
        self.ensure_one()
        return self.trust == "relaxed" and self.environment == "production"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_kept(vals)
        given = without_defaults(self, self._kept() | CONFIRMS)
        signed = [self._signed(vals) for vals in vals_list]
        gateways = super(SmsGatewayConfig, given).create(signed).with_env(self.env)
        gateways._tell_of_exposure()
        return gateways

    def write(self, vals):
        self._check_kept(vals)
        result = super().write(self._signed(vals))
        if {"trust", "environment"} & set(vals):
            self._tell_of_exposure()
        return result

    @api.model
    def _kept(self):
        """Return the names of what a gateway finds out or does, and nobody says."""
        return {
            name
            for name, field in self._fields.items()
            if field.store and field.readonly and name not in models.MAGIC_COLUMNS
        }

    @api.model
    def _check_kept(self, vals):
        """Let nobody say what only the gateway itself finds out, whoever calls."""
        if not self.env.su and self._kept() & set(vals):
            raise AccessError(
                self.env._(
                    "How a gateway is doing, it says itself: use its buttons instead."
                )
            )

    @api.model
    def _signed(self, vals):
        """Give values with who accepts a line that is not verified, and when."""
        if not CONFIRMS & set(vals):
            return vals
        if vals.get("trust", "relaxed") != "relaxed":
            ended = {"relaxed_at": False, "relaxed_by_id": False}
            return dict(vals, relaxed_account=False, **ended)
        now = fields.Datetime.now()
        return dict(vals, relaxed_at=now, relaxed_by_id=self.env.uid)

    def _tell_of_exposure(self):
        """Tell the administrators of each of these that is exposed, once in a while."""
        now = fields.Datetime.now()
        for gateway in self:
            if not gateway._is_exposed():
                if gateway.relaxed_told_at:
                    gateway.sudo().activity_unlink([ACTIVITY])
                    gateway.sudo().relaxed_told_at = False
            elif (gateway.relaxed_told_at or now - REMIND) <= now - REMIND:
                gateway.sudo().activity_unlink([ACTIVITY])
                gateway._schedule_for_administrators(
                    ACTIVITY,
                    self.env._("The line is not verified"),
                    self.env._(
                        "Anybody between this server and the provider can read the"
                        " messages and take the key. Upload the firewall's certificate."
                    ),
                )
                gateway.sudo().relaxed_told_at = now
