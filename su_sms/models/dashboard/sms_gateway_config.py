from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...dispatch.lanes import lanes
from ...dispatch.waiting import STILL
from ...tools.transactions import utcnow

# Messages or events looked at, of each lane or of all: who sees that there are as many
# need not know how many more.
MOST = 10_000
# In each of so many hours more came than left.
HOURS = 3
CLOCKS_APART = timedelta(minutes=1)
# Rows of a job that still runs are younger.
ENDED = timedelta(minutes=10)
LATELY = timedelta(days=1)
# Findings about Odoo, the same for all gateways.
OF_SERVER = ("clock", "limits", "interrupted")
# Each lane in which something waits; one of which nothing is due costs as little.
DUE = """
    SELECT lane.gateway_id, lane.message_class, lane.campaign, found.count, found.since
      FROM (SELECT gateway_id, message_class, coalesce(campaign_id, 0) AS campaign
              FROM sms_tally
             WHERE state = 'outgoing' AND kind = 'state' AND gateway_id = ANY(%(ids)s)
          GROUP BY 1, 2, 3 HAVING sum(messages) > 0) AS lane
CROSS JOIN LATERAL (
            SELECT count(*), min(since) AS since
              FROM (SELECT greatest(create_date, queued_at, not_before) AS since
                      FROM sms_sms sms
                     WHERE sms.state = 'outgoing' AND sms.to_delete IS NOT TRUE
                       AND sms.gateway_id = lane.gateway_id
                       AND sms.message_class = lane.message_class
                       AND coalesce(sms.campaign_id, 0) = lane.campaign
                     LIMIT %(most)s) AS sms
             WHERE since < %(then)s) AS found
     WHERE found.count > 0
"""
EVENTS = """
    SELECT gateway_id, count(*), min(received_at)
      FROM (SELECT gateway_id, received_at, not_before FROM sms_gateway_event
             WHERE state IN ('new', 'waiting') ORDER BY id LIMIT %(most)s) AS event
     WHERE gateway_id = ANY(%(ids)s)
       AND received_at < %(then)s AND (not_before IS NULL OR not_before < %(then)s)
  GROUP BY 1
"""
CAMPAIGNS = """
    SELECT id, gateway_id
      FROM sms_campaign campaign
     WHERE %(which)s
       AND (state = 'scheduled' AND scheduled_at < %(then)s
            OR greatest(write_date, page_begun_at) < %(then)s
               AND (state = 'preparing'
                    OR state = 'draft' AND count_state = 'running'
                    OR state = 'sending' AND NOT EXISTS (
                        SELECT FROM sms_sms WHERE campaign_id = campaign.id
                           AND state IN ('outgoing', 'process'))))
"""
# What was queued in each of the last hours and has left or is to, and what has left.
GROWTH = """
    SELECT gateway_id, floor(extract(epoch FROM %(now)s - at) / 3600)::int AS ago,
           coalesce(sum(messages) FILTER (WHERE kind = 'state'), 0) AS queued,
           coalesce(sum(messages) FILTER (WHERE kind = 'accepted'), 0) AS left
      FROM sms_tally
     WHERE gateway_id = ANY(%(ids)s) AND at > %(now)s - %(hours)s * interval '1 hour'
       AND (kind = 'accepted'
            OR kind = 'state' AND state IN ('outgoing', 'process', 'pending', 'sent'))
  GROUP BY 1, 2
"""


