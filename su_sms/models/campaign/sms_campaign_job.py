import logging
import time
from contextlib import contextmanager
from datetime import timedelta

from markupsafe import escape
from odoo import api, fields, models
from odoo.exceptions import MissingError, UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as CONFLICTS
from odoo.tools import SQL

from ...dispatch import lanes, outbox
from ...tools.context import loud
from ...tools.transactions import (
    in_test,
    is_passing,
    own_environment,
    own_transaction,
    utcnow,
)
from .sms_campaign_count import COUNTED
from .sms_campaign_prepare import PAGE_SECONDS

_logger = logging.getLogger(__name__)
# One run of the job; see sms_sms_dispatch.
RUN_SECONDS = 20
# When a step is tried again that the database has failed.
LATER = timedelta(minutes=1)
# Rows called off at a time.
BATCH = 5000
ACTIVITY = "su_sms.mail_activity_type_campaign"
# What others wait for if it is an urgent campaign's.
AHEAD = ("_begin_if_due", "_prepare_page")
# How often a page is taken of which somebody deletes records meanwhile.
TRIES = 3
# Steps that go through people, and how often one begins that never ends.
COUNT = "_go_on_counting"
PAGES = (COUNT, "_prepare_page")
BEGINNINGS = 2
# How long the job waits for whoever saves the draft that is next.
GIVE_WAY_SECONDS = 0.2
# What ends sooner was stopped from outside: Odoo ends what takes 120 s.
ENDLESS = timedelta(seconds=100)


