from odoo import api, fields, models

from ...tools.transactions import own_transaction


class SmsSpending(models.Model):
    """What was spent, by day: written by the outbox with each outcome.

    Budgets are checked before each claim; adding up a million messages would take
    longer than sending the next. Rows are only added, so that dispatchers never wait
    for each other, and from time to time those of a day become one. They hold no
    personal data and are never purged.
    """

    _name = "sms.spending"
    _inherit = ["sms.form.mixin"]
    _description = "SMS Spending"
    _order = "day desc, id desc"
    _log_access = False
    _rec_name = "day"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    campaign_id = fields.Many2one("sms.campaign", readonly=True, index="btree_not_null")
    bulk = fields.Boolean(readonly=True)
    day = fields.Date(required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Float(digits=(16, 4), readonly=True)
    messages = fields.Integer(readonly=True)

    _day_idx = models.Index("(day, company_id)")

    @api.model
    def _compact(self):
        """Make one row of those that differ in nothing but the amount."""
        with own_transaction(self.env) as cr:
            cr.execute(
                """
                WITH gone AS (
                    DELETE FROM sms_spending
                     WHERE (company_id, day) IN (
                           SELECT company_id, day FROM sms_spending
                         GROUP BY company_id, day HAVING count(*) > 100)
                 RETURNING *
                )
                INSERT INTO sms_spending
                       (company_id, campaign_id, bulk, day, currency_id, amount,
                        messages)
                SELECT company_id, campaign_id, bulk, day, currency_id, sum(amount),
                       sum(messages)
                  FROM gone
              GROUP BY company_id, campaign_id, bulk, day, currency_id
                """
            )
