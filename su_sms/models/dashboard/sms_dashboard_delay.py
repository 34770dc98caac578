from odoo import api, models
from odoo.tools import SQL

from .sms_dashboard import queued_from
from .sms_dashboard_traffic import SHOWN

# Those that are reported as delivered: only of them it is known how long they took.
ARRIVED = [("accepted_at", "!=", False), ("delivered_at", "!=", False)]
# Below this, one phone that was switched off makes a campaign slow.
ENOUGH = 10


class SmsDashboard(models.AbstractModel):
    """Figures of time: how long messages take from acceptance to delivery.

    That is the networks' time. What a campaign waits for by its pace, its hours or a
    pause was chosen, and makes it no slower.
    """

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.dashboard"

    @api.model
    def _delays(self, domain, since):
        """Return how long half of the messages take at most, by network and gateway.

        :return: {network: figure}, {gateway id: figure}; a figure has ``typical`` too
        """
        domain = [*domain, *queued_from(since), *ARRIVED]
        by_network, by_gateway = {}, {}
        sets = "GROUPING SETS ((%(network)s), (%(gateway_id)s))"
        for network, gateway_id, count, [typical] in self._spans(
            domain, ("network", "gateway_id"), sets, [0.5]
        ):
            figures, key, name = (
                (by_gateway, gateway_id, "gateway_id")
                if gateway_id
                else (by_network, network, "network")
            )
            figures[key] = {
                "count": count,
                "domain": [*domain, (name, "=", key or False)],
                "typical": self._duration(typical),
            }
        return by_network, by_gateway

    @api.model
    def _slowest(self, domain):
        """Return the campaigns of which half of the messages took longest to arrive.

        :return: [{"id", "label", "arrived", "typical", "most"}]; ``arrived`` is a
            figure, nine of ten of its messages took no longer than ``most``
        """
        domain = [*domain, ("campaign_id", "!=", False), *ARRIVED]
        spans = {
            campaign_id: (typical, most, count)
            for campaign_id, count, (typical, most) in self._spans(
                domain, ("campaign_id",), "%(campaign_id)s", [0.5, 0.9]
            )
            if count >= ENOUGH
        }
        campaigns = self.env["sms.campaign"].search([("id", "in", list(spans))])
        slowest = campaigns.sorted(lambda c: spans[c.id], reverse=True)[:SHOWN]
        return [
            {
                "id": campaign.id,
                "label": campaign.name,
                "arrived": {
                    "count": count,
                    "domain": [*domain, ("campaign_id", "=", campaign.id)],
                    "label": self.env._("Delivered"),
                },
                "typical": self._duration(typical),
                "most": self._duration(most),
            }
            for campaign in slowest
            for typical, most, count in [spans[campaign.id]]
        ]

    @api.model
    def _spans(self, domain, names, groups, shares):
        """Return groups of messages with how long these shares of them took at most.

        :param names: of the fields that the groups have
        :param groups: what stands behind GROUP BY, with the fields by name
        :param shares: such as 0.5 for the median
        :return: [(value of each field, count, [seconds])]
        """
        messages = self.env["sms.sms"]
        query = messages._search(domain)
        if query.is_empty():
            return []
        column = {
            name: messages._field_to_sql(query.table, name, query)
            for name in (*names, "accepted_at", "delivered_at")
        }
        if "network" in column:
            column["network"] = SQL("coalesce(%s, '')", column["network"])
        return self.env.execute_query(
            SQL(
                """
                SELECT %(names)s, count(*),
                       percentile_cont(%(shares)s::float[]) WITHIN GROUP (ORDER BY
                           extract(epoch FROM %(delivered_at)s - %(accepted_at)s))
                  FROM %(tables)s
                 WHERE %(where)s
              GROUP BY %(groups)s
                """,
                names=SQL(", ").join(column[name] for name in names),
                groups=SQL(groups, **{name: column[name] for name in names}),
                shares=shares,
                delivered_at=column["delivered_at"],
                accepted_at=column["accepted_at"],
                tables=query.from_clause,
                where=query.where_clause,
            )
        )

    @api.model
    def _duration(self, seconds):
        seconds = max(0, seconds)
        if seconds < 100:
            return self.env._("%s s", round(seconds))
        if seconds < 100 * 60:
            return self.env._("%s min", round(seconds / 60))
        return self.env._("%s h", round(seconds / 3600))
