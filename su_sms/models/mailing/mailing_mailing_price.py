from collections import Counter, defaultdict

from odoo import api, fields, models


class MailingMailing(models.Model):
    """What a mailing by SMS will cost, and what it did."""

    _inherit = "mailing.mailing"

    sms_terms = fields.Json(compute="_compute_sms_terms")
    sms_cost = fields.Float("Cost", digits=(16, 2), compute="_compute_sms_cost")
    sms_cost_currency_id = fields.Many2one("res.currency", compute="_compute_sms_cost")

    @api.depends(
        "mailing_domain",
        "mailing_model_id",
        "mailing_type",
        "user_id",
        "contact_list_ids",
        "ab_testing_enabled",
        "ab_testing_pc",
    )
    def _compute_sms_terms(self):
        self.sms_terms = False
        for mailing in self.filtered(lambda m: m.mailing_type == "sms"):
            gateways = self.env["sms.gateway.config"].sudo()
            gateway = gateways._gateway_of(mailing._sms_company())
            if gateway:
                people, exact = mailing._count_reached()
                mailing.sms_terms = gateway._terms(people) | {"at_most": not exact}

    def _compute_sms_cost(self):
        costs = defaultdict(Counter)
        # What retention has removed has cost something too.
        for model in ("sms.sms", "sms.statistic"):
            groups = (
                self.env[model]
                .sudo()
                ._read_group(
                    [("mailing_id", "in", self.ids), ("cost", ">", 0)],
                    ["mailing_id", "currency_id"],
                    ["cost:sum"],
                )
            )
            for mailing, currency, cost in groups:
                costs[mailing.id][currency] += cost
        for mailing in self:
            # An account has one currency; should it change, they are never added up.
            [(currency, cost)] = costs[mailing.id].most_common(1) or [(False, 0)]
            mailing.sms_cost_currency_id, mailing.sms_cost = currency, cost