class SmsGatewayConfig(models.Model):
    """Whether what could move does: messages, campaigns, reports.

    Where Odoo's scheduled actions don't run, nothing of ours does: it is found by
    whoever looks at a gateway, a campaign or the dashboard, and by a monitor.
    """

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.gateway.config"

    last_run_at = fields.Datetime("Last Dispatch Run", compute="_compute_last_run")
    last_run_where = fields.Char("Ran On", compute="_compute_last_run")

    def _compute_last_run(self):
        run = self.env["sms.run"]._last().get("dispatch")
        self.last_run_at = run and run.at
        self.last_run_where = run and run._where()

    # ------------------------------------------------------------
    # Messages
    # ------------------------------------------------------------

    def _standing(self):
        """Return what could go and has not been touched for long.

        :return: {gateway's id: {(class, campaign's id or 0): (how many, since when)}},
            as far as one looks
        """
        self.env.flush_all()
        now = utcnow()
        then = now - STILL
        values = {"ids": self._origin.ids, "then": then, "most": MOST}
        self.env.cr.execute(DUE, values)
        due = {}
        for gateway_id, message_class, campaign, count, since in self.env.cr.fetchall():
            lane = (message_class, campaign)
            due.setdefault(gateway_id, {})[lane] = (count, since)
        run = self.env["sms.run"]._last().get("dispatch", self.env["sms.run"])
        return {
            gateway.id: standing
            for gateway in self.browse(due)
            if (standing := gateway._standing_of(due[gateway.id], now, then, run))
        }

    def _standing_of(self, due, now, then, run):
        """Return those of the lanes in which something is due that have been open.

        Single messages go before all others: these may wait while any go, as long as
        somebody dispatches more than what people send by hand.
        """
        if self.status != "ready":
            return {}
        settings = self._settings()
        moved = self._has_moved(then) and not (run and run._is_old())
        open_lanes = [
            {
                (lane.message_class, lane.campaign)
                for lane in lanes(self.env.cr, settings, at)
                if lane.room > 0
            }
            for at in (then, now)
        ]
        return {
            lane: found
            for lane, found in due.items()
            if all(lane in each for each in open_lanes)
            and (not moved or lane == ("transactional", 0))
        }

    def _has_moved(self, then):
        """Tell whether anything has gone, or tried to, since then."""
        if any(at and at > then for at in (self.last_success_at, self.last_error_at)):
            return True
        self.env.cr.execute(
            "SELECT EXISTS (SELECT FROM sms_sms WHERE state = 'process'"
            " AND dispatched_at > %s AND gateway_id = %s)",
            [then, self.id],
        )
        return self.env.cr.fetchone()[0]

    def _finding_of_queue(self, standing, run):
        count = sum(count for count, _since in standing.values())
        since = min(since for _count, since in standing.values())
        run = run or self.env["sms.run"]
        check = self.env._(
            "Check that Odoo's scheduled actions are running and that the pace is not"
            " too low."
        )
        oldest = self.env._("The oldest has been waiting since %s.", self._when(since))
        if not run._is_old():
            title = self.env._(
                "%s messages are waiting for no apparent reason", _up_to(count)
            )
            return self._finding("queue", "warning", title, oldest, check)
        return self._finding(
            "queue",
            "danger",
            self.env._(
                "%s messages are ready to send, but no dispatcher is running",
                _up_to(count),
            ),
            oldest,
            self._say_last_run(run),
            self._say_check_jobs(),
        )

    @api.model
    def _say_last_run(self, run):
        if not run:
            return self.env._("It has never run.")
        return self.env._(
            "The last run was on %(when)s (%(where)s).",
            when=self._when(run.at),
            where=run._where(),
        )

    @api.model
    def _say_check_jobs(self):
        return self.env._(
            "Check that Odoo's scheduled actions are running: those whose names begin"
            " with “SMS” must be active, and the option max_cron_threads must not be 0."
        )

    # ------------------------------------------------------------
    # Reports and campaigns
    # ------------------------------------------------------------

    def _findings_of_jobs(self, runs):
        """Return {gateway's id: [Finding]} of reports and campaigns that stand still.

        :param runs: {kind of work: its last run}
        """
        then = utcnow() - STILL
        found = {}
        # A copy's are only stored.
        copies = self.filtered(lambda each: each.hold_reason == "copy")._origin.ids
        run = runs.get("events") or self.env["sms.run"]
        values = {"ids": self._origin.ids, "then": then, "most": MOST}
        self.env.cr.execute(EVENTS, values)
        for gateway_id, count, since in self.env.cr.fetchall():
            if gateway_id in copies:
                continue
            title = self.env._(
                "%s delivery reports and incoming messages are waiting to be processed",
                _up_to(count),
            )
            oldest = self.env._(
                "The oldest has been waiting since %s.", self._when(since)
            )
            found.setdefault(gateway_id, []).append(
                self._finding(
                    "events",
                    "danger" if run._is_old() else "warning",
                    title,
                    oldest,
                    run._is_old() and self._say_last_run(run),
                    self._say_check_jobs(),
                )
            )
        which = SQL("campaign.gateway_id = ANY(%s)", self._origin.ids)
        for gateway_id, ids in self._standing_campaigns(which).items():
            found.setdefault(gateway_id, []).append(
                self._finding(
                    "campaigns",
                    "danger",
                    self.env._("Campaigns that have stalled: %s", len(ids)),
                    self._say_last_run(runs.get("campaigns")),
                    self._say_check_jobs(),
                )
            )
        return found

    @api.model
    def _standing_campaigns(self, which):
        """Return {gateway's id: ids of its campaigns that nobody has touched}.

        :param which: SQL, of which campaigns
        """
        self.env["sms.campaign"].flush_model()
        rows = self.env.execute_query(
            SQL(CAMPAIGNS, which=which, then=utcnow() - STILL)
        )
        found = {}
        for campaign_id, gateway_id in rows:
            found.setdefault(gateway_id, []).append(campaign_id)
        return found

    # ------------------------------------------------------------
    # Growth
    # ------------------------------------------------------------

    def _growing(self):
        """Return {gateway's id: (queued, left)} where more comes than leaves.

        In each of the last hours, and not only the people of a campaign, who come at
        once: something that was queued before them waits as well.
        """
        values = {"ids": self._origin.ids, "now": utcnow(), "hours": HOURS}
        self.env.cr.execute(GROWTH, values)
        hours = {}
        for gateway_id, _ago, queued, left in self.env.cr.fetchall():
            hours.setdefault(gateway_id, []).append((int(queued), int(left)))
        return {
            gateway_id: tuple(map(sum, zip(*counts, strict=True)))
            for gateway_id, counts in hours.items()
            if len(counts) == HOURS and all(queued > left for queued, left in counts)
        }

    def _finding_of_growth(self, queued, left):
        return self._finding(
            "growth",
            "warning",
            self.env._("Messages are being queued faster than they are sent"),
            self.env._(
                "In the last %(hours)s hours %(queued)s messages were queued and"
                " %(left)s sent.",
                hours=HOURS,
                queued=f"{queued:,}",
                left=f"{left:,}",
            ),
            self.env._(
                "Check the pace, the concurrent requests and who is sending the most"
                " messages."
            ),
        )

    # ------------------------------------------------------------
    # The server
    # ------------------------------------------------------------

    @api.model
    def _findings_of_server(self, runs):
        """Return what is wrong with Odoo itself, whatever the gateway."""
        apart = self._clocks_apart()
        if abs(apart) > CLOCKS_APART:
            yield self._finding(
                "clock",
                "warning",
                self.env._("The clocks of Odoo and its database differ"),
                self.env._(
                    "They differ by %s seconds, so scheduled messages leave too early"
                    " or too late. Synchronize both servers with NTP.",
                    round(abs(apart.total_seconds())),
                ),
            )
        if names := self._jobs_ended():
            yield self._finding(
                "limits",
                "warning",
                self.env._(
                    "Odoo stopped scheduled actions that exceeded the time limit"
                ),
                self.env._("In the last 24 hours: %s.", ", ".join(names)),
                self.env._("Raise limit_time_real_cron, or give Odoo more workers."),
            )
        found = runs.get("interrupted")
        if found and found.at > utcnow() - LATELY:
            yield self._finding(
                "interrupted",
                "warning",
                self.env._(
                    "A server process ended while %s messages were being sent",
                    found.messages,
                ),
                self.env._(
                    "Noticed on %s; their outcome is unknown.",
                    self._when(found.at),
                ),
                self.env._("Check Odoo's memory and time limits."),
            )

    @api.model
    def _clocks_apart(self):
        """Return by how much Odoo's clock is ahead of the database's."""
        self.env.cr.execute("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
        return utcnow() - self.env.cr.fetchone()[0]

    @api.model
    def _jobs_ended(self):
        """Return the names of our jobs that Odoo has ended lately."""
        jobs = self.env["ir.cron"].sudo().browse(self.env["ir.cron"]._sms_job_ids())
        now = utcnow()
        ended = (
            self.env["ir.cron.progress"]
            .sudo()
            .search(
                [
                    ("cron_id", "in", jobs.ids),
                    ("timed_out_counter", ">", 0),
                    ("create_date", "<", now - ENDED),
                    ("create_date", ">", now - LATELY),
                ]
            )
        )
        return sorted(set(ended.cron_id.mapped("name")))


def _up_to(count):
    """Return a count as text, or that it is as many as are looked at."""
    return f"{count:,}" if count < MOST else f"{MOST:,}+"
