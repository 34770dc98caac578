from odoo import api, fields, models
from odoo.tools import SQL

# So many of the last messages are looked at, among so many of all gateways'.
LATEST, AMONG = 500, 20_000
# So many with no such number, and more than half, say that the country is wrong.
SUSPECT_COUNT, SUSPECT_SHARE = 10, 0.5


class SmsGatewayConfig(models.Model):
    """By which country numbers are read that have no prefix, as 0712 345 678."""

    _inherit = "sms.gateway.config"

    country_id = fields.Many2one(
        "res.country",
        "Country of Numbers",
        compute="_compute_country_id",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="By which country numbers without + and a country code are read, whatever"
        " country the company has later: installing an application may change it."
        " Empty, as for a gateway of all companies: by the message's company's, or"
        " Kenya's if it has none. A contact's own country counts first.",
    )

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
    # In doubt
    # ------------------------------------------------------------

    def _findings_of_country(self, bad, total):
        yield self._finding(
            "country",
            "warning",
            self.env._(
                "Numbers are read as those of %(country)s; %(bad)s of the last"
                " %(total)s were no such numbers",
                country=(self.country_id or self._read_as()).name,
                bad=bad,
                total=total,
            ),
            self.env._(
                "If people here write numbers as another country does, choose it as"
                " “Country of Numbers”."
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
                              FROM sms_sms
                             WHERE id > (SELECT max(id) FROM sms_sms) - %(among)s
                               AND gateway_id = ANY(%(gateways)s)) AS latest
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
