from collections import Counter

from odoo import fields, models

from ...text.table.write import write_csv

# What the funnel counts, by the state of the messages.
FUNNEL = {
    "waiting_count": [("state", "in", ("outgoing", "process"))],
    "sent_count": [("state", "in", ("pending", "sent"))],
    "delivered_count": [("state", "=", "sent")],
    "failed_count": [
        ("state", "=", "error"),
        ("failure_type", "!=", "sms_outcome_unknown"),
    ],
    "unknown_count": [("failure_type", "=", "sms_outcome_unknown")],
    "excluded_count": [("state", "=", "canceled")],
    "dropped_count": [("left_out", "=", True)],
    "message_count": [("left_out", "!=", True)],
}
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
BATCH = 5000


class SmsCampaign(models.Model):
    """What became of a campaign: progress, funnel, cost, clicks.

    By network, by reason and over time; and who was left out, as a file.
    """

    # What dashboard adds to it. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.campaign"

    message_count = fields.Integer("All SMS", compute="_compute_funnel")
    waiting_count = fields.Integer("Waiting", compute="_compute_funnel")
    sent_count = fields.Integer("Sent", compute="_compute_funnel")
    delivered_count = fields.Integer("Delivered", compute="_compute_funnel")
    failed_count = fields.Integer("Failed", compute="_compute_funnel")
    unknown_count = fields.Integer("Unknown", compute="_compute_funnel")
    excluded_count = fields.Integer("Not Sent", compute="_compute_funnel")
    dropped_count = fields.Integer("Were Left Out", compute="_compute_funnel")
    progress = fields.Float(compute="_compute_funnel")
    delivery_rate = fields.Float(compute="_compute_funnel")
    spent = fields.Float("Cost", digits=(16, 2), compute="_compute_spent")
    spent_currency_id = fields.Many2one("res.currency", compute="_compute_spent")
    click_count = fields.Integer("Clicks", compute="_compute_click_count")
    # By network, by reason, over time
    results = fields.Json(
        compute="_compute_results",
        help="{networks: [{network, tried, delivered, cost}], reasons: [{reason, label,"
        " count, left_out}], times: [{at, count}], minutes}; at in seconds since 1970",
    )

    def _compute_funnel(self):
        counts = {campaign_id: Counter() for campaign_id in self.ids}
        # What retention has removed is counted too.
        for model, aggregate in (
            ("sms.sms", "__count"),
            ("sms.statistic", "messages:sum"),
        ):
            groups = (
                self.env[model]
                .sudo()
                ._read_group(
                    [("campaign_id", "in", self.ids)],
                    ["campaign_id", "state", "failure_type", "left_out"],
                    [aggregate],
                )
            )
            for campaign, *group, count in groups:
                counts[campaign.id][tuple(group)] += count
        for campaign in self:
            campaign._set_funnel(counts.get(campaign.id, {}))

    def _set_funnel(self, counts):
        def total(wanted):
            return sum(n for group, n in counts.items() if wanted(*group))

        self.message_count = total(lambda _s, _f, left_out: not left_out)
        self.waiting_count = total(lambda s, _f, _l: s in ("outgoing", "process"))
        self.sent_count = total(lambda s, _f, _l: s in ("pending", "sent"))
        self.delivered_count = total(lambda s, _f, _l: s == "sent")
        self.unknown_count = total(lambda _s, f, _l: f == "sms_outcome_unknown")
        self.failed_count = total(lambda s, _f, _l: s == "error") - self.unknown_count
        self.excluded_count = total(lambda s, _f, _l: s == "canceled")
        self.dropped_count = total(lambda _s, _f, left_out: left_out)
        done = self.message_count - self.waiting_count
        self.progress = 100 * done / self.message_count if self.message_count else 0
        # As on the dashboard: of those that have left or tried to.
        tried = self.sent_count + self.failed_count + self.unknown_count
        self.delivery_rate = 100 * self.delivered_count / tried if tried else 0

    def _compute_spent(self):
        groups = (
            self.env["sms.spending"]
            .sudo()
            ._read_group(
                [("campaign_id", "in", self.ids)],
                ["campaign_id", "currency_id"],
                ["amount:sum"],
            )
        )
        found = {
            campaign.id: (currency, amount) for campaign, currency, amount in groups
        }
        for campaign in self:
            campaign.spent_currency_id, campaign.spent = found.get(
                campaign.id, (False, 0)
            )

    def _compute_click_count(self):
        groups = (
            self.env["link.tracker"]
            .sudo()
            ._read_group(
                [("source_id", "in", self.source_id.ids)], ["source_id"], ["count:sum"]
            )
        )
        clicks = {source.id: count for source, count in groups}
        for campaign in self:
            campaign.click_count = clicks.get(campaign.source_id.id, 0)

    # ------------------------------------------------------------
    # What a person may look at
    # ------------------------------------------------------------

    def action_open_messages(self):
        """Open messages; the context's ``which`` is a field of the funnel."""
        self.ensure_one()
        self.check_access("read")
        which = FUNNEL.get(self.env.context.get("which"), [])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "su_sms.sms_sms_action_messages"
        )
        action["domain"] = [("campaign_id", "=", self.id), *which]
        action["context"] = {"create": False}
        return action

    def action_open_clicks(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Links"),
            "res_model": "link.tracker",
            "views": [(False, "list"), (False, "form")],
            "domain": [("source_id", "=", self.source_id.id)],
        }

    # ------------------------------------------------------------
    # By network, by reason, over time
    # ------------------------------------------------------------
    # What became of a campaign, by network, by reason and over time.
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
        labels[""] = self.env._("Cancelled")
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

    # ------------------------------------------------------------
    # Who was left out, as a file
    # ------------------------------------------------------------
    # Who is left out, as a file to mend the numbers in.

    def action_download_left_out(self):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/su_sms/campaign/{self.id}/left_out.csv",
            "target": "download",
        }

    def _left_out_csv(self):
        """Return a CSV file of who is left out: line, number, name, reason, detail.

        After the launch it is the messages that say so.
        """
        self.ensure_one()
        self.check_access("read")
        headings = [
            self.env._("Line"),
            self.env._("Number"),
            self.env._("Name"),
            self.env._("Reason"),
            self.env._("In Detail"),
        ]
        return write_csv([headings, *self._left_out_rows()])

    def _left_out_rows(self):
        if self.state in ("draft", "approval", "scheduled"):
            model = self.env["sms.campaign.recipient"]
            domain = [("reason", "!=", False)]
            fnames = ["line", "number", "name", "reason", "detail"]
        else:
            model = self.env["sms.sms"]
            domain = [("left_out", "=", True)]
            fnames = ["line", "number", "recipient", "failure_type", "provider_text"]
        reasons = dict(model._fields[fnames[3]]._description_selection(self.env))
        last = 0
        while records := model.search(
            [("campaign_id", "=", self.id), ("id", ">", last), *domain],
            order="id",
            limit=BATCH,
        ):
            for record in records:
                line, number, name, reason, detail = map(record.__getitem__, fnames)
                yield (
                    line or "",
                    number or "",
                    name or "",
                    reasons[reason],
                    detail or "",
                )
            last = records[-1].id
            records.invalidate_recordset()
