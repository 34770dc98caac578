import logging

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...africastalking.errors import GatewayError
from ...tools.transactions import end_transaction, utcnow

_logger = logging.getLogger(__name__)


class SmsGatewayConfig(models.Model):
    """Limits, and what is looked at from time to time: balance, age, reports."""

    _inherit = "sms.gateway.config"

    useful_hours = fields.Integer(
        "Useful for (Hours)",
        default=48,
        tracking=True,
        help="A message that could not leave for this long is given up, and shown as"
        " too old: news of last week helps nobody. 0: never.",
    )
    report_hours = fields.Integer(
        "Report Expected within (Hours)",
        default=24,
        tracking=True,
        help="After this long without a report from the network a message rests as"
        " “sent, no report”.",
    )
    balance_warning = fields.Float(
        "Warn Below",
        digits=(16, 2),
        tracking=True,
        help="The administrators are told once when the balance falls below this.",
    )
    balance_floor = fields.Float(
        "Keep for What Matters",
        digits=(16, 2),
        tracking=True,
        help="Below this promotional messages wait, so that the rest of the balance is"
        " there for what people must know.",
    )
    balance_state = fields.Selection(
        [("ok", "Enough"), ("low", "Low"), ("floor", "Promotional messages wait")],
        readonly=True,
        copy=False,
    )
    failover_id = fields.Many2one(
        "sms.gateway.config",
        "Take Over By",
        check_company=True,
        tracking=True,
        help="The gateway that takes over what certainly was not sent when this one"
        " can't send. Messages whose outcome is unknown never go there.",
    )
    failover_minutes = fields.Integer(
        "Take Over After (Minutes)", default=30, tracking=True
    )

    @api.constrains("failover_id")
    def _check_failover(self):
        for gateway in self:
            if gateway.failover_id == gateway:
                raise ValidationError(
                    self.env._("A gateway can't take over from itself.")
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
        for gateway in self.sudo().search([("hold_reason", "!=", "paused")]):
            if not gateway._api_key():
                continue
            client = gateway._client()
            end_transaction(self.env)
            try:
                balance = client.balance()
            except GatewayError as error:
                # Sending finds out by itself, and says so.
                _logger.info("No balance of gateway %s: %s", gateway.id, error.reason)
                continue
            gateway._note_balance(balance)
            end_transaction(self.env)
        gateways = self.sudo().search([("provider", "!=", False)])
        gateways._tell_of_exposure()
        gateways._seal_anew()
        self._note_missing_reports()
        self.env["sms.spending"]._compact()

    @api.model
    def _note_missing_reports(self):
        """Let messages rest that the network never said anything about."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            UPDATE sms_sms SET no_report = TRUE
             WHERE id IN (
                SELECT sms.id
                  FROM sms_sms sms
                  JOIN sms_gateway_config gateway ON gateway.id = sms.gateway_id
                 WHERE sms.state = 'pending'
                   AND sms.no_report IS NOT TRUE
                   AND gateway.report_hours > 0
                   AND sms.accepted_at
                       < %s - gateway.report_hours * interval '1 hour'
                   FOR UPDATE OF sms SKIP LOCKED)
            """,
            [utcnow()],
        )
        self.env["sms.sms"].invalidate_model(["no_report"])
