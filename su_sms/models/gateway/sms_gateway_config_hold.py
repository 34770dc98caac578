import logging
from contextlib import contextmanager

from markupsafe import escape
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import LazyTranslate

from ...africastalking.account import AccountError
from ...africastalking.errors import GatewayError
from ...africastalking.trust import TrustError
from ...dispatch import waiting
from ...dispatch.holds import BY_A_PERSON, SETTINGS
from ...dispatch.timing.schedule import MOST_HOURS
from ...tools.context import loud
from ...tools.transactions import end_transaction, is_passing, utcnow

_lt = LazyTranslate(__name__)

HOLD_REASONS = [
    ("paused", "Paused"),
    ("copy", "This looks like a copy of another database"),
    ("auth", "Username or API key refused"),
    ("sender", "Sender ID refused"),
    ("credit", "No credit"),
    ("window", "Outside the hours for promotional SMS"),
    ("tls", "Certificate not trusted"),
    ("down", "Not reachable"),
    ("throttled", "Rate limited"),
    ("busy", "Service unavailable"),
    ("request", "Invalid request"),
    ("settings", "Unusable settings"),
    ("timeout", "No answer"),
    ("reset", "Connection cut"),
    ("http_5xx", "Error at the provider"),
    ("unreadable", "Unreadable response"),
]
# What a message waits for, but for a hold, which has words of its own.
WAITS_FOR = {
    "paused_campaign": _lt("A paused campaign"),
    "preparing": _lt("A campaign's preparation"),
    "balance": _lt("A higher balance"),
    "window": _lt("The hours for promotional SMS"),
    "budget": _lt("A higher campaign budget"),
    "day_budget": _lt("The next day's budget"),
    "pace": _lt("The pace"),
    "hour_limit": _lt("The hourly limit"),
    "next_try": _lt("The next try"),
    "nobody": _lt("Odoo's scheduled actions, which are not running"),
    "next": _lt("Next in the queue"),
}
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
WANTS_A_PERSON = ("copy", "auth", "sender", "credit", "tls", "request", SETTINGS)
_logger = logging.getLogger(__name__)


