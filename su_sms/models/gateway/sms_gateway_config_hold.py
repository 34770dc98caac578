from markupsafe import escape
from odoo import fields, models

from ...tools.context import loud

HOLD_REASONS = [
    ("paused", "Paused"),
    ("auth", "Username or API key refused"),
    ("sender", "Sender ID refused"),
    ("credit", "No credit"),
    ("window", "Outside the hours for promotional SMS"),
    ("tls", "Certificate not trusted"),
    ("down", "Not reachable"),
    ("throttled", "Told to slow down"),
    ("busy", "Service unavailable"),
    ("request", "Request not understood"),
    ("timeout", "No answer"),
    ("reset", "Connection cut"),
    ("http_5xx", "Error at the provider"),
    ("unreadable", "Answer not understood"),
]
# Settings that may have been the reason for a hold.
MENDS = {
    "environment",
    "username",
    "key_variable",
    "sender_id",
    "trust",
    "ca_certificate",
    "proxy_url",
    "proxy_username",
}
# Held until a person does something; the administrators are told.
WANTS_A_PERSON = ("auth", "sender", "credit", "tls", "request")


class SmsGatewayConfig(models.Model):
    """When a gateway may not send, why, and who is told.

    The dispatcher holds and releases gateways in SQL (``dispatch/line.py``); here is
    what people do and see.
    """

    _inherit = "sms.gateway.config"

    hold_reason = fields.Selection(
        HOLD_REASONS, "Held Because", readonly=True, copy=False
    )
    hold_text = fields.Char("What the Provider Said", readonly=True, copy=False)
    held_since = fields.Datetime(readonly=True, copy=False)
    hold_told = fields.Boolean(readonly=True, copy=False)
    retry_at = fields.Datetime("Next Try", readonly=True, copy=False)
    retry_count = fields.Integer(readonly=True, copy=False)
    last_success_at = fields.Datetime("Last Success", readonly=True, copy=False)
    last_error = fields.Char(readonly=True, copy=False)
    last_error_at = fields.Datetime("Last Error On", readonly=True, copy=False)
    line_version = fields.Integer(
        default=0,
        readonly=True,
        copy=False,
        help="Counts the changes of what leads to the provider. What went wrong on an"
        " older version says nothing about this one.",
    )

    def write(self, vals):
        result = super().write(vals)
        if MENDS & set(vals):
            self._line_changed()
        return result

    def _line_changed(self):
        """Try at once again what was held for a reason that may have been mended.

        Dispatchers that still have the line as it was claim nothing more for it.
        """
        for gateway in self:
            gateway.sudo().line_version += 1
        self.filtered(lambda g: g.hold_reason and g.hold_reason != "paused")._resume()

    def _resume(self):
        if not self:
            return
        self.sudo().write(
            {
                "hold_reason": False,
                "hold_text": False,
                "held_since": False,
                "hold_told": False,
                "retry_at": False,
                "retry_count": 0,
            }
        )
        self._forget_activities()
        self.env["sms.sms"]._trigger_dispatch()

    def _forget_activities(self):
        self.sudo().activity_unlink(["su_sms.mail_activity_type_gateway"])

    def _hold(self, error):
        """Hold because of what a person's test has found."""
        self.sudo().write(
            {
                "hold_reason": error.reason,
                "hold_text": error.text,
                "held_since": fields.Datetime.now(),
                "retry_at": fields.Datetime.now(),
                "last_error": error.text,
                "last_error_at": fields.Datetime.now(),
            }
        )

    def _what_it_waits_for(self):
        """Say why nothing leaves through this gateway now; False if it does."""
        if self.hold_reason:
            reasons = self._fields["hold_reason"]._description_selection(self.env)
            return dict(reasons)[self.hold_reason]
        if self.status in ("no_key", "sealed"):
            return dict(self._fields["status"]._description_selection(self.env))[
                self.status
            ]
        return False

    def action_pause(self):
        self.check_access("write")
        self.sudo().write(
            {"hold_reason": "paused", "held_since": fields.Datetime.now()}
        )

    def action_resume(self):
        self.check_access("write")
        self._resume()

    def _tell_administrators(self):
        """Give the administrators one activity for each hold that wants a person."""
        kind = self.env.ref("su_sms.mail_activity_type_gateway")
        self.sudo().search(
            [
                ("hold_reason", "=", False),
                ("activity_ids.activity_type_id", "=", kind.id),
            ]
        )._forget_activities()
        gateways = self.sudo().search(
            [("hold_reason", "in", WANTS_A_PERSON), ("hold_told", "=", False)]
        )
        if not gateways:
            return
        reasons = dict(self._fields["hold_reason"]._description_selection(self.env))
        for gateway in gateways:
            gateway._schedule_for_administrators(
                "su_sms.mail_activity_type_gateway",
                reasons[gateway.hold_reason],
                gateway.hold_text,
            )
        gateways.hold_told = True

    def _schedule_for_administrators(self, activity_type, summary, note):
        """Give each administrator who may see this gateway something to do.

        :param note: text, also what the provider said: shown as text
        """
        self.ensure_one()
        group = self.env.ref("su_sms.group_gateway_admin").sudo()
        for user in group.all_user_ids:
            concerned = not self.company_id or self.company_id in user.company_ids
            if user.active and not user.share and concerned:
                loud(self.sudo()).activity_schedule(
                    activity_type,
                    fields.Date.context_today(self.with_context(tz=user.tz)),
                    summary=summary,
                    note=escape(note or ""),
                    user_id=user.id,
                )
