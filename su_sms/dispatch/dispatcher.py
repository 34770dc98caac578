"""The dispatcher: moves messages from the outbox to the wire until nothing is due.

Any number may run at once over one database. Each step of the outbox is a short
transaction of its own; between them the network works and no transaction is open.
What a kill at any line leaves is either still queued, or claimed and on the wire.
"""

from __future__ import annotations

import logging
import os
import time
import traceback
import uuid
from collections import Counter
from functools import partial

import psycopg2

from . import holds, outbox, process
from .database.connection import is_passing
from .lanes import LOOK_AHEAD
from .lookahead import LookAhead
from .process import running
from .recorder import Recorder
from .share import Share
from .timing.backoff import Backoff
from .wire import Wire

_logger = logging.getLogger(__name__)

# While requests are under way the dispatcher publishes results this many at a time and
# this often, in seconds, so that one that has returned waits little for its successor.
PUBLISH_MEANWHILE = 200
PUBLISH_EVERY = 0.5
# Seconds after which a dispatcher that found nothing to send looks again.
LOOK_AGAIN = 1.0
# Seconds between two reports of progress.
TELL_EVERY = 2.0


class Unusable(Exception):
    """Nothing can be claimed for a gateway: how it is set is to blame, or our code."""

    def __init__(self, gateway, error):
        super().__init__(type(error).__name__)
        self.gateway = gateway
        last = traceback.extract_tb(error.__traceback__)[-1]
        self.where = f"{os.path.basename(last.filename)}:{last.lineno}"