class SmsGatewayConfig(models.Model):
    """When a gateway may not send, why, and who is told; and what is watched meanwhile.

    The dispatcher holds and releases gateways in SQL (``dispatch/holds.py``); here is
    what people do and see.
    """

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.gateway.config"

    hold_reason = fields.Selection(HOLD_REASONS, readonly=True, copy=False)
    hold_text = fields.Char("Provider Message", readonly=True, copy=False)
    held_since = fields.Datetime(readonly=True, copy=False)
    hold_told = fields.Boolean(readonly=True, copy=False)
    retry_at = fields.Datetime("Next Try", readonly=True, copy=False)
    retry_count = fields.Integer(readonly=True, copy=False)
    last_success_at = fields.Datetime("Last Success", readonly=True, copy=False)
    last_error = fields.Char(readonly=True, copy=False)
    last_error_at = fields.Datetime("Last Error On", readonly=True, copy=False)
    settings_version = fields.Integer(
        default=0,
        readonly=True,
        copy=False,
        help="Incremented when the connection settings change: errors of older"
        " settings say nothing about the new ones.",
    )

    # Balance, age and reports
    useful_hours = fields.Integer(
        "Discard After (Hours)",
        default=48,
        tracking=True,
        help="Messages that could not be sent for this long are discarded and shown"
        " as too old. 0: never.",
    )
    report_hours = fields.Integer(
        "Report Expected within (Hours)",
        default=24,
        tracking=True,
        help="A message whose delivery report has not come after this long is shown as"
        " “Report Overdue”. 0: never.",
    )
    balance_warning = fields.Float(
        "Warn Below",
        digits=(16, 2),
        tracking=True,
        help="Administrators are notified once when the balance falls below this"
        " amount.",
    )
    balance_floor = fields.Float(
        "Reserve for Transactional SMS",
        digits=(16, 2),
        tracking=True,
        help="Below this balance, promotional messages wait, so that the rest"
        " remains available for transactional messages.",
    )
    balance_state = fields.Selection(
        [
            ("ok", "Sufficient"),
            ("low", "Low"),
            ("floor", "Promotional messages are waiting"),
        ],
        readonly=True,
        copy=False,
    )
    failover_id = fields.Many2one(
        "sms.gateway.config",
        "Failover Gateway",
        check_company=True,
        tracking=True,
        help="The gateway that takes over messages that were certainly not sent when"
        " this one can't send. Messages of unknown outcome are never taken"
        " over.",
    )
    failover_minutes = fields.Integer(
        "Failover After (Minutes)", default=30, tracking=True
    )
    # What jobs reckon with for all gateways at once. At most schedule.MOST_HOURS.
    _times = models.Constraint(
        "CHECK (useful_hours BETWEEN 0 AND 87600 AND report_hours BETWEEN 0 AND 87600"
        " AND failover_minutes BETWEEN 0 AND 525600)",
        "Times are from 0 to 87,600 hours (ten years), or 525,600 minutes (a year).",
    )

    def _mend(self, names):
        """Try again what was held, if one of these settings may have been why."""
        if MENDS & names:
            self._line_changed()
        elif names - self._internal_fields():
            # Whichever setting it was.
            self.filtered(lambda each: each.hold_reason == SETTINGS)._line_changed()

    def _line_changed(self):
        """Try at once again what was held for a reason that may have been mended.

        Dispatchers that still have the line as it was claim nothing more for it.
        """
        for gateway in self:
            gateway.sudo().settings_version += 1
        self.filtered(
            lambda g: g.hold_reason and g.hold_reason not in BY_A_PERSON
        )._resume()

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
        if self.hold_reason in BY_A_PERSON:
            return
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

    def _why_they_wait(self):
        """Return a function that says why a message of this gateway waits.

        :return: (message's class, campaign, company's id, "hour_limit", "next_try" or
            "next") -> the reason in words
        """
        held = self._what_it_waits_for()
        found = waiting.why(self.env.cr, self._settings(), held, utcnow())

        def say(message_class, campaign, company_id, own):
            name = (campaign.id or 0, campaign.state)
            reason = found.reason(message_class, name, company_id, own)
            return held if reason == "hold" else self.env._(WAITS_FOR[reason])

        return say

    def action_pause(self):
        self.check_access("write")
        self._check_no_copy()
        self.sudo().write(
            {"hold_reason": "paused", "held_since": fields.Datetime.now()}
        )

    def action_resume(self):
        self.check_access("write")
        self._check_no_copy()
        self._resume()

    @contextmanager
    def _apart(self):
        """Let what goes wrong about one gateway keep nobody from the others."""
        try:
            with self.env.cr.savepoint():
                yield
        except Exception as error:
            if is_passing(error):
                raise
            _logger.error("Gateway %s: %s", self.id, type(error).__name__)

    @api.model
    def _tell_administrators(self):
        """Return the administrators something to do where something wants a person."""
        self._tell_of_holds()
        self._tell_of_limit()

    @api.model
    def _tell_of_holds(self):
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
            with gateway._apart():
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

    # ------------------------------------------------------------
    # Failover
    # ------------------------------------------------------------

    @api.constrains("failover_id")
    def _check_failover(self):
        for gateway in self:
            if gateway.failover_id == gateway:
                raise ValidationError(
                    self.env._("A gateway can't be its own failover gateway.")
                )

    # ------------------------------------------------------------
    # Balance
    # ------------------------------------------------------------

    def _note_balance(self, balance):
        """Keep what the provider said is left, and act once when it falls."""
        currency = self.env["res.currency"].with_context(active_test=False)
        before, had = self.balance_state or "ok", self.balance
        amount = float(balance.amount)
        state = "ok"
        if self.balance_floor and amount < self.balance_floor:
            state = "floor"
        elif self.balance_warning and amount < self.balance_warning:
            state = "low"
        self.sudo().write(
            {
                "balance": amount,
                "balance_currency_id": currency.search(
                    [("name", "=", balance.currency)], limit=1
                ).id,
                "balance_at": fields.Datetime.now(),
                "balance_state": state,
            }
        )
        self.env["sms.balance"]._note(self)
        if state == "ok":
            self.sudo().activity_unlink(["su_sms.mail_activity_type_balance"])
        elif before == "ok":
            self._schedule_for_administrators(
                "su_sms.mail_activity_type_balance",
                self.env._(
                    "%(currency)s %(amount)s left",
                    currency=balance.currency,
                    amount=f"{amount:,.2f}",
                ),
                self.env._("Top up the account at Africa's Talking."),
            )
        if before == "floor" and state != "floor":
            self.env["sms.sms"]._trigger_dispatch()
        if self.hold_reason == "credit" and amount > had:
            # Topped up: no need to wait for the next probe.
            self._resume()

    # ------------------------------------------------------------
    # From time to time
    # ------------------------------------------------------------

    @api.model
    def _watch(self):
        """Ask for balances and let time pass for messages; called by the cron."""
        self.env["ir.cron"]._sms_check_is_job()
        if self._is_neutralized():
            return
        self._away()
        for gateway in self.sudo().search([("hold_reason", "not in", BY_A_PERSON)]):
            if not gateway._api_key():
                continue
            try:
                client = gateway._client()
                end_transaction(self.env)
                balance = client.balance()
            except (AccountError, TrustError) as error:
                # One gateway that can't be used must not stop the others.
                _logger.error("Gateway %s: %s", gateway.id, error)
                continue
            except GatewayError as error:
                # Sending finds out by itself, and says so.
                _logger.info("No balance of gateway %s: %s", gateway.id, error.reason)
                continue
            with gateway._apart():
                gateway._note_balance(balance)
            end_transaction(self.env)
        gateways = self.sudo().search([("provider", "!=", False)])
        gateways._tell_of_exposure()
        gateways._seal_anew()
        self._note_overdue_reports()
        self.env["sms.spending"]._compact()
        self.env["sms.tally"]._compact()

    @api.model
    def _note_overdue_reports(self):
        """Note of which messages the report is overdue."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            UPDATE sms_sms SET report_overdue = TRUE
             WHERE id IN (
                SELECT sms.id
                  FROM sms_sms sms
                  JOIN sms_gateway_config gateway ON gateway.id = sms.gateway_id
                 WHERE sms.state = 'pending'
                   AND sms.report_overdue IS NOT TRUE
                   AND gateway.report_hours > 0
                   AND sms.accepted_at
                       < %s - least(gateway.report_hours, %s) * interval '1 hour'
                   FOR UPDATE OF sms SKIP LOCKED)
            """,
            [utcnow(), MOST_HOURS],
        )
        self.env["sms.sms"].invalidate_model(["report_overdue"])
