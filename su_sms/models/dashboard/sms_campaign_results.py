from odoo import fields, models

# Bars of the picture over time; a bar is as many minutes as it takes.
BARS = 24
STEPS = (1, 5, 15, 60, 180, 720, 1440)
# A campaign's messages, those that retention has removed as sums.
MESSAGES = """
    (SELECT network, state, failure_type, cost, 1 AS messages
       FROM sms_sms WHERE campaign_id = %(id)s
      UNION ALL
     SELECT network, state, failure_type, cost, messages
       FROM sms_statistic WHERE campaign_id = %(id)s) each
"""


class SmsCampaign(models.Model):
    """What became of a campaign, by network, by reason and over time."""

    _inherit = "sms.campaign"

    results = fields.Json(
        compute="_compute_results",
        help="{networks: [{network, tried, delivered, cost}], reasons: [{reason, label,"
        " count, left_out}], times: [{at, count}], minutes}; at in seconds since 1970",
    )

    def _compute_results(self):
        self.env["sms.sms"].flush_model()
        self.env["sms.statistic"].flush_model()
        for campaign in self:
            campaign.results = campaign.state not in ("draft", "approval") and {
                "networks": campaign._results_by_network(),
                "reasons": campaign._results_by_reason(),
                **campaign._results_over_time(),
            }

    def _rows(self, query):
        self.env.cr.execute(query, {"id": self._origin.id})
        return self.env.cr.dictfetchall()

    def _results_by_network(self):
        return self._rows(
            f"""
              SELECT coalesce(network, '') AS network,
                     sum(messages)::int AS tried,
                     coalesce(sum(messages) FILTER (WHERE state = 'sent'), 0)::int
                     AS delivered,
                     sum(cost)::float AS cost
                FROM {MESSAGES}
               WHERE state IN ('pending', 'sent', 'error')
            GROUP BY 1 ORDER BY tried DESC
            """
        )

    def _results_by_reason(self):
        labels = dict(
            self.env["sms.sms"]._fields["failure_type"]._description_selection(self.env)
        )
        rows = self._rows(
            f"""
              SELECT coalesce(failure_type, '') AS reason, sum(messages)::int AS count,
                     state = 'canceled' AS left_out
                FROM {MESSAGES}
               WHERE state IN ('error', 'canceled')
            GROUP BY 1, state ORDER BY count DESC
            """
        )
        # Of a campaign that was cancelled, what had not left by then.
        labels[""] = self.env._("Called Off")
        return [row | {"label": labels.get(row["reason"])} for row in rows]

    def _results_over_time(self):
        """Count what was accepted in each stretch of time, those with none as well."""
        [span] = self._rows(
            """
            SELECT extract(epoch FROM max(accepted_at) - min(accepted_at))::float / 60
                   AS minutes
              FROM sms_sms WHERE campaign_id = %(id)s
            """
        )
        wanted = (span["minutes"] or 0) / BARS
        minutes = next((step for step in STEPS if step >= wanted), STEPS[-1])
        self.env.cr.execute(
            """
              SELECT floor(extract(epoch FROM accepted_at) / %(seconds)s)::bigint,
                     count(*)
                FROM sms_sms
               WHERE campaign_id = %(id)s AND accepted_at IS NOT NULL
            GROUP BY 1
            """,
            {"id": self._origin.id, "seconds": 60 * minutes},
        )
        counts = dict(self.env.cr.fetchall())
        steps = range(min(counts), max(counts) + 1) if counts else ()
        return {
            "minutes": minutes,
            "times": [
                {"at": 60 * minutes * step, "count": counts.get(step, 0)}
                for step in steps
            ],
        }

    def action_open_results(self):
        """Open messages of a row, by the context.

        That has ``network``, or ``reason`` (a failure type) and ``left_out``.
        """
        self.ensure_one()
        context = self.env.context
        if "network" in context:
            domain = [
                ("network", "=", context["network"] or False),
                ("state", "in", ("pending", "sent", "error")),
            ]
        else:
            domain = [
                ("failure_type", "=", context.get("reason") or False),
                ("state", "=", "canceled" if context.get("left_out") else "error"),
            ]
        action = self.action_open_messages()
        action["domain"] += domain
        return action
