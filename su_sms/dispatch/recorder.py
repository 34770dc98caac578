"""Put on record what came back from the wire, while the dispatcher claims more.

Recording and claiming touch different messages and take about as long, so each has a
connection of its own. Outcomes can't be asked for again: they are kept through a
database that is away for a while, and one that can't be recorded takes no other along.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import queue
from collections import defaultdict

import psycopg2

from . import holds, outcome_log, process
from .timing.backoff import Backoff

_logger = logging.getLogger(__name__)


class Recorder:
    """Requests go in as they return and come out once they are on record.

    :param connection: its own, see `database.connection`; a thread closes it
    :param now: the current time in UTC, naive as Odoo's
    :param beside: record in a thread; else whoever collects does it, where there is
        only one connection
    """

    def __init__(self, connection, now, beside=True):
        self._connection = connection
        self._now = now
        #: (claim, outcomes) of requests that have come back
        self.returned = queue.SimpleQueue()
        self._recorded = queue.SimpleQueue()
        self._beside = beside
        self._thread = None

    def start(self):
        """Begin to record; ``close`` ends it.

        Where there is no connection for outcomes, or no thread, nothing is sent.

        :raises NoThread: to record in
        """
        self._connection.open()
        if self._beside:
            try:
                self._thread = process.start(self._work, "su_sms.recorder")
            except process.NoThread:
                self._connection.close()
                raise

    def is_quiet(self):
        """Tell whether there is nothing to collect."""
        return self._recorded.empty() if self._beside else self.returned.empty()

    def collect(self, timeout=0.0):
        """Return what has been put on record since: [(claim, outcomes)].

        :param timeout: seconds to wait for the first; None: as long as it takes
        """
        if not self._beside:
            batch = _all_of(self.returned, timeout)
            self._record(batch)
            return batch
        batch = _all_of(self._recorded, timeout)
        for each in batch:
            if isinstance(each, Exception):
                raise each
        return batch

    def close(self):
        """Record all that has returned, when nothing is under way any more."""
        if self._thread:
            self.returned.put(None)
            self._thread.join()

    def _work(self):
        kept, ended = [], False
        while not ended:
            batch = _all_of(self.returned, None)
            ended = None in batch
            # What the database has not taken goes once more, with what came after it.
            kept += [each for each in batch if each]
            try:
                self._record(kept)
            except Exception as error:
                # For whoever collects. What comes back after these is recorded still.
                self._recorded.put(error)
            else:
                for each in kept:
                    self._recorded.put(each)
                kept = []
        self._connection.close()

    def _record(self, requests):
        """Put them on record together; where that can't be, in ever smaller parts.

        :raises psycopg2.Error: the database is away for too long
        """
        if not requests:
            return
        try:
            self._write(requests)
        except Exception as error:
            if _is_of_the_database(error):
                raise
            self._record_in_parts(requests, error)

    def _record_in_parts(self, requests, error):
        parts = _halves(requests)
        if not parts:
            # After the lease its outcome is called unknown, and not sent again.
            [(claim, _outcomes)] = requests
            _logger.error(
                "Message %s can't be put on record: %s",
                claim.rows[0].id,
                type(error).__name__,
            )
        for part in parts:
            self._record(part)

    def _write(self, requests):
        backoff = Backoff(f"{len(requests)} requests wait to be recorded")
        while True:
            try:
                with self._connection.transaction() as cr:
                    _record(cr, requests, self._now())
                return
            except psycopg2.Error as error:
                if not _is_of_the_database(error):
                    raise
                backoff.wait(error)


def _is_of_the_database(error):
    """Tell whether an error may pass, as it is not about what is written."""
    of_what_is_written = (psycopg2.DataError, psycopg2.IntegrityError)
    return isinstance(error, psycopg2.Error) and not isinstance(
        error, of_what_is_written
    )


def _halves(requests):
    """Return requests in two parts, a single one by its messages; [] if it has but one.

    :param requests: [(claim, outcomes)]
    """
    if len(requests) > 1:
        half = len(requests) // 2
        return [requests[:half], requests[half:]]
    [(claim, outcomes)] = requests
    half = len(claim.rows) // 2
    if not half:
        return []
    return [
        [(dataclasses.replace(claim, rows=claim.rows[part]), outcomes[part])]
        for part in (slice(None, half), slice(half, None))
    ]


def _all_of(source, timeout):
    """Return what is in a queue, once there is anything or the timeout is over."""
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
            its_changes, holding = outcome_log.changes_of(claim, outcomes, now)
            changes[claim.gateway.zone] += its_changes
            if holding:
                if alive:
                    holds.release(cr, alive, now)
                holds.hold(cr, claim, holding, now)
                alive = None
            elif any(_shows_life(outcome) for outcome in outcomes):
                # The newest says it for those before.
                alive = max(alive or claim, claim, key=lambda each: each.at)
        if alive:
            holds.release(cr, alive, now)
    for zone, its_changes in changes.items():
        outcome_log.record(cr, its_changes, now, zone)


def _shows_life(outcome):
    """Tell whether the provider took or refused this message for its own sake."""
    return outcome.state in ("accepted", "refused") and outcome.code is not None
