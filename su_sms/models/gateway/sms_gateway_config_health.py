from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools import SQL, format_amount, format_datetime

from ...tools.findings import Finding

# So many of the last messages are looked at, among so many of all gateways'.
LATEST, AMONG = 500, 20_000
# So many with no such number, and more than half, say that the country is wrong.
SUSPECT_COUNT, SUSPECT_SHARE = 10, 0.5
# The oldest of each lane and priority is the first there.
OLDEST = """
    SELECT lane.gateway_id, min(oldest.create_date)
      FROM (SELECT gateway_id, message_class, coalesce(campaign_id, 0) AS campaign,
                   priority
              FROM sms_tally
             WHERE state = 'outgoing' AND kind = 'state' AND to_delete IS NOT TRUE
               AND gateway_id = ANY(%(ids)s)
          GROUP BY 1, 2, 3, 4 HAVING sum(messages) > 0) AS lane
CROSS JOIN LATERAL (
            SELECT create_date FROM sms_sms sms
             WHERE sms.state = 'outgoing' AND sms.to_delete IS NOT TRUE
               AND sms.gateway_id = lane.gateway_id
               AND sms.message_class = lane.message_class
               AND coalesce(sms.campaign_id, 0) = lane.campaign
               AND sms.priority = lane.priority
          ORDER BY sms.id LIMIT 1) AS oldest
  GROUP BY 1
"""


