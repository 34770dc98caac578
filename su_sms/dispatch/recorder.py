"""Put on record what came back from the wire, while the dispatcher claims more.

Recording and claiming touch different messages and take about as long, so each has a
connection of its own. Outcomes can't be asked for again: they are kept through a
database that is away for a while.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections import defaultdict

import psycopg2

from . import journal, line
from .patience import Patience


class Recorder:
    """Requests go in as they finish and come out once they are on record.

    :param connection: its own, see :class:`.connection.Connection`; a thread closes it
    :param now: the current time in UTC, naive as Odoo's
    :param beside: record in a thread; else whoever takes does it, where there is only
        one connection
    """

    def __init__(self, connection, now, beside=True):
        self._connection = connection
        self._now = now
        #: (claim, outcomes) of requests that have come back
        self.finished = queue.SimpleQueue()
        self._recorded = queue.SimpleQueue()
        self._thread = None
        if beside:
            self._thread = threading.Thread(target=self._work, name="su_sms.recorder")

    def start(self):
        """Begin to record; ``close`` ends it.

        Where there is no connection for outcomes, nothing is sent.
        """
        self._connection.open()
        if self._thread:
            self._thread.start()

    def is_quiet(self):
        """Tell whether there is nothing to take."""
        return self._recorded.empty() if self._thread else self.finished.empty()

    def take(self, timeout=0.0):
        """Give what has been put on record since: [(claim, outcomes)].

        :param timeout: seconds to wait for the first; None: as long as it takes
        """
        if not self._thread:
            batch = _all_of(self.finished, timeout)
            self._record(batch)
            return batch
        batch = _all_of(self._recorded, timeout)
        for each in batch:
            if isinstance(each, Exception):
                raise each
        return batch

    def close(self):
        """Record all that has finished, when nothing is under way any more."""
        if self._thread:
            self.finished.put(None)
            self._thread.join()

    def _work(self):
        ended = False
        while not ended:
            batch = _all_of(self.finished, None)
            ended = None in batch
            requests = [each for each in batch if each]
            try:
                self._record(requests)
            except Exception as error:
                # For whoever takes. What comes back after these is recorded still.
                self._recorded.put(error)
            else:
                for each in requests:
                    self._recorded.put(each)
        self._connection.close()

    def _record(self, requests):
        if not requests:
            return
        patience = Patience(f"{len(requests)} requests wait to be recorded")
        while True:
            try:
                with self._connection.transaction() as cr:
                    _record(cr, requests, self._now())
                return
            except psycopg2.Error as error:
                patience.wait(error)


def _all_of(source, timeout):
    """Give what is in a queue, once there is anything or the timeout is over."""
    batch = []
    with contextlib.suppress(queue.Empty):
        batch.append(source.get(block=timeout != 0, timeout=timeout or None))
        while True:
            batch.append(source.get_nowait())
    return batch


def _record(cr, requests, now):
    changes = defaultdict(list)
    by_gateway = defaultdict(list)
    for claim, outcomes in requests:
        by_gateway[claim.gateway.id].append((claim, outcomes))
    # In one order everywhere: two dispatchers must not wait for each other.
    for _id, its_requests in sorted(by_gateway.items()):
        alive = None
        for claim, outcomes in its_requests:
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


def _shows_life(outcome):
    """Tell whether the provider took or refused this message for its own sake."""
    return outcome.state in ("accepted", "refused") and outcome.code is not None
