"""The dispatcher: moves messages from the outbox to the wire until nothing is due.

Any number may run at once over one database. Each step of the outbox is a short
transaction of its own; between them the network works and no transaction is open.
What a kill at any line leaves is either still queued, or claimed and on the wire.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import time
from collections import Counter, defaultdict

import psycopg2

from . import journal, line, outbox
from .lanes import LOOK_AHEAD
from .running import running
from .wire import Wire

_logger = logging.getLogger(__name__)

# While requests are under way the dispatcher publishes results this many at a time,
# so that a finished request waits little for its successor.
PUBLISH_MEANWHILE = 200
# Seconds after which a dispatcher with a free line looks for new messages.
LOOK_AGAIN = 1.0
# Seconds between two reports of progress.
REPORT_EVERY = 2.0
# How long outcomes are kept in memory for a database that is away.
DATABASE_PATIENCE = 120


class Dispatcher:
    """One run over the outbox of one database.

    :param transaction: a context manager giving a cursor; commits at its end
    :param lines: [(outbox.Gateway, client)] that may be used in this run
    :param publish: ``publish(limit) -> count``: tell the rest of Odoo what became of
        messages, in a transaction of its own
    :param now: the current time in UTC, naive as Odoo's
    :param progress: told of each time messages got an outcome, with how many
    """

    def __init__(self, transaction, lines, publish, now, progress=None):
        self._transaction = transaction
        self._publish = publish
        self._now = now
        self._progress = progress
        self._unreported = 0
        self._report_at = 0.0
        self._force = False
        self._finished = queue.SimpleQueue()
        # Outcomes that came back and are not committed yet.
        self._unrecorded = []
        # Claims of a commit that failed: nobody knows whether they are on record, but
        # they were certainly never put on the wire.
        self._in_doubt = []
        self._wires = {
            gateway.id: (gateway, Wire(client, gateway.concurrency, self._finished))
            for gateway, client in lines
        }
        self.outcomes = Counter()

    def run(self, seconds=60.0, ids=None, force=False):
        """Send what is due, unless the server is told to stop.

        :param seconds: start nothing new after this long
        :param ids: only these messages (a list), or None for all
        :param force: try once although a gateway is held
        :return: how many messages got an outcome
        """
        self._force = force
        until = time.monotonic() + seconds
        with running:
            try:
                self._run(until, ids)
            finally:
                for _gateway, wire in self._wires.values():
                    wire.close()
                # After an error above: what was under way has come back meanwhile.
                self._take()
                self._step(list(self._unrecorded))
            self._report(0, force=True)
            while self._publish(LOOK_AHEAD):
                pass
        return self.outcomes.total()

    def _run(self, until, ids):
        while True:
            # What came back is on record before anything takes its place on the wire:
            # it may hold its gateway, and a crash leaves no more in doubt than fits
            # on the wire.
            more = time.monotonic() < until and not running.ending
            claims, seen = self._step(list(self._unrecorded), more, ids)
            for claim in claims:
                self._wires[claim.gateway.id][1].put(claim)
            self._take()
            if self._unrecorded or (seen and self._free()):
                continue
            if not any(wire.busy for _gateway, wire in self._wires.values()):
                return
            self._wait()

    def _wait(self):
        """Publish results until a request comes back."""
        while self._finished.empty() and self._publish(PUBLISH_MEANWHILE):
            pass
        # A gateway that hangs must not keep another, which is free, from what has been
        # queued for it meanwhile.
        free = self._free()
        with contextlib.suppress(queue.Empty):
            self._take_in(self._finished.get(timeout=LOOK_AGAIN if free else None))
        self._take()

    def _free(self):
        """Tell whether a request more may start."""
        return any(wire.free for _gateway, wire in self._wires.values())

    def _take(self):
        """Take in the requests that have come back."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._take_in(self._finished.get_nowait())

    def _take_in(self, finished):
        claim, _outcomes = finished
        self._wires[claim.gateway.id][1].done()
        self._unrecorded.append(finished)

    def _step(self, finished, claim=False, ids=None):
        """Record what came back and claim what goes next, in one transaction.

        Outcomes are kept through a database that is away for a while: they can't be
        asked for again.

        :return: the claims, and whether anything was there to be claimed
        """
        if not finished and not claim:
            return [], False
        give_up = time.monotonic() + DATABASE_PATIENCE
        pause = 0.05
        while True:
            try:
                with self._transaction() as cr:
                    outbox.unclaim(cr, self._in_doubt)
                    self._record(cr, finished)
                    result = self._claim(cr, ids) if claim else ([], False)
                    self._in_doubt += result[0]
                self._in_doubt = []
                break
            except psycopg2.Error as error:
                if not self._must_not_forget() or time.monotonic() > give_up:
                    raise
                _logger.warning(
                    "The database is away (%s); %d outcomes wait to be recorded",
                    type(error).__name__,
                    sum(len(outcomes) for _claim, outcomes in self._unrecorded),
                )
                time.sleep(pause)
                pause = min(pause * 2, 2.0)
        for each in finished:
            self._unrecorded.remove(each)
            self.outcomes.update(outcome.state for outcome in each[1])
        self._report(sum(len(outcomes) for _claim, outcomes in finished))
        return result

    def _report(self, count, force=False):
        """Tell of progress, at first at once and then every few seconds."""
        self._unreported += count
        now = time.monotonic()
        if self._progress and self._unreported and (force or now >= self._report_at):
            try:
                self._progress(self._unreported)
            except Exception as error:
                # What was just claimed has to leave, whoever may hear of it.
                _logger.warning("Progress is not told: %s", type(error).__name__)
            self._unreported = 0
            self._report_at = now + REPORT_EVERY

    def _must_not_forget(self):
        return self._unrecorded or self._in_doubt

    def _record(self, cr, finished):
        now = self._now()
        changes = defaultdict(list)
        by_gateway = defaultdict(list)
        for claim, outcomes in finished:
            by_gateway[claim.gateway.id].append((claim, outcomes))
        # In one order everywhere: two dispatchers must not wait for each other.
        for _id, its_claims in sorted(by_gateway.items()):
            alive = None
            for claim, outcomes in its_claims:
                its_changes, holding = journal.changes_of(claim, outcomes, now)
                changes[claim.gateway.zone] += its_changes
                if holding:
                    if alive:
                        line.release(cr, alive, now)
                    line.hold(cr, claim, holding, now)
                    alive = None
                elif any(_shows_life(outcome) for outcome in outcomes):
                    # The newest says it for those before.
                    alive = max(alive or claim, claim, key=lambda each: each.at)
            if alive:
                line.release(cr, alive, now)
        for zone, its_changes in changes.items():
            journal.record(cr, its_changes, now, zone)

    def _claim(self, cr, ids):
        claims, seen = [], False
        now = self._now()
        for gateway, wire in self._wires.values():
            if not wire.free:
                continue
            state = line.OPEN if self._force else line.state(cr, gateway, now)
            if state in (line.OPEN, line.RESUMED):
                known = gateway._replace(resumed=state == line.RESUMED)
                its_claims, its_seen = outbox.claim(cr, known, wire.free, now, ids)
                claims += its_claims
                seen = seen or its_seen
            elif state == line.PROBE:
                claims += self._probe(cr, gateway, now, ids)
        # Once: what fails now waits like everything else.
        self._force = False
        return claims, seen

    def _probe(self, cr, gateway, now, ids):
        """Claim one message for a held gateway whose time has come.

        Messages that the gate stops are no probe. The next probe is put off only if
        there was something to send.
        """
        one = gateway._replace(chunk_size=1, probing=True)
        while True:
            claims, seen = outbox.claim(cr, one, 1, now, ids)
            if claims:
                line.put_off(cr, gateway, now)
            if claims or not seen:
                return claims


def _shows_life(outcome):
    """Tell whether the provider took or refused this message for its own sake."""
    return outcome.state in ("accepted", "refused") and outcome.code is not None