class SmsCampaign(models.Model):
    """The job that moves campaigns on: counts, preparation, their end."""

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.campaign"

    # A page that began and did not end took the server with it.
    page_begun_at = fields.Datetime(readonly=True, copy=False, groups=".")
    pages_begun = fields.Integer(readonly=True, copy=False, groups=".")

    @api.model
    def _trigger_work(self, at=None):
        self.env.ref("su_sms.ir_cron_campaigns").sudo()._trigger(at=at)

    @api.model
    def _work(self):
        """Move every campaign on by a page, until nothing moves; called by the cron."""
        self.env["ir.cron"]._sms_check_is_job()
        self.env["sms.run"]._note("campaigns")
        until = time.monotonic() + self.env["ir.cron"]._sms_seconds(RUN_SECONDS)
        moved = True
        while moved and time.monotonic() < until:
            moved = self._work_once(until)
        if moved:
            self.env.ref("su_sms.ir_cron_campaigns").sudo()._sms_go_on()
            return
        waiting = self.sudo().search([("state", "=", "scheduled")])
        if waiting:
            self._trigger_work(min(waiting.mapped("scheduled_at")))

    @api.model
    def _work_once(self, until=float("inf")):
        """Take a step of each campaign, as long as there is time; tell if any moved."""
        moved = False
        # What is launched does not wait for very many drafts.
        drafts_until = until
        for campaign_id, step in self._to_do():
            now = time.monotonic()
            if step == COUNT:
                drafts_until = min(drafts_until, now + PAGE_SECONDS)
            if now >= drafts_until:
                moved = True
                break
            moved |= self._do_step(campaign_id, step)
            self.env["sms.sms"]._report_progress(1)
        if moved:
            self._tell_progress()
        return moved

    @api.model
    def _do_step(self, campaign_id, step):
        if step not in PAGES:
            return self._try_step(campaign_id, step)
        begun = self._begin_page(campaign_id)
        if not begun and step == COUNT and not in_test():
            # Somebody is just saving it.
            time.sleep(GIVE_WAY_SECONDS)
            return True
        if begun <= BEGINNINGS:
            moved = self._try_step(campaign_id, step)
        else:
            moved = False
            with self._at_work(campaign_id) as campaign:
                campaign._fail(UserError(campaign._endless_text()))
        self._end_page(campaign_id)
        return moved

    def _endless_text(self):
        return self.env._(
            "Going through the recipients took too long, and the server had to stop it."
            " Check the file, the numbers and the placeholders of the text, or split"
            " the campaign."
        )

    @api.model
    def _begin_page(self, campaign_id):
        """Note that a page begins; return how many have begun since one has ended.

        One that was killed soon after is not counted: it may be killed often.
        """
        now = utcnow()
        with own_transaction(self.env) as cr:
            # Nobody is waited for who saves it meanwhile.
            cr.execute(
                """
                UPDATE sms_campaign
                   SET pages_begun = CASE
                           WHEN pages_begun > 0 AND page_begun_at > %(soon)s
                           THEN pages_begun
                           ELSE coalesce(pages_begun, 0) + 1 END,
                       page_begun_at = %(now)s
                 WHERE id IN (SELECT id FROM sms_campaign
                               WHERE id = %(id)s FOR UPDATE SKIP LOCKED)
             RETURNING pages_begun
                """,
                {"now": now, "soon": now - ENDLESS, "id": campaign_id},
            )
            [begun] = cr.fetchone() or [0]
        return begun

    @api.model
    def _end_page(self, campaign_id):
        with own_transaction(self.env) as cr:
            cr.execute(
                "UPDATE sms_campaign SET pages_begun = 0 WHERE id = %s", [campaign_id]
            )

    @api.model
    def _try_step(self, campaign_id, step):
        for _try in range(TRIES):
            try:
                with self._at_work(campaign_id) as campaign:
                    return bool(getattr(campaign, step)())
            except MissingError as error:
                # Deleted since the page was found: the next try does not find it.
                problem = error
            except CONFLICTS:
                # Somebody else was at it: next time.
                return True
            except Exception as error:
                if is_passing(error):
                    name = type(error).__name__
                    _logger.warning("Campaign %s goes on later: %s", campaign_id, name)
                    self._trigger_work(at=utcnow() + LATER)
                    return False
                problem = error
                break
        # Its own, and a person's to mend; the others go on.
        with self._at_work(campaign_id) as campaign:
            campaign._fail(problem)
        return False

    def _lock_if_counted(self, names):
        if COUNTED & names:
            self.check_access("write")
            self._lock_drafts()

    def _lock_drafts(self, wait=True):
        """Keep others from drafts' counts until the transaction ends.

        Whoever saves one asks first, before anything is read: if the job has counted
        since their transaction began, it fails here, and to try again costs nothing.
        The job asks last, and gives way to them: its page is taken again.

        :raises psycopg2.OperationalError: somebody else has one, or has changed it
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT FROM sms_campaign WHERE id = ANY(%s) AND state = 'draft'
                 ORDER BY id FOR NO KEY UPDATE %s
                """,
                self._origin.ids,
                SQL() if wait else SQL("NOWAIT"),
            )
        )

    @contextmanager
    def _at_work(self, campaign_id):
        """Return a campaign in a transaction that sees what others commit meanwhile."""
        with own_environment(self.env) as env:
            if not in_test():
                outbox.read_committed(env.cr)
            yield env["sms.campaign"].browse(campaign_id)

    @api.model
    def _wake_if_due(self, budgets=True):
        """Have campaigns looked at of which nothing waits.

        :param budgets: those that have a budget, too: no more of them may leave
        """
        with own_transaction(self.env) as cr:
            cr.execute(
                """
                SELECT EXISTS (
                    SELECT FROM sms_campaign c
                     WHERE state = 'sending'
                       AND (%s AND budget > 0 OR NOT EXISTS (
                            SELECT FROM sms_sms WHERE campaign_id = c.id
                                AND state IN ('outgoing', 'process'))))
                """,
                [budgets],
            )
            [to_do] = cr.fetchone()
        if to_do:
            self._trigger_work()

    @api.model
    def _to_do(self):
        """Return [(campaign id, step)] of what goes next, in this order.

        What is launched goes before what is only counted. Of drafts each user has one
        at a time, that whose last page is the longest ago, and so is the user's turn:
        however many somebody has made, the others' wait for one of them.
        """
        with own_transaction(self.env) as cr:
            cr.execute(
                """
                SELECT id, urgent IS TRUE, create_uid,
                       CASE state WHEN 'draft' THEN '_go_on_counting'
                                      WHEN 'scheduled' THEN '_begin_if_due'
                                      WHEN 'preparing' THEN '_prepare_page'
                                      WHEN 'sending' THEN '_end_if_done'
                                      WHEN 'cancelled' THEN '_call_off' END
                  FROM sms_campaign
             LEFT JOIN (SELECT create_uid, max(page_begun_at) AS had_turn_at
                          FROM sms_campaign WHERE state = 'draft'
                      GROUP BY create_uid) turns USING (create_uid)
                 WHERE (state = 'draft' AND count_state = 'running')
                    OR (state = 'scheduled' AND scheduled_at <= %(now)s)
                    OR state IN ('preparing', 'sending')
                    OR (state = 'cancelled' AND ended_at > %(now)s - interval '1 day'
                        AND EXISTS (SELECT FROM sms_sms WHERE campaign_id =
                                    sms_campaign.id AND state = 'outgoing'))
              ORDER BY state = 'draft',
                       CASE WHEN state = 'draft' THEN had_turn_at END NULLS FIRST,
                       page_begun_at NULLS FIRST, id
                """,
                {"now": utcnow()},
            )
            found = cr.fetchall()
        # What is urgent is prepared before the next page of any other.
        urgent = [row for row in found if row[1] and row[3] in AHEAD]
        rows = urgent or [row for row in found if row[3] != COUNT]
        drafts = {}
        for row in found if not urgent else ():
            if row[3] == COUNT:
                drafts.setdefault(row[2], row)
        return [(row[0], row[3]) for row in (*rows, *drafts.values())]

    def _go_on_counting(self):
        self._count_some(PAGE_SECONDS)
        if self.count_state == "running":
            return True
        self._tell_moved()
        return False

    def _begin_if_due(self):
        if not self._lock_in("scheduled"):
            return False
        self._begin()
        return True

    def _prepare_page(self):
        taken = self._process_page(self._store_messages, self._extras())
        if not all(self.audience_ids.mapped("finished")):
            # If none was taken, another worker is at it.
            return taken
        # Somebody may have paused it meanwhile: then when it is resumed.
        if self._lock_in("preparing"):
            self._count_prepared()
            self._send_if_agreed()
        return True

    def _count_prepared(self):
        """Count who was reached and left out: not who would have been, at the count."""
        self.env.cr.execute(
            """
            SELECT count(*) FILTER (WHERE left_out IS NOT TRUE),
                   count(*) FILTER (WHERE left_out),
                   coalesce(sum(parts) FILTER (WHERE left_out IS NOT TRUE), 0)
              FROM sms_sms WHERE campaign_id = %s
            """,
            [self.id],
        )
        recipients, left_out, parts = self.env.cr.fetchone()
        self.write(
            {
                "recipient_count": recipients,
                "left_out_count": left_out,
                "part_count": parts,
            }
        )

    def _end_if_done(self):
        """End a campaign of which nothing waits; pause one whose budget is spent."""
        if not self._lock_in("sending"):
            return False
        self.env.cr.execute(
            """
            SELECT EXISTS (SELECT FROM sms_sms WHERE campaign_id = %(id)s
                              AND state = 'outgoing'),
                   EXISTS (SELECT FROM sms_sms WHERE campaign_id = %(id)s
                              AND state = 'process')
            """,
            {"id": self.id},
        )
        waiting, under_way = self.env.cr.fetchone()
        if under_way:
            return False
        if not waiting:
            self.write({"state": "done", "ended_at": fields.Datetime.now()})
            self._forget_rows()
        elif self._budget_is_spent():
            self._stop(self.env._("The budget is spent."), "budget")
        else:
            return False
        return True

    def _forget_rows(self):
        """Forget what was uploaded: the messages say what became of each."""
        self.env.cr.execute(
            """
            DELETE FROM sms_campaign_row WHERE audience_id IN
                   (SELECT id FROM sms_campaign_audience WHERE campaign_id = %s)
            """,
            [self.id],
        )
        self.env["sms.campaign.row"].invalidate_model()

    def _call_off(self):
        """Call off what still waits of a cancelled campaign, some at a time."""
        self.env.cr.execute(
            """
            UPDATE sms_sms SET state = 'canceled', write_date = %s
             WHERE id IN (SELECT id FROM sms_sms
                           WHERE campaign_id = %s AND state = 'outgoing'
                           LIMIT %s FOR UPDATE SKIP LOCKED)
            """,
            [utcnow(), self.id, BATCH],
        )
        self.env["sms.sms"].invalidate_model(["state"])
        return bool(self.env.cr.rowcount)

    def _fail(self, error):
        """Take a campaign that can't go on out of the job's way, and say why."""
        text = str(error)
        if not isinstance(error, UserError):
            # Its words may quote people's data, which is no business of a log's.
            _logger.error("Campaign %s can't go on: %s", self.id, type(error).__name__)
            text = self.env._(
                "Something unexpected happened. Details are in the server log."
            )
        if self.state == "draft":
            self.write({"count_state": "failed", "count_problem": text})
            self._tell_moved()
        else:
            self._stop(text)

    def _stop(self, text, reason="problem"):
        """Pause because of something that a person has to see to, and tell them."""
        if not self._lock_in("scheduled", "preparing", "sending"):
            return
        if self.state == "scheduled":
            # Gone through by the count, but not prepared: a resume has to.
            self._start_over()
        self._pause(reason, text)
        self._tell_responsible(text)

    def _tell_responsible(self, text):
        """Let whose campaign it is see to something, in one activity."""
        known = self.activity_search([ACTIVITY], user_id=self.user_id.id)
        if known:
            known[0].note = escape(text)
        else:
            loud(self).activity_schedule(
                ACTIVITY, note=escape(text), user_id=self.user_id.id
            )

    def _budget_is_spent(self):
        """Tell whether the next message could cost more than the budget allows."""
        if not self.budget:
            return False
        left = lanes.left_of_budget(
            self.env.cr, self.id, self.budget, self.message_price
        )
        return left + 1e-6 < self.message_price or left <= 0

    # ------------------------------------------------------------
    # Live
    # ------------------------------------------------------------

    @api.model
    def _tell_progress(self):
        """Let open browsers ask again for the campaigns that are moving.

        Only ids go over the bus: what they show, each asks for with its own rights.
        """
        now = fields.Datetime.now()
        with own_environment(self.env) as env:
            moving = env["sms.campaign"].search(
                Domain("state", "in", ("preparing", "sending"))
                | Domain("count_state", "=", "running")
                # just paused, cancelled, or counted
                | Domain("write_date", ">", now - timedelta(seconds=30))
                # reports come after the end
                | Domain("ended_at", ">", now - timedelta(days=1))
            )
            moving._tell_moved()

    def _tell_moved(self):
        """Let open browsers ask again for these, as soon as this is committed."""
        if self:
            users = self.env.ref("su_sms.group_user").sudo()
            users._bus_send("su_sms.campaigns", {"ids": self.ids})
