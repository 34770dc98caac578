from collections import Counter, defaultdict

from odoo import Command, api, fields, models

# What says what leaves, to whom, when, and at whose cost.
SPENDS = {
    "ab_testing_enabled",
    "ab_testing_pc",
    "active",
    "body_plaintext",
    "campaign_id",
    "contact_list_ids",
    "mailing_domain",
    "mailing_filter_id",
    "mailing_model_id",
    "mailing_type",
    "schedule_date",
    "schedule_type",
    "sms_allow_unsubscribe",
    "sms_template_id",
    "state",
    "use_exclusion_list",
    "user_id",
}
LAUNCHED = ("in_queue", "sending")
# What says whom it goes to, or what it says.
FINDS = {
    "body_plaintext",
    "contact_list_ids",
    "mailing_domain",
    "mailing_filter_id",
    "mailing_model_id",
    "mailing_type",
    "sms_template_id",
}
OURS = {"sms_author_id", "sms_coauthor_ids"}


class MailingMailing(models.Model):
    """Who pays for a mailing by SMS.

    Its responsible is whoever somebody says it is, so their company pays only if who
    launched it, or changed it afterwards, is in that company as well.
    """

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
    _inherit = "mailing.mailing"

    sms_author_id = fields.Many2one(
        "res.users",
        "Launched By",
        readonly=True,
        help="The person who launched it or had it charged to another company. An"
        " SMS mailing is charged to one of this person's companies.",
    )
    sms_coauthor_ids = fields.Many2many(
        "res.users",
        "sms_mailing_coauthor_rel",
        string="SMS Co-Authors",
        readonly=True,
        help="Other people who have changed the recipients. Only recipients that all"
        " of them can access get the message.",
    )

    # What it costs
    sms_terms = fields.Json(compute="_compute_sms_terms")
    sms_cost = fields.Float("Cost", digits=(16, 2), compute="_compute_sms_cost")
    sms_cost_currency_id = fields.Many2one("res.currency", compute="_compute_sms_cost")

    @api.model_create_multi
    def create(self, vals_list):
        if caller := self._sms_caller():
            vals_list = [{**vals, "sms_author_id": caller.id} for vals in vals_list]
            for vals in vals_list if not self.env.su else ():
                # Of a copy, whoever has said whom the original goes to as well.
                said = vals.get("sms_coauthor_ids") or []
                vals["sms_coauthor_ids"] = [*said, Command.link(caller.id)]
        return super().create(vals_list)

    def write(self, vals):
        caller = self._sms_caller()
        if not caller:
            return super().write(vals)
        vals = {name: vals[name] for name in vals if name not in OURS}
        if FINDS & set(vals):
            others = self.filtered(
                lambda each: caller not in each.sudo().sms_coauthor_ids
            )
            super(MailingMailing, others).write(
                {"sms_coauthor_ids": [Command.link(caller.id)]}
            )
        if vals.get("state") in LAUNCHED:
            return super().write(dict(vals, sms_author_id=caller.id))
        if not SPENDS & set(vals):
            return super().write(vals)
        refused = self.sudo().filtered(lambda mailing: mailing._sms_claim_refused())
        refused = {mailing.id: mailing.user_id.company_id.id for mailing in refused}
        result = super().write(vals)
        if charged := self._to_charge(caller, refused):
            super(MailingMailing, charged).write({"sms_author_id": caller.id})
        return result

    def _to_charge(self, caller, refused):
        """Return those that the caller has changed at the cost of another company.

        They pay for these from now on; but not who mends a mailing that somebody else
        has launched in their name.

        :param refused: {mailing's id: id of a company that was named and need not pay}
        """
        theirs = caller._get_company_ids()
        return self.sudo().filtered(
            lambda mailing: (
                mailing._sms_company_for(mailing._sms_author()).id not in theirs
                and refused.get(mailing.id) not in theirs
            )
        )

    def _sms_claim_refused(self):
        """Tell whether who launched it can't spend for the company that it names."""
        author, named = self._sms_author(), self.user_id.company_id
        return author and named and named.id not in author._get_company_ids()

    def _sms_caller(self):
        return self.env["sms.gateway.config"]._caller()

    def _sms_finders(self):
        """Return the employees who have said whom it goes to, and who launched it."""
        users = self.sudo().sms_coauthor_ids | self._sms_author()
        gateways = self.env["sms.gateway.config"]
        return users.filtered(lambda user: gateways._employee(user))

    def _sms_author(self):
        """Return the employee whose launch it is, or nobody if no person's."""
        author = self.sudo().sms_author_id or self.sudo().create_uid
        return self.env["sms.gateway.config"]._employee(author)

    def _sms_company(self):
        """Return the company through whose gateway it leaves, if it leaves now."""
        return self._sms_company_for(self._sms_caller() or self._sms_author())

    def _sms_company_for(self, author):
        responsible = self.sudo().user_id.company_id
        return self.env["sms.gateway.config"]._payer([responsible], author)

    # ------------------------------------------------------------
    # What it costs
    # ------------------------------------------------------------
    # What a mailing by SMS will cost, and what it did.

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
                count, exact = mailing._count_reached()
                mailing.sms_terms = gateway._terms(count) | {"at_most": not exact}

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