class Dispatcher:
    """One run over the outbox of one database.

    :param connect: gives a `database.connection.Connection`, or what is like it
    :param lines: [(outbox.Gateway, client)] that may be used in this run
    :param publish: ``publish(limit) -> count``: tell the rest of Odoo what became of
        messages, in a transaction of its own
    :param now: the current time in UTC, naive as Odoo's
    :param progress: told of each time messages got an outcome, with how many
    :param beside: record on a connection of its own while more is claimed
    """

    def __init__(self, connect, lines, publish, now, progress=None, *, beside=True):
        self._connection = connect()
        self._publish = publish
        self._now = now
        self._progress = progress
        self._untold = 0
        self._tell_at = 0.0
        self._force = False
        self._ids = None
        self._look_at = 0.0
        self._publish_at = 0.0
        self._beside = beside
        self._recorder = Recorder(connect(), now, beside)
        # Claims that were certainly never put on the wire: there was no thread for
        # them, or their commit failed and nobody knows whether they are on record.
        self._unsent = []
        self._wires = {
            gateway.id: (gateway, Wire(client, self._recorder.returned))
            for gateway, client in lines
        }
        self._shares = {}
        self._ahead = {}
        self._aside = set()
        self.outcomes = Counter()

    def run(self, seconds=60.0, ids=None, force=False):
        """Send what is due, unless the server is told to stop.

        :param seconds: start nothing new after this long
        :param ids: only these messages (a list), or None for all
        :param force: try once although a gateway is held
        :return: how many messages got an outcome
        :raises NoThread: of this process; nothing was claimed
        """
        if self._beside:
            # Odoo's own are stopped in the middle when their process ends.
            work = partial(self._run_through, seconds, ids, force)
            return process.call(work, "su_sms.dispatcher")
        return self._run_through(seconds, ids, force)

    def _run_through(self, seconds, ids, force):
        self._force = force
        self._ids = ids
        self._ahead = {gateway_id: LookAhead(ids) for gateway_id in self._wires}
        key = f"{process.name()} {uuid.uuid4().hex}"
        for gateway, wire in self._wires.values():
            most = gateway.concurrency if ids is None else len(ids)
            wire.share = self._shares[gateway.id] = Share(gateway, key, most)
        until = time.monotonic() + seconds
        with running:
            self._recorder.start()
            try:
                self._run(until)
            finally:
                for _gateway, wire in self._wires.values():
                    wire.close()
                self._leave()
                # After an error above: what was under way has come back meanwhile.
                self._connection.close()
                self._recorder.close()
                self._free_recorded()
            self._tell(0, force=True)
            # What is not published yet is published by the next run.
            while not running.ending and self._publish(LOOK_AHEAD):
                pass
        return self.outcomes.total()

    def _run(self, until):
        while True:
            self._look()
            while self._may_claim(until):
                self._put(self._claim_some())
                self._free_recorded()
                self._look()
            if not (self._busy() or self._may_hope(until)):
                return
            self._wait()

    def _look(self):
        """Now and then take what this run may have under way of each gateway."""
        if self._look_in():
            return
        try:
            with self._connection.transaction() as cr:
                for gateway_id, share in sorted(self._shares.items()):
                    share.look(cr, self._wires[gateway_id][1].under_way)
        except psycopg2.Error as error:
            if not self._busy():
                raise
            # What there was a moment ago is good for a while.
            for share in self._shares.values():
                share.put_off()
            _logger.info("Requests are not shared anew: %s", type(error).__name__)

    def _look_in(self):
        """Return in how many seconds it is time to look for shares, 0.0 at once."""
        return min((share.due_in for share in self._shares.values()), default=1.0)

    def _leave(self):
        """Let others have what this run has had; else they do after a while."""
        try:
            with self._connection.transaction() as cr:
                for _id, share in sorted(self._shares.items()):
                    share.leave(cr)
        except psycopg2.Error as error:
            _logger.info("A share stays for a while: %s", type(error).__name__)

    def _may_hope(self, until):
        """Tell whether other dispatchers are about to give back some for this one."""
        in_time = time.monotonic() < until and not running.ending
        return in_time and any(share.hopeful for share in self._shares.values())

    def _put(self, claims):
        """Put claims on the wire, and at once back into the queue what can't be."""
        for claim in claims:
            if not self._wires[claim.gateway.id][1].put(claim):
                self._unsent.append(claim)
        backoff = Backoff("what is not on the wire is put back")
        while self._unsent:
            try:
                with self._connection.transaction() as cr:
                    outbox.unclaim(cr, self._unsent)
                self._unsent = []
            except psycopg2.Error as error:
                backoff.wait(error)

    def _may_claim(self, until):
        now = time.monotonic()
        more = self._look_at <= now < until and not running.ending
        return more and self._free()

    def _wait(self):
        """Publish results until a request has come back and is on record."""
        while self._recorder.is_quiet() and time.monotonic() >= self._publish_at:
            if not self._publish(PUBLISH_MEANWHILE):
                self._publish_at = time.monotonic() + PUBLISH_EVERY
        # A gateway that hangs must not keep another, which is free, from what has been
        # queued for it meanwhile.
        until_look = self._look_at - time.monotonic()
        pause = until_look if until_look > 0 else LOOK_AGAIN
        until_share = self._look_in()
        self._free_recorded(min(pause, until_share) if self._free() else until_share)

    def _free_recorded(self, timeout=0.0):
        """Free the places of requests that are on record.

        Not before: they may hold their gateway, and a crash leaves no more in doubt
        than fits on the wire.
        """
        count = 0
        for claim, outcomes in self._recorder.collect(timeout):
            self._wires[claim.gateway.id][1].done(claim)
            if claim.gateway.probing:
                # The hold may be over.
                self._look_at = 0.0
            self.outcomes.update(outcome.state for outcome in outcomes)
            count += len(outcomes)
        self._tell(count)

    def _free(self):
        """Tell whether a request more may start."""
        return any(self._room(wire) for _gateway, wire in self._wires.values())

    def _room(self, wire):
        """Tell how many requests more may start; one that is forced always."""
        return max(wire.free, int(self._force and not wire.busy))

    def _busy(self):
        """Tell whether a request is under way or not on record yet."""
        return any(wire.busy for _gateway, wire in self._wires.values())

    def _claim_some(self):
        """Claim what goes next, in a transaction, and look again later if nothing."""
        backoff = Backoff("what is on the wire is waited for")
        while True:
            try:
                with self._connection.transaction() as cr:
                    outbox.unclaim(cr, self._unsent)
                    claims, seen = self._claim(cr)
                    self._unsent += claims
                self._unsent = []
                if not (claims or seen):
                    self._look_at = time.monotonic() + LOOK_AGAIN
                return claims
            except Unusable as error:
                self._set_aside(error)
            except psycopg2.Error as error:
                if not (self._unsent or self._busy()):
                    raise
                backoff.wait(error)

    def _set_aside(self, error):
        """Hold a gateway for which nothing can be claimed, so that the others go on."""
        self._aside.add(error.gateway.id)
        # What was taken for the others has been rolled back.
        self._ahead = {gateway_id: LookAhead(self._ids) for gateway_id in self._wires}
        _logger.error(
            "Gateway %s is held: %s in %s", error.gateway.id, error, error.where
        )
        try:
            with self._connection.transaction() as cr:
                holds.hold_as_it_is(cr, error.gateway, str(error), self._now())
        except psycopg2.Error as problem:
            _logger.warning("Not on record: %s", type(problem).__name__)

    def _tell(self, count, force=False):
        """Tell of progress, at first at once and then every few seconds."""
        self._untold += count
        now = time.monotonic()
        if self._progress and self._untold and (force or now >= self._tell_at):
            try:
                self._progress(self._untold)
            except Exception as error:
                # What was just claimed has to leave, whoever may hear of it.
                _logger.warning("Progress is not told: %s", type(error).__name__)
            self._untold = 0
            self._tell_at = now + TELL_EVERY

    def _claim(self, cr):
        claims, seen = [], False
        now = self._now()
        for gateway, wire in self._wires.values():
            if not self._room(wire) or gateway.id in self._aside:
                continue
            try:
                its_claims, its_seen = self._claim_of(cr, gateway, wire, now)
            except Exception as error:
                if is_passing(error):
                    raise
                raise Unusable(gateway, error) from error
            claims += its_claims
            seen = seen or its_seen
        # Once: what fails now waits like everything else.
        self._force = False
        return claims, seen

    def _claim_of(self, cr, gateway, wire, now):
        state = holds.SENDING if self._force else holds.state(cr, gateway, now)
        if state in (holds.SENDING, holds.RESUMED):
            known = gateway._replace(
                resumed=state == holds.RESUMED, chunk_size=wire.share.chunk_size
            )
            room, ahead = self._room(wire), self._ahead[gateway.id]
            claims, seen = outbox.claim(cr, known, room, now, ahead)
            wire.share.note_claimed(len(claims), wire.under_way)
            return claims, seen
        if state == holds.PROBING:
            return self._probe(cr, gateway, now), False
        return [], False

    def _probe(self, cr, gateway, now):
        """Claim one message for a held gateway whose time has come.

        Messages that the gate stops are no probe. The next probe is put off only if
        there was something to send.
        """
        one = gateway._replace(chunk_size=1, probing=True)
        while True:
            claims, seen = outbox.claim(cr, one, 1, now, LookAhead(self._ids))
            if claims:
                holds.put_off(cr, gateway, now)
            if claims or not seen:
                return claims
