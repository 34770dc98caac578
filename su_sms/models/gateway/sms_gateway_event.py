import json
import logging
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...africastalking import events
from ...dispatch import outbox, reports
from ...dispatch.database.connection import durable
from ...privacy import links
from ...tools.acts import Act
from ...tools.reasons import sentence
from ...tools.transactions import (
    end_transaction,
    in_test,
    is_passing,
    own_environment,
    own_transaction,
    utcnow,
)

_logger = logging.getLogger(__name__)

# A report may come before the answer to the send is recorded; this long it waits.
WAIT_FOR_MESSAGE = timedelta(minutes=10)
LOOK_AGAIN_AFTER = timedelta(seconds=15)
BATCH = 500
LONGEST_FIELD = 255
# The inbox is looked at once more so long after it has had something, and a post wakes
# it at most this often: so a post that wakes nobody is still seen.
LINGER_SECONDS = 1.5
WAKE_SECONDS = 1.0
GATHER_SECONDS = 0.3
# Short, as Odoo ends a job that takes long; what is left triggers the next run.
RUN_SECONDS = 20

CONFLICTS = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError)

_last_wake = {}
_wake_lock = threading.Lock()


class SmsGatewayEvent(models.Model):
    """What the provider posted to us: the inbox, worked through by a job.

    Receiving only stores. Applying may be repeated and happens in any order; an event
    that can't be applied is kept for a person and never stops the others.
    """

    _name = "sms.gateway.event"
    _inherit = ["sms.form.mixin", "sms.own.companies"]
    _description = "SMS Gateway Event"
    _order = "id desc"
    _rec_name = "kind"

    gateway_id = fields.Many2one(
        "sms.gateway.config", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="gateway_id.company_id", store=True)
    kind = fields.Selection(
        [
            ("delivery", "Delivery Report"),
            ("incoming", "Incoming Message"),
            ("optout", "Opt-Out"),
            ("subscription", "Subscription"),
        ],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("new", "New"),
            ("waiting", "Waits for its message"),
            ("applied", "Applied"),
            ("unmatched", "No such message"),
            ("failed", "To review"),
        ],
        required=True,
        readonly=True,
        default="new",
    )
    received_at = fields.Datetime("Received", required=True, readonly=True)
    not_before = fields.Datetime(readonly=True)
    payload = fields.Text(required=True, readonly=True, help="As received.")
    address = fields.Char(
        "Posted From",
        readonly=True,
        help="The network address that posted it. All events of a gateway come from"
        " the few addresses of its provider: another one may be somebody else who"
        " knows the callback address.",
    )
    problem = fields.Char(readonly=True)
    sms_id = fields.Many2one("sms.sms", "Message", readonly=True, ondelete="set null")

    _inbox_idx = models.Index("(id) WHERE state IN ('new', 'waiting')")
    _to_see_idx = models.Index("(id) WHERE state IN ('failed', 'unmatched')")
    _sms_id_idx = models.Index("(sms_id) WHERE sms_id IS NOT NULL")

    # ------------------------------------------------------------
    # Receiving
    # ------------------------------------------------------------

    @api.model
    def _receive(self, gateway_id, kind, pairs, address=None):
        """Store an event, and wake the job that applies it.

        One INSERT: this is on the way of every post, and the provider is waiting.

        :param pairs: the fields as posted, [(name, value)], repeated ones included
        :param address: of whoever has posted it
        """
        payload = json.dumps([(name, links.hide(value)) for name, value in pairs])
        # The provider is told that it is here, and posts it no more.
        durable(self.env.cr)
        self.env.cr.execute(
            """
            INSERT INTO sms_gateway_event
                   (gateway_id, company_id, kind, state, payload, address, received_at,
                    create_date, write_date)
            SELECT id, company_id, %(kind)s, 'new', %(payload)s, %(address)s, %(now)s,
                   %(now)s, %(now)s
              FROM sms_gateway_config WHERE id = %(gateway)s
            """,
            {
                "gateway": gateway_id,
                "kind": kind,
                "payload": payload,
                "address": address,
                "now": utcnow(),
            },
        )
        self._wake()

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for event in self:
            event.display_name = labels.get(event.kind)
        self._hide_name()

    @api.model
    def _wake(self):
        """Trigger the job, unless a post of this process just has."""
        now, name = time.monotonic(), self.env.cr.dbname
        with _wake_lock:
            if now - _last_wake.get(name, -WAKE_SECONDS) < WAKE_SECONDS:
                return
            _last_wake[name] = now
        self.env.cr.postrollback.add(lambda: _last_wake.pop(name, None))
        self.env.ref("su_sms.ir_cron_events").sudo()._trigger()

    # ------------------------------------------------------------
    # Applying
    # ------------------------------------------------------------

    @api.model
    def _apply_inbox(self):
        """Apply what has come until nothing comes any more; called by the cron.

        As a job this does not wait for more, as its record is locked: it runs again.
        """
        self.env["ir.cron"]._sms_check_is_job()
        self.env["sms.gateway.config"]._away()
        self.env["sms.run"]._note("events")
        end_transaction(self.env)
        jobs = self.env["ir.cron"]
        in_job = jobs._sms_in_job()
        until = time.monotonic() + jobs._sms_seconds(RUN_SECONDS)
        idle_since = time.monotonic()
        applied = 0
        while time.monotonic() < until:
            count = self._apply_some()
            applied += count
            if count:
                idle_since = time.monotonic()
            elif in_test() or time.monotonic() - idle_since > LINGER_SECONDS:
                break
            if in_job and count < BATCH:
                break
            if count < BATCH and not in_test():
                # A few at a time cost nearly as much as a batch.
                time.sleep(GATHER_SECONDS)
        if applied:
            # Reports tell how long each message took: many rows of counts.
            self.env["sms.tally"]._compact_many()
        self._come_again(time.monotonic() >= until, in_job and applied)
        self.env["sms.sms"]._report_progress(applied)

    @api.model
    def _come_again(self, unfinished, look_again):
        cron = self.env.ref("su_sms.ir_cron_events").sudo()
        if unfinished or look_again:
            cron._sms_go_on(None if unfinished else LINGER_SECONDS)
        if unfinished:
            return
        # This transaction may be older than what has been applied beside it.
        with own_transaction(self.env) as cr:
            cr.execute(
                "SELECT min(not_before) FROM sms_gateway_event WHERE state = 'waiting'"
            )
            due = cr.fetchone()[0]
        if due:
            cron._trigger(at=max(due, utcnow()) + timedelta(seconds=1))

    @api.model
    def _look_again(self):
        """Have reports looked at again that came before their message was on record."""
        with own_transaction(self.env) as cr:
            cr.execute(
                """
                UPDATE sms_gateway_event SET not_before = NULL
                 WHERE id IN (SELECT id FROM sms_gateway_event
                               WHERE state = 'waiting' AND not_before IS NOT NULL
                                 FOR UPDATE SKIP LOCKED)
                """
            )
            if cr.rowcount:
                env = self.env(cr=cr, su=True)
                env.ref("su_sms.ir_cron_events")._trigger()

    @api.model
    def _apply_some(self):
        """Apply one batch in a transaction of its own.

        :return: how many events were taken
        """
        try:
            with own_environment(self.env) as env:
                if not in_test():
                    # Dispatchers write to the same messages meanwhile.
                    outbox.read_committed(env.cr)
                count = env[self._name]._apply_batch(BATCH)
        except CONFLICTS:
            # Somebody else was at the same messages: next time.
            _logger.info("Events are tried again after a conflict")
            time.sleep(0.2)
            return 1
        while self.env["sms.sms"]._publish_some(BATCH):
            pass
        return count

    @api.model
    def _apply_batch(self, limit):
        now = utcnow()
        self.env.flush_all()
        self.env.cr.execute(
            """
              SELECT id, gateway_id, kind, payload, received_at
                FROM sms_gateway_event
               WHERE state IN ('new', 'waiting')
                 AND (not_before IS NULL OR not_before <= %s)
                 -- of a copy they are only stored: they are about the original's
                 AND NOT EXISTS (SELECT FROM sms_gateway_config gateway
                                  WHERE gateway.id = gateway_id
                                    AND gateway.hold_reason = 'copy')
            ORDER BY id LIMIT %s
                 FOR UPDATE SKIP LOCKED
            """,
            [now, limit],
        )
        rows = self.env.cr.fetchall()
        results, received = {}, []
        for event_id, gateway_id, kind, payload, received_at in rows:
            with self._alone(event_id, results):
                post = _fields(payload)
                if kind == "delivery":
                    report = events.read_report(post)
                    received.append(
                        reports.Received(event_id, gateway_id, received_at, report)
                    )
                    continue
                with self.env.cr.savepoint():
                    results[event_id] = self._apply_one(
                        event_id, gateway_id, kind, post
                    )
        self._apply_reports(received, results, now)
        self._list_blocked(received, results)
        reports.record(self.env.cr, results, now, LOOK_AGAIN_AFTER)
        self.env.invalidate_all()
        return len(rows)

    @contextmanager
    def _alone(self, event_id, results):
        """Let an event that can't be applied fail alone, so that no other waits."""
        try:
            yield
        except Exception as error:
            if is_passing(error) or isinstance(error, CONFLICTS):
                raise
            text = str(error)[:200] or type(error).__name__
            if isinstance(error, events.UnusableEvent):
                text = sentence(self.env, error)
            elif not isinstance(error, UserError):
                # Its text may quote the post, which is no business of a log's.
                name = type(error).__name__
                _logger.error("Event %s can't be applied: %s", event_id, name)
            results[event_id] = reports.Result("failed", problem=text)

    @api.model
    def _apply_reports(self, received, results, now):
        """Apply reports together, or if that fails one by one, leaving out the bad."""
        try:
            with self.env.cr.savepoint():
                done = reports.apply(self.env.cr, received, now, WAIT_FOR_MESSAGE)
        except CONFLICTS:
            raise
        except Exception:
            done = {}
            for each in received:
                with (
                    self._alone(each.event_id, results),
                    self.env.cr.savepoint(),
                ):
                    done |= reports.apply(self.env.cr, [each], now, WAIT_FOR_MESSAGE)
        results |= done

    @api.model
    def _list_blocked(self, received, results):
        """List whom reports call blocked; what goes wrong there stops no report."""
        try:
            with self.env.cr.savepoint():
                self.env["sms.blacklist"]._on_reports(received, results)
        except CONFLICTS:
            raise
        except Exception:
            _logger.exception("Numbers blocked at the operator are not listed")

    @api.model
    def _apply_one(self, event_id, gateway_id, kind, post):
        gateway = self.env["sms.gateway.config"].browse(gateway_id)
        if kind == "incoming":
            incoming = events.read_incoming(post)
            self.env["sms.incoming"]._receive(gateway, incoming)
        elif kind == "optout":
            self._on_optout(event_id, gateway, events.read_optout(post))
        else:
            events.read_subscription(post)
        return reports.Result("applied")

    @api.model
    def _on_optout(self, event_id, gateway, optout):
        """Act on an opt-out from the provider: the number goes on the blacklist."""
        company = gateway.company_id or self.env.company
        blacklist = self.env["sms.blacklist"].sudo().with_company(company)
        act = Act(
            "provider",
            "provider",
            evidence=optout.sender,
            company_id=company.id,
            gateway_id=gateway.id,
            event_id=event_id,
        )
        blacklist._opt_out([blacklist._readable(optout.number)], act)

    # ------------------------------------------------------------
    # What a person may do
    # ------------------------------------------------------------

    def action_apply_again(self):
        """Apply these once more, such as after a message was settled by hand."""
        self.check_access("read")
        done = self.filtered(lambda event: event.state == "applied")
        if done and done == self:
            raise UserError(self.env._("These events have already been applied."))
        again = (self - done).sudo()
        again.write({"state": "new", "problem": False, "not_before": False})
        _logger.info("User %s: events are applied again: %s", self.env.uid, again.ids)
        self._wake()


def _fields(payload):
    """Return the fields of a stored post as columns take them: no NUL, none overlong.

    Only the text of a message is long; an index takes no more than some kilobytes.
    """
    given = events.fields(
        (name, value.replace("\0", "")) for name, value in json.loads(payload)
    )
    return {
        name: value if name == "text" else value[:LONGEST_FIELD]
        for name, value in given.items()
    }
