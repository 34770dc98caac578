import logging
import threading
import time
from datetime import timedelta
from functools import partial

import psycopg2
from odoo import SUPERUSER_ID, api, models

from ...dispatch import maintenance, outbox, process
from ...dispatch.dispatcher import Dispatcher
from ...dispatch.process import running
from ...dispatch.timing import gaps, schedule
from ...dispatch.timing.alarm import Alarm
from ...tools.transactions import (
    end_transaction,
    in_test,
    is_passing,
    own_connection,
    own_environment,
    own_transaction,
    utcnow,
)

_logger = logging.getLogger(__name__)
# What a person sends leaves while they wait; more than this is the queue's.
AT_ONCE = 100
# One run of the queue. Odoo kills a cron worker after two minutes, in the middle of
# what it does: so runs are short, and one that is not done triggers the next.
RUN_SECONDS = 20
WAIT_SECONDS = 5
# What is due this soon is waited for instead of asking for another run.
LINGER_SECONDS = 3.0
# How often it is tried to take what is due and was not to be had, and, when a run has
# tried for long enough, how long after it.
TRY_SECONDS = 0.2
TRY_LATER = timedelta(minutes=1)
# What is due within so many seconds does not wait for Odoo's next look for due jobs,
# once a minute. What has been asked for and does not begin is begun after a second.
ALARM_SECONDS = 90
ASKED_SECONDS = 1.0
START_SECONDS = 2.0
# How long whoever sends waits to see the outcome.
PATIENCE_SECONDS = 3
# Threads of this process that dispatch at once; beyond them it is the queue's.
_at_once = threading.BoundedSemaphore(4)
# Databases for which a thread of this process goes on beside the job.
_beside = gaps.Once()
_alarm = Alarm()
# How long Test Connection waits for a dispatcher that took its message first.
WAIT_FOR_ANOTHER = 60