class SmsGatewayConfig(models.Model):
    """What is wrong with a gateway, in words: one list for all who ask.

    The form, the list, the dashboard; a monitor reads ``health_state`` and ``health``
    over RPC, as a gateway administrator.
    """

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.gateway.config"

    health_state = fields.Selection(
        [("good", "Good"), ("warning", "Warning"), ("danger", "Problem")],
        "Health",
        compute="_compute_health",
    )
    health = fields.Html("Findings", compute="_compute_health")
    oldest_waiting_at = fields.Datetime(
        "Oldest Waiting Since", compute="_compute_oldest_waiting_at"
    )

    # The country of numbers
    country_id = fields.Many2one(
        "res.country",
        "Country of Numbers",
        compute="_compute_country_id",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="The country of numbers that are typed without + and a country code,"
        " even if the company's country changes later. Empty: the country of"
        " the message's company, or Kenya if it has none. The country of a"
        " contact comes first.",
    )

    @api.depends(
        "trust",
        "environment",
        "hold_reason",
        "held_since",
        "hold_text",
        "retry_at",
        "status",
        "last_error",
        "last_success_at",
        "balance",
        "balance_state",
        "relaxed_at",
        "callback_token_until",
        "address_moves",
    )
    @api.depends_context("lang", "tz")
    def _compute_health(self):
        found = self._findings()
        for gateway in self:
            findings = found[gateway.id]
            worst = findings[0].level if findings else "info"
            gateway.health_state = "good" if worst == "info" else worst
            gateway.health = Markup().join(each.html() for each in findings)

    def _compute_oldest_waiting_at(self):
        self.env["sms.sms"].flush_model()
        self.env.cr.execute(OLDEST, {"ids": self._origin.ids})
        since = dict(self.env.cr.fetchall())
        for gateway in self:
            gateway.oldest_waiting_at = since.get(gateway._origin.id)

    def _findings(self):
        """Return {gateway's id: [Finding], the worst first}.

        Each is about its state, trust, queue, balance, reports, callbacks, retention,
        or about Odoo, which all of them depend on.
        """
        runs, standing = self.env["sms.run"]._last(), self._standing()
        of_jobs, growing = self._findings_of_jobs(runs), self._growing()
        of_server = list(self._findings_of_server(runs))
        reported = self._reported()
        kept = self._paused_too_long()
        doubts = self._no_such_numbers()
        found = {}
        for gateway in self:
            findings = [
                *gateway._findings_of_state(),
                *gateway._findings_of_trust(),
                *gateway._findings_of_balance(),
                *gateway._findings_of_callbacks(gateway._origin.id in reported),
                *gateway._findings_of_retention(kept.get(gateway._origin.id)),
            ]
            if gateway._origin.id in doubts:
                findings += gateway._findings_of_country(*doubts[gateway._origin.id])
            findings += [*of_jobs.get(gateway._origin.id, ()), *of_server]
            if gateway._origin.id in standing:
                lanes = standing[gateway._origin.id]
                findings.append(gateway._finding_of_queue(lanes, runs.get("dispatch")))
            elif gateway._origin.id in growing:
                findings.append(
                    gateway._finding_of_growth(*growing[gateway._origin.id])
                )
            found[gateway.id] = sorted(findings, key=lambda finding: finding.rank)
        return found

    # ------------------------------------------------------------
    # What is found
    # ------------------------------------------------------------

    def _findings_of_state(self):
        since, then = self._when(self.held_since), self._when(self.retry_at)
        reasons = dict(self._fields["hold_reason"]._description_selection(self.env))
        if self.status == "held":
            yield self._finding(
                "state",
                "danger",
                reasons[self.hold_reason],
                self.hold_text and self.env._("The answer was “%s”.", self.hold_text),
                since and self.env._("Held since %s.", since),
                then and self.env._("Next try: %s.", then),
            )
        elif self.status == "paused":
            since = since and self.env._("Since %s.", since)
            yield self._finding("state", "warning", self.env._("Paused"), since)
        elif self.status == "neutralized":
            copy = self.env._("This is a copy of a database: nothing is sent from it.")
            title = self.env._("Neutralized database")
            yield self._finding("state", "warning", title, copy)
        elif self.status == "sealed":
            title = self.env._("Key sealed")
            yield self._finding("state", "danger", title, self.seal_problem)
        elif self.status == "no_key":
            enter = self.env._("Enter the API key.")
            yield self._finding("state", "danger", self.env._("Key missing"), enter)
        elif self.last_error and (
            not self.last_success_at or self.last_error_at > self.last_success_at
        ):
            when = self._when(self.last_error_at)
            title = self.env._("Last error on %s", when)
            yield self._finding("state", "info", title, self.last_error)

    @api.model
    def _no_reports_words(self):
        """Return what is to be said where the networks report nothing."""
        return self.env._("No delivery reports received yet"), self.env._(
            "Paste the URLs of the gateway's “Callbacks” tab into the Africa's Talking"
            " dashboard, to receive delivery reports."
        )

    def _findings_of_trust(self):
        if self.trust != "relaxed":
            return
        title, text = self._trust_words()
        yield self._finding(
            "trust",
            "danger" if self._is_exposed() else "warning",
            title,
            self.relaxed_at
            and self.env._(
                "%(user)s accepted this on %(when)s.",
                user=self.relaxed_by_id.sudo().name,
                when=self._when(self.relaxed_at),
            ),
            text,
        )

    def _findings_of_balance(self):
        if self.balance_state not in ("low", "floor"):
            return
        left = f"{self.balance:,.2f}"
        if self.balance_currency_id:
            left = format_amount(self.env, self.balance, self.balance_currency_id)
        waits = self.balance_state == "floor"
        yield self._finding(
            "balance",
            "danger" if waits else "warning",
            self.env._("Balance low: %s", left),
            waits and self.env._("Promotional messages are waiting."),
            self.env._("Top up the account at Africa's Talking."),
        )

    def _findings_of_callbacks(self, reported):
        if self.environment == "production" and self.callback_warning:
            title = self.env._("Check the callback URLs")
            yield self._finding("callbacks", "warning", title, self.callback_warning)
        if self.environment == "production" and self.address_moves:
            yield self._finding(
                "address",
                "warning",
                self.env._("The address of this server may change"),
                self.env._(
                    "Whenever an administrator signs in, Odoo takes the address they"
                    " used as its own (web.base.url), and the links in SMS and the"
                    " callback URLs change with it. Make sure it is the right one,"
                    " then press “Keep This Address” under “Callbacks” as an Odoo"
                    " administrator, or set the system parameter web.base.url.freeze"
                    " to True."
                ),
            )
        if self.last_success_at and not reported:
            yield self._finding("reports", "info", *self._no_reports_words())
        until = self.callback_token_until
        if until and until > fields.Datetime.now():
            yield self._finding(
                "callbacks",
                "info",
                self.env._("The callback URLs were renewed"),
                self.env._(
                    "The old URLs work until %s: paste the new ones before then.",
                    self._when(until),
                ),
            )

    def _findings_of_retention(self, kept):
        if not kept:
            return
        yield self._finding(
            "retention",
            "warning",
            self.env._("%s campaigns have been paused for a long time", kept),
            self.env._(
                "Their recipients' data is kept as long as they are paused: cancel"
                " or resume them."
            ),
        )

    # ------------------------------------------------------------
    # Where it is found
    # ------------------------------------------------------------

    def _reported(self):
        """Return the ids of those that the provider has ever posted a report to."""
        self.env["sms.gateway.event"].flush_model(["gateway_id", "kind"])
        self.env.cr.execute(
            """
            SELECT id FROM sms_gateway_config g
             WHERE id = ANY(%s)
               AND EXISTS (SELECT FROM sms_gateway_event e
                            WHERE e.gateway_id = g.id AND e.kind = 'delivery')
            """,
            [self.ids],
        )
        return {gateway_id for (gateway_id,) in self.env.cr.fetchall()}

    @api.model
    def _finding(self, kind, level, title, *texts):
        return Finding(kind, level, title, " ".join(filter(None, texts)))

    @api.model
    def _when(self, when):
        return format_datetime(self.env, when, dt_format="short") if when else ""

    # ------------------------------------------------------------
    # The country of numbers
    # ------------------------------------------------------------
    # By which country numbers are read that have no prefix, as 0712 345 678.

    @api.depends("company_id")
    def _compute_country_id(self):
        for gateway in self:
            company = gateway.company_id
            known = gateway.country_id or company.country_id or self._kenya()
            gateway.country_id = known if company else False

    @api.model
    def _kenya(self):
        return self.env["res.country"].search([("code", "=", "KE")], limit=1)

    @api.model
    def _country_of_numbers(self, company):
        """Return the country by which local numbers of a company's SMS are read."""
        gateway = self.sudo()._gateway_of(company)
        return gateway.country_id or company.sudo().country_id or self._kenya()

    @api.model
    def _country(self, company):
        """Return the ISO code of the country by which a company's numbers are read."""
        return self._country_of_numbers(company).code or "KE"

    # ------------------------------------------------------------
    # The country in doubt
    # ------------------------------------------------------------

    def _findings_of_country(self, bad, total):
        yield self._finding(
            "country",
            "warning",
            self.env._(
                "Numbers without a country code are read as numbers in"
                " %(country)s, but %(bad)s of the last %(total)s were invalid",
                country=(self.country_id or self._read_as()).name,
                bad=bad,
                total=total,
            ),
            self.env._(
                "If numbers are written as in another country, choose that country"
                " as “Country of Numbers”."
            ),
        )

    def _read_as(self):
        return self._country_of_numbers(self.company_id or self.env.company)

    def _no_such_numbers(self):
        """Return {gateway's id: (bad, total)} where most numbers were none."""
        sms = self.env["sms.sms"]
        sms.flush_model(["gateway_id", "number", "failure_type"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT gateway_id, bad, total FROM (
                    SELECT gateway_id, count(*) AS total,
                           count(*) FILTER (WHERE number NOT LIKE '+%%'
                                AND failure_type IN ('sms_number_format',
                                                     'sms_invalid_destination')) AS bad
                      FROM (SELECT gateway_id, number, failure_type,
                                   row_number() OVER (PARTITION BY gateway_id
                                                          ORDER BY id DESC) AS nth
                              -- however wrong the planner's statistics are
                              FROM (SELECT * FROM sms_sms
                                  ORDER BY id DESC LIMIT %(among)s) AS among
                             WHERE gateway_id = ANY(%(gateways)s)) AS latest
                     WHERE nth <= %(latest)s
                  GROUP BY gateway_id) AS counted
                 WHERE bad >= %(count)s AND bad > total * %(share)s
                """,
                among=AMONG,
                gateways=self._origin.ids,
                latest=LATEST,
                count=SUSPECT_COUNT,
                share=SUSPECT_SHARE,
            )
        )
        return {gateway_id: (bad, total) for gateway_id, bad, total in rows}
