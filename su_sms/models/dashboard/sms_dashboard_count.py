from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

STATES = {
    "sent": "delivered",
    "pending": "sent",
    "outgoing": "waiting",
    "process": "waiting",
    "canceled": "left_out",
}


class Cell(NamedTuple):
    """Messages that are alike in all that the figures tell apart.

    :ivar day: the place of its day among those asked for
    """

    day: int
    state: str
    failure_type: str | None
    left_out: bool
    network: str
    campaign_id: int | None
    currency_id: int | None
    messages: int
    cost: float
    parts: int

    @property
    def outcome(self):
        """Give what became of them, a key of OUTCOMES."""
        if self.left_out:
            return "left_out"
        if self.state == "error":
            unknown = self.failure_type == "sms_outcome_unknown"
            return "unknown" if unknown else "failed"
        return STATES[self.state]


class SmsDashboard(models.AbstractModel):
    """The counting: all messages of some days in one statement."""

    _inherit = "sms.dashboard"

    @api.model
    def _cells(self, domain, days):
        """Count the messages of these days, one statement for all figures.

        :param days: as ``_days`` gives them
        """
        messages = self.env["sms.sms"]
        query = messages._search(domain)
        if query.is_empty():
            return []
        column = {
            name: messages._field_to_sql(query.table, name, query)
            for name in (
                *("create_date", "state", "failure_type", "left_out", "network"),
                *("campaign_id", "currency_id", "cost", "parts"),
            )
        }
        spans = SQL(", ").join(
            SQL("(%s, %s::timestamp, %s::timestamp)", place, begins, ends)
            for place, (begins, ends) in enumerate(zip(days, days[1:], strict=False))
        )
        # Day by day the groups are few, and the days are those of the domains.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT day.place, cell.*
                  FROM (VALUES %(spans)s) AS day(place, begins, ends)
            CROSS JOIN LATERAL (
                        SELECT %(state)s, %(failure_type)s,
                               coalesce(%(left_out)s, FALSE), coalesce(%(network)s, ''),
                               %(campaign_id)s, %(currency_id)s,
                               count(*), coalesce(sum(%(cost)s), 0)::float,
                               coalesce(sum(%(parts)s), 0)
                          FROM %(tables)s
                         WHERE %(create_date)s >= day.begins
                           AND %(create_date)s < day.ends
                           AND %(where)s
                      GROUP BY 1, 2, 3, 4, 5, 6
                       ) AS cell
                """,
                **column,
                spans=spans,
                tables=query.from_clause,
                where=query.where_clause,
            )
        )
        return [Cell(*row) for row in rows]