class SmsSms(models.Model):
    """How messages leave: when, by which dispatcher, and by Odoo's ways to send."""

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.sms"

    # ------------------------------------------------------------
    # When
    # ------------------------------------------------------------

    @api.model
    def _trigger_dispatch(self, at=None):
        self.env["ir.cron"]._sms_wake_slots(at)

    def _dispatch_after_commit(self):
        """Dispatch these as soon as the transaction is committed, and only then.

        A rolled back transaction sends nothing; one that Odoo retries sends once.
        """
        if not self:
            return
        if in_test():
            self._dispatch(self.ids)
            return
        self._trigger_dispatch()
        postcommit = self.env.cr.postcommit
        ids = postcommit.data.setdefault("su_sms.dispatch", [])
        if not ids:
            postcommit.add(self._make_after_commit())
        ids.extend(self.ids)

    def _make_after_commit(self):
        registry, postcommit = self.env.registry, self.env.cr.postcommit

        def dispatch(ids):
            try:
                with registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    env["sms.sms"]._dispatch(ids, WAIT_SECONDS)
            except Exception:
                # The caller's work is done and committed; the queue still has these.
                _logger.exception("%d messages stay in the queue", len(ids))
            finally:
                _at_once.release()

        def after_commit():
            ids = postcommit.data.pop("su_sms.dispatch", [])
            # In a thread: whoever pressed the button sees the outcome if it comes soon,
            # and is not held up by a provider that hangs.
            if len(ids) > AT_ONCE or not _at_once.acquire(blocking=False):
                return
            try:
                thread = process.start(partial(dispatch, ids), "su_sms")
            except process.NoThread:
                _at_once.release()
                _logger.exception("%d messages stay in the queue", len(ids))
            else:
                thread.join(PATIENCE_SECONDS)

        return after_commit

    @api.model
    def _send_at_once(self, vals):
        """Commit one message, dispatch it even if its gateway is held, and give it.

        For Test Connection, whose caller has nothing of its own to roll back.
        """
        with own_environment(self.env) as env:
            company = env["res.company"].browse(self.env.company.id)
            sms_id = env["sms.sms"].with_company(company).create([vals]).id
        until = time.monotonic() + WAIT_FOR_ANOTHER
        sms = self.browse(sms_id)
        while True:
            self._dispatch([sms_id], force=True)
            sms.invalidate_recordset()
            if sms.state != "process" or time.monotonic() > until:
                return sms
            # The queue was quicker and has it on the wire.
            time.sleep(0.2)

    @api.model
    def _process_outbox(self):
        """Dispatch what is due; called by the cron."""
        self.env["ir.cron"]._sms_check_is_job()
        self._run_outbox()

    @api.model
    def _run_outbox(self, seconds=RUN_SECONDS):
        """Dispatch what is due, and see to it that the rest is when its time comes.

        As a job this ends when nothing is due at the moment, and before a gap; a thread
        goes on beside it.

        :return: how many messages got an outcome
        """
        jobs = self.env["ir.cron"]
        in_job = jobs._sms_in_job()
        seconds = jobs._sms_seconds(seconds)
        total, due = 0, utcnow()
        if in_job:
            process.begin_work()
        if not (in_job and (self.env.cr.dbname in _beside or seconds <= 0)):
            self._maintain()
            total, due = self._send_due(seconds, 0.0 if in_job else LINGER_SECONDS)
        if due:
            self._come_again(due, total, in_job)
        return total

    @api.model
    def _maintain(self):
        with own_transaction(self.env) as cr:
            now = utcnow()
            text = self.env._("The server stopped while this was being sent.")
            if count := maintenance.expire_leases(cr, now, text):
                _logger.error(
                    "A process ended with %d messages on the wire: outcome unknown",
                    count,
                )
                self.env["sms.run"]._note("interrupted", count)
            if old := maintenance.expire_old(cr, now):
                _logger.warning("%d messages were given up as too old", old)
            if moved := maintenance.fail_over(cr, schedule.FAILOVER_REASONS, now):
                _logger.warning("%d messages are taken over by another gateway", moved)

    @api.model
    def _send_due(self, seconds, linger):
        """Dispatch what is due, and what soon will be.

        :param linger: what is due within so many seconds is waited for
        :return: how many messages got an outcome, and when the next are due
        """
        until = time.monotonic() + seconds
        total, idle = 0, 0.0
        while True:
            # Odoo skips a job that was killed three times before it reported anything.
            done = self._dispatch(
                seconds=until - time.monotonic(), progress=self._report_progress
            )
            total += done
            now = utcnow()
            gateways = [settings for settings, _client in self._lines()]
            with own_transaction(self.env) as cr:
                due = maintenance.next_due(cr, gateways, now)
            if due is None or in_test() or running.ending:
                break
            # A pace lets a few leave every second: Odoo looks for due jobs once a
            # minute.
            pause = (due - now).total_seconds()
            if not (pause or done):
                # Another dispatcher is at it, or somebody at its campaign. The trigger
                # that came with it may be used up, so it is for us to see that it goes.
                pause = TRY_SECONDS
                idle += pause
            left = until - time.monotonic()
            if max(pause, idle) > min(linger, left):
                break
            end_transaction(self.env)
            time.sleep(pause)
        return total, due

    @api.model
    def _come_again(self, due, total, in_job):
        """See to it that what is due then leaves then."""
        now = utcnow()
        soon = due <= now + timedelta(seconds=LINGER_SECONDS)
        if soon and in_job and not running.ending:
            self._go_on_beside()
        elif soon and (total or running.ending or due > now):
            self._trigger_dispatch()
            self._look_in(ASKED_SECONDS)
        else:
            # Nobody could have it for long enough, or it is for later.
            at = max(due, now + TRY_LATER) if soon else due
            self._trigger_dispatch(at=at)
            self._look_in((at - now).total_seconds())

    @api.model
    def _look_in(self, seconds):
        """Dispatch what is due in so many seconds, unless the job does by then.

        Odoo looks for due jobs once a minute, and sooner only where a NOTIFY comes
        through: see dispatch/timing/alarm.
        """
        if in_test() or seconds > ALARM_SECONDS:
            return
        registry = self.env.registry

        def ring():
            # Asked now: a worker that has just begun is none yet when this is set.
            if in_test() or not process.has_jobs():
                return
            try:
                with registry.cursor() as cr:
                    # Somebody may just have changed one of the jobs.
                    outbox.read_committed(cr)
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    if not env["ir.cron"]._sms_slots()._sms_is_running():
                        env["sms.sms"]._go_on_beside()
            except Exception:
                _logger.exception("Messages wait for the next run of the job")

        try:
            _alarm.set(registry.db_name, seconds, ring)
        except RuntimeError as error:
            _logger.warning("Messages wait for the next run of the job: %s", error)

    def _register_hook(self):
        """Look at the outbox when a server has started: Odoo does within a minute."""
        super()._register_hook()
        process.when_started(self.env.cr.dbname, partial(self._look_in, START_SECONDS))

    @api.model
    def _go_on_beside(self):
        """Go on in a thread while no job holds its record, until the next gap is over.

        There is one for a database in this process; when it ends it wakes the job.
        """
        registry, seconds = self.env.registry, gaps.over()
        # For whoever ends before it has woken anybody.
        self._trigger_dispatch(at=utcnow() + timedelta(seconds=seconds))
        if not _beside.ask(registry.db_name):
            return

        def go_on():
            try:
                with registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    env["sms.sms"]._run_outbox(seconds)
            except Exception:
                _logger.exception("Messages wait for the next run of the job")
            finally:
                if _beside.done(registry.db_name) and not running.ending:
                    with registry.cursor() as cr:
                        env = api.Environment(cr, SUPERUSER_ID, {})
                        env["sms.sms"]._trigger_dispatch()

        try:
            process.start(go_on, "su_sms")
        except process.NoThread:
            _beside.done(registry.db_name)
            _logger.exception("Messages wait for the next run of the job")

    @api.model
    def _report_progress(self, done, remaining=0):
        if not in_test():
            self.env["ir.cron"]._commit_progress(done, remaining=remaining)

    # ------------------------------------------------------------
    # Dispatchers
    # ------------------------------------------------------------

    @api.model
    def _dispatch(self, ids=None, seconds=RUN_SECONDS, force=False, progress=None):
        """Run a dispatcher over the gateways that may send.

        :param ids: only these messages, or None for all
        :param force: try once although a gateway is held
        :param progress: told of each time messages got an outcome, with how many
        :return: how many messages got an outcome
        """
        if self.env["sms.gateway.config"]._is_neutralized():
            _logger.info("This database is neutralized: no SMS leaves it")
            return 0
        if ids is None:
            # What somebody sends leaves by itself, whether any job runs or not.
            self.env["sms.run"]._note("dispatch")
        lines = self._lines()
        end_transaction(self.env)
        dispatcher = Dispatcher(
            partial(own_connection, self.env),
            lines,
            self._publish_some,
            utcnow,
            progress,
            beside=not in_test(),
        )
        try:
            done = dispatcher.run(seconds, ids, force)
        except process.NoThread as error:
            # A process at its end, or at its limit of memory: the queue has them still.
            _logger.warning("Nothing is dispatched by this process: %s", error)
            return 0
        if done:
            self.env["sms.gateway.event"]._look_again()
        try:
            with own_environment(self.env) as env:
                env["sms.gateway.config"]._tell_administrators()
        except psycopg2.Error as error:
            if not is_passing(error):
                raise
            # Another dispatcher is just telling them, or the next run does.
            _logger.info("Administrators are told later: %s", type(error).__name__)
        return done

    @api.model
    def _lines(self):
        """Return [(settings, client)] of the gateways that can be used."""
        gateways = self.env["sms.gateway.config"].sudo()
        countries = gateways._countries()
        lines = []
        away = gateways._away()
        for gateway in gateways.search([("provider", "!=", False)]) - away:
            try:
                gateway._check_knows_who_said_no()
                settings = gateway._settings()
                if not gateway.country_id:
                    settings = settings._replace(countries=countries)
                lines.append((settings, gateway._client()))
            except ValueError as error:
                # One gateway that can't be used must not stop the others.
                _logger.error("Gateway %s: %s", gateway.id, error)
            except psycopg2.Error:
                raise
            except Exception as error:
                _logger.error("Gateway %s: %s", gateway.id, type(error).__name__)
        return lines

    # ------------------------------------------------------------
    # Odoo's ways to send
    # ------------------------------------------------------------
    # What Odoo's ways to send become.

    def send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        """Send; what goes through a gateway leaves after this transaction's commit."""
        rest = self._send_routed()
        if rest or not self:
            return super(SmsSms, rest).send(
                unlink_failed=unlink_failed,
                unlink_sent=unlink_sent,
                raise_exception=raise_exception,
            )
        return None

    def _send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        """Keep those who send without ``send()`` from passing by the gate."""
        rest = self._send_routed()
        if rest or not self:
            return super(SmsSms, rest)._send(
                unlink_failed=unlink_failed,
                unlink_sent=unlink_sent,
                raise_exception=raise_exception,
            )
        return None

    def _send_routed(self):
        """Dispatch what goes through a gateway, and return the rest."""
        self._route_late()
        routed = self.filtered("gateway_id")
        if routed:
            routed._to_handle()._dispatch_after_commit()
        return self - routed

    @api.model
    def _process_queue(self):
        """Send what waits: through Odoo's own provider, then through the gateways.

        Odoo's own method fails on messages of several companies, and would take
        routed ones too.
        """
        gateways = self.env["sms.gateway.config"].sudo().with_context(active_test=False)
        if not gateways.search_count([], limit=1):
            return super()._process_queue()
        domain = [
            ("state", "=", "outgoing"),
            ("to_delete", "!=", True),
            ("gateway_id", "=", False),
        ]
        batch_size = self._get_send_batch_size()
        unrouted = self.search(domain, limit=batch_size, order="id")
        unrouted.send()
        # What Odoo's provider has taken is on record before anything else may fail.
        end_transaction(self.env)
        left = self.search_count(domain) if len(unrouted) == batch_size else 0
        self._report_progress(len(unrouted), left)
        self._run_outbox()
        self._report_progress(0, left)
        return None
