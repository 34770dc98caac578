"""The dispatcher: moves messages from the outbox to the wire until nothing is due.

Any number may run at once over one database. Each step of the outbox is a short
transaction of its own; between them the network works and no transaction is open.
What a kill at any line leaves is either still queued, or claimed and on the wire.
"""

from __future__ import annotations

import logging
import queue
import time
from collections import Counter

import psycopg2

from . import line, outbox
from .wire import Wire

_logger = logging.getLogger(__name__)

# While requests are under way the dispatcher publishes results this many at a time,
# so that a finished request waits little for its successor.
PUBLISH_MEANWHILE = 200
# How long outcomes are kept in memory for a database that is away.
DATABASE_PATIENCE = 120


class Dispatcher:
    """One run over the outbox of one database.

    :param transaction: a context manager giving a cursor; commits at its end
    :param lines: [(outbox.Gateway, client)] that may be used in this run
    :param publish: ``publish(limit) -> count``: tell the rest of Odoo what became of
        messages, in a transaction of its own
    :param now: the current time in UTC, naive as Odoo's
    """

    def __init__(self, transaction, lines, publish, now):
        self._transaction = transaction
        self._publish = publish
        self._now = now
        self._force = False
        self._finished = queue.SimpleQueue()
        self._wires = {
            gateway.id: (gateway, Wire(client, gateway.concurrency, self._finished))
            for gateway, client in lines
        }
        self.outcomes = Counter()

    def run(self, seconds=60.0, ids=None, force=False):
        """Send what is due.

        :param seconds: start nothing new after this long
        :param ids: only these messages (a list), or None for all
        :param force: try once although a gateway is held
        :return: how many messages got an outcome
        """
        self._force = force
        until = time.monotonic() + seconds
        try:
            self._run(until, ids)
        finally:
            for _gateway, wire in self._wires.values():
                wire.close()
            # After an error above: what was under way has come back meanwhile.
            if left := self._take(block=False):
                self._step(left, False, ids)
        while self._publish(outbox.LOOK_AHEAD):
            pass
        return self.outcomes.total()

    def _run(self, until, ids):
        finished = []
        while True:
            claims, seen = self._step(finished, time.monotonic() < until, ids)
            for claim in claims:
                self._wires[claim.gateway.id][1].put(claim)
            if seen and any(wire.free for _gateway, wire in self._wires.values()):
                finished = self._take(block=False)
            elif any(wire.busy for _gateway, wire in self._wires.values()):
                finished = self._wait()
            else:
                return

    def _wait(self):
        """Publish results until a request comes back; give those that have."""
        while self._finished.empty() and self._publish(PUBLISH_MEANWHILE):
            pass
        return self._take(block=True)

    def _take(self, block):
        finished = []
        while not self._finished.empty() or (block and not finished):
            claim, outcomes = self._finished.get()
            self._wires[claim.gateway.id][1].done()
            finished.append((claim, outcomes))
        return finished

    def _step(self, finished, may_claim, ids):
        """Record what came back and claim what goes next, in one transaction.

        Outcomes are kept through a database that is away for a while: they can't be
        asked for again.
        """
        give_up = time.monotonic() + DATABASE_PATIENCE
        pause = 0.05
        while True:
            try:
                with self._transaction() as cr:
                    self._record(cr, finished)
                    result = self._claim(cr, ids) if may_claim else ([], False)
            except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
                if not finished or time.monotonic() > give_up:
                    raise
                _logger.warning(
                    "The database is away (%s); %d outcomes wait to be recorded",
                    type(error).__name__,
                    sum(len(outcomes) for _claim, outcomes in finished),
                )
                time.sleep(pause)
                pause = min(pause * 2, 2.0)
            else:
                for _claim, outcomes in finished:
                    self.outcomes.update(outcome.state for outcome in outcomes)
                return result

    def _record(self, cr, finished):
        now = self._now()
        changes = []
        for claim, outcomes in finished:
            its_changes, holding = outbox.changes_of(claim, outcomes, now)
            changes += its_changes
            if holding:
                line.hold(cr, claim, holding, now)
            elif any(outcome.state == "accepted" for outcome in outcomes):
                line.release(cr, claim, now)
        outbox.record(cr, changes, now)

    def _claim(self, cr, ids):
        claims, seen = [], False
        now = self._now()
        for gateway, wire in self._wires.values():
            slots = wire.free
            if slots and not self._force:
                slots, gateway = line.slots(cr, gateway, slots, now)
            if slots:
                its_claims, its_seen = outbox.claim(cr, gateway, slots, now, ids)
                claims += its_claims
                seen = seen or its_seen
        # Once: what fails now waits like everything else.
        self._force = False
        return claims, seen
