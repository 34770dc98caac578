from datetime import timedelta

from odoo import api, fields, models

AT_MOST_EVERY = timedelta(hours=1)
KEEP = timedelta(days=400)


class SmsBalance(models.Model):
    """What was left on a gateway's account, and since when: a row for each change."""

    _name = "sms.balance"
    _inherit = ["sms.form.mixin"]
    _description = "SMS Balance"
    _order = "at desc, id desc"
    _rec_name = "at"

    gateway_id = fields.Many2one(
        "sms.gateway.config", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="gateway_id.company_id", store=True)
    at = fields.Datetime("Since", required=True, readonly=True)
    amount = fields.Float("Balance", digits=(16, 4), readonly=True, aggregator="avg")
    currency_id = fields.Many2one("res.currency", readonly=True)

    _gateway_idx = models.Index("(gateway_id, at DESC)")

    @api.model
    def _note(self, gateway):
        """Keep a gateway's balance if it has changed, in at most one row an hour."""
        balances, now = self.sudo(), fields.Datetime.now()
        amount, currency = gateway.balance, gateway.balance_currency_id
        last = balances.search([("gateway_id", "=", gateway.id)], limit=1)
        if last and (last.amount, last.currency_id) == (amount, currency):
            return
        known = {"amount": amount, "currency_id": currency.id}
        if last and last.at > now - AT_MOST_EVERY:
            last.write(known)
        else:
            balances.create({"gateway_id": gateway.id, "at": now, **known})

    @api.autovacuum
    def _gc_balances(self):
        """Forget balances that no trend shows any more."""
        self.search([("at", "<", fields.Datetime.now() - KEEP)]).unlink()
