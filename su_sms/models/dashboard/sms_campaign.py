from collections import Counter
from itertools import chain
from math import ceil

from odoo import api, fields, models
from odoo.tools import SQL

from ...dispatch.waiting import STILL
from ...text.table.write import write_csv
from ..gateway.sms_gateway_config_hold import WAITS_FOR
from ..message.results import RESULTS, SENT, TRIED, labels, result_of

# What each figure counts, by the results of messages.
FUNNEL = {
    "waiting_count": ("waiting",),
    "sent_count": SENT,
    "delivered_count": ("delivered",),
    "failed_count": ("failed",),
    "unknown_count": ("unknown",),
    "not_sent_count": ("not_sent",),
}
# Bars of the picture over time; a bar is as many minutes as it takes.
BARS = 24
STEPS = (1, 5, 15, 60, 180, 720, 1440)
# A campaign's messages, those that retention has removed as sums.
MESSAGES = """
  SELECT coalesce(network, '') AS network, state,
         coalesce(failure_type, '') AS failure_type,
         coalesce(left_out, FALSE) AS left_out,
         sum(messages)::int AS messages, coalesce(sum(cost), 0)::float AS cost
    FROM (SELECT network, state, failure_type, left_out, cost, messages
            FROM sms_tally WHERE campaign_id = %(id)s AND kind = 'state'
           UNION ALL
          SELECT network, state, failure_type, left_out, cost, messages
            FROM sms_statistic WHERE campaign_id = %(id)s) each
GROUP BY 1, 2, 3, 4
  HAVING sum(messages) <> 0
"""
ENDED_BADLY = ("unknown", "failed", "not_sent")
BATCH = 5000
# What it waits for then is a job's page, or its time.
BEFORE_SENDING = ("scheduled", "preparing")


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
    not_sent_count = fields.Integer("Not Sent", compute="_compute_funnel")
    left_out_messages = fields.Integer("Messages Left Out", compute="_compute_funnel")
    progress = fields.Float(compute="_compute_funnel")
    bars = fields.Json(
        compute="_compute_funnel",
        help="[{label, count, color}] of what has ended, those left out not counted",
    )
    delivery_rate = fields.Float(compute="_compute_funnel")
    waits_for = fields.Char(compute="_compute_waits_for")
    standstill = fields.Char(compute="_compute_standstill")
    spent = fields.Float("Cost", digits=(16, 2), compute="_compute_spent")
    spent_currency_id = fields.Many2one("res.currency", compute="_compute_spent")
    click_count = fields.Integer("Clicks", compute="_compute_click_count")
    # By network, by reason, over time
    results = fields.Json(
        compute="_compute_results",
        help="{networks: [{network, tried, delivered, cost}],"
        " reasons: [{reason, result, label, count}], times: [{at, count}], minutes};"
        " at in seconds since 1970",
    )

    def _compute_funnel(self):
        counts = {campaign_id: Counter() for campaign_id in self.ids}
        found = [("campaign_id", "in", self.ids)]
        keys = ("campaign_id", "state", "failure_type", "left_out")
        for row in self.env["sms.tally"].sudo()._sums("state", found, *keys):
            campaign_id, *group, count, _cost, _parts = row
            counts[campaign_id][tuple(group)] += count
        # What retention has removed is counted too.
        for campaign, *group, count in (
            self.env["sms.statistic"].sudo()._read_group(found, keys, ["messages:sum"])
        ):
            counts[campaign.id][tuple(group)] += count
        for campaign in self:
            campaign._set_funnel(counts.get(campaign.id, Counter()))

    def _set_funnel(self, counts):
        """Set the figures.

        :param counts: {(state, failure type, left out): messages}
        """
        left_out = sum(n for (_s, _f, out), n in counts.items() if out)
        by_result = Counter()
        for group, count in counts.items():
            by_result[result_of(*group)] += count
        for name, results in FUNNEL.items():
            self[name] = sum(by_result[each] for each in results)
        self.left_out_messages = left_out
        self.message_count = counts.total() - left_out
        done = self.message_count - self.waiting_count
        self.progress = 100 * done / self.message_count if self.message_count else 0
        tried = sum(by_result[each] for each in TRIED)
        self.delivery_rate = 100 * self.delivered_count / tried if tried else 0
        # The bar is of those for whom there is a message.
        by_result["not_sent"] -= left_out
        self.bars = [
            {"label": label, "count": by_result[key], "color": RESULTS[key].color}
            for key, label in labels(self.env).items()
            if by_result[key] and key != "waiting"
        ]

    def _compute_standstill(self):
        """Say that it could move and that nobody has touched it for long."""
        self.standstill = False
        gateways = self.env["sms.gateway.config"].sudo()
        which = SQL("campaign.id = ANY(%s)", self._origin.ids)
        still = set(chain(*gateways._standing_campaigns(which).values()))
        if any(each.state == "sending" for each in self):
            own = self.gateway_id.sudo()
            # what another has taken over as well
            lanes = (own | own.failover_id)._standing()
            still.update(campaign for _class, campaign in chain(*lanes.values()))
        for campaign in self:
            if campaign._origin.id in still:
                campaign.standstill = self.env._(
                    "Nothing has moved for at least %s minutes, although it could."
                    " Tell your administrator to check that Odoo's scheduled actions"
                    " are running.",
                    round(STILL.total_seconds() / 60),
                )

    def _compute_waits_for(self):
        """Say what its messages wait for, in the words of message and dashboard."""
        self.waits_for = False
        for campaign in self.filtered(lambda each: each.state in BEFORE_SENDING):
            campaign.waits_for = campaign.standstill and self.env._(WAITS_FOR["nobody"])
        for campaign in self.filtered(lambda c: c.waiting_count and not c.waits_for):
            say = campaign.gateway_id.sudo()._why_they_wait()
            reason = say(
                campaign.message_class, campaign, campaign.company_id.id, "next"
            )
            never = campaign.standstill and not self.env["sms.run"]._last()
            campaign.waits_for = self.env._(WAITS_FOR["nobody"]) if never else reason

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

    @api.readonly
    def action_open_messages(self):
        """Open messages; the context's ``which`` is a field of the funnel."""
        self.ensure_one()
        self.check_access("read")
        which = self._which(self.env.context.get("which"))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "su_sms.sms_sms_action_messages"
        )
        action["domain"] = [("campaign_id", "=", self.id), *which]
        action["context"] = {"create": False}
        return action

    @api.model
    def _which(self, figure):
        """Return the domain of the messages that a figure counts; [] for all."""
        if figure in FUNNEL:
            return [("result", "in", FUNNEL[figure])]
        return {
            "left_out_messages": [("left_out", "=", True)],
            "message_count": [("left_out", "!=", True)],
        }.get(figure, [])

    @api.readonly
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
                **campaign._results_by_network_and_reason(),
                **campaign._results_over_time(),
            }

    def _rows(self, query):
        self.env.cr.execute(query, {"id": self._origin.id})
        return self.env.cr.dictfetchall()

    def _results_by_network_and_reason(self):
        """Return the figures of networks, and of reasons not to be delivered."""
        failure = self.env["sms.sms"]._fields["failure_type"]
        words = dict(failure._description_selection(self.env))
        networks, reasons = {}, {}
        for row in self._rows(MESSAGES):
            result = result_of(row["state"], row["failure_type"], row["left_out"])
            if result in TRIED:
                network = networks.setdefault(
                    row["network"],
                    {"network": row["network"], "tried": 0, "delivered": 0, "cost": 0},
                )
                network["tried"] += row["messages"]
                network["cost"] += row["cost"]
                if result == "delivered":
                    network["delivered"] += row["messages"]
            if result in ENDED_BADLY:
                key = (row["failure_type"], result)
                reason = reasons.setdefault(
                    key,
                    {
                        "reason": row["failure_type"],
                        "result": result,
                        "label": words.get(row["failure_type"])
                        or self._without_reason(result),
                        "count": 0,
                    },
                )
                reason["count"] += row["messages"]
        return {
            "networks": sorted(networks.values(), key=lambda each: -each["tried"]),
            "reasons": sorted(reasons.values(), key=lambda each: -each["count"]),
        }

    @api.model
    def _without_reason(self, result):
        # Of a campaign that was cancelled, what had not left by then.
        cancelled = result == "not_sent"
        return self.env._("Cancelled") if cancelled else self.env._("Unknown reason")

    def _results_over_time(self):
        """Count what was accepted in each stretch of time, those with none as well."""
        rows = self._rows(
            """
              SELECT extract(epoch FROM at)::bigint / 60 AS minute,
                     sum(messages)::int AS messages
                FROM sms_tally WHERE campaign_id = %(id)s AND kind = 'accepted'
            GROUP BY at HAVING sum(messages) <> 0
            """
        )
        found = [row["minute"] for row in rows]
        wanted = (max(found) - min(found)) / BARS if found else 0
        days = ceil(wanted / STEPS[-1])
        minutes = next((step for step in STEPS if step >= wanted), days * STEPS[-1])
        counts = Counter()
        for row in rows:
            counts[row["minute"] // minutes] += row["messages"]
        steps = range(min(counts), max(counts) + 1) if counts else ()
        return {
            "minutes": minutes,
            "times": [
                {"at": 60 * minutes * step, "count": counts[step]} for step in steps
            ],
        }

    @api.readonly
    def action_open_results(self):
        """Open messages of a row, by the context.

        That has ``network``, or ``reason`` (a failure type or nothing) and ``result``.
        """
        self.ensure_one()
        context = self.env.context
        if "network" in context:
            domain = [
                ("network", "=", context["network"] or False),
                ("result", "in", TRIED),
            ]
        else:
            result = context.get("result")
            domain = [
                ("failure_type", "=", context.get("reason") or False),
                ("result", "in", [result] if result in RESULTS else list(RESULTS)),
            ]
        action = self.action_open_messages()
        action["domain"] += domain
        return action

    # ------------------------------------------------------------
    # Who was left out, as a file
    # ------------------------------------------------------------
    # Who is left out, as a file to mend the numbers in.

    @api.readonly
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
