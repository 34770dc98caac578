"""A dispatcher's share of the requests that a gateway may have under way.

One row for each gateway says how many it may have and who has them: see
:mod:`.timing.concurrency`. Whoever changes it locks it, for a transaction of its own
and no longer.
"""

from __future__ import annotations

import json
import time

from . import process
from .timing import concurrency
from .timing.concurrency import Seen

# Numbers that are on the wire before anything has come back, and seconds after which
# what had come back tells nothing any more.
FIRST = 100
ALIVE = 15.0

LOCK = """
    SELECT state::text, extract(epoch FROM clock_timestamp())::float
      FROM sms_concurrency WHERE gateway_id = %s FOR UPDATE
"""
ADD = """
    INSERT INTO sms_concurrency (gateway_id)
    SELECT id FROM sms_gateway_config WHERE id = %s
        ON CONFLICT DO NOTHING
"""
WRITE = "UPDATE sms_concurrency SET state = %s WHERE gateway_id = %s"


class Share:
    """What one run of a dispatcher may have under way of a gateway.

    :param key: names the run: that of its process and one of its own
    :param most: how many requests it could use at all
    :ivar slots: how many it may have under way; more may still be
    :ivar wanted: how many it has work for
    :ivar hopeful: others give back some for this one
    """

    def __init__(self, gateway, key, most):
        self._gateway = gateway
        self._key = key
        self._most = min(most, gateway.concurrency)
        self._seen = []
        self._look_at = 0.0
        self._peak = 0
        self._returned = 0
        self._part = 0.0
        self._alive = False
        self.slots = 0
        self.wanted = self._most
        self.hopeful = False

    @property
    def due_in(self):
        """Return in how many seconds it is time to look again, 0 or more."""
        return max(self._look_at - time.monotonic(), 0.0)

    def put_off(self):
        """Look again later: there was no database for it."""
        self._look_at = time.monotonic() + concurrency.LATER

    @property
    def chunk_size(self):
        """Return to how many numbers a request may be."""
        alive = self._alive or self._returned
        return (
            self._gateway.chunk_size if alive else min(self._gateway.chunk_size, FIRST)
        )

    @property
    def numbers(self):
        """Return to how many numbers the requests under way may be.

        What a crash or a provider that hangs leaves in doubt does not grow with the
        number of requests, and is little before the first has come back.
        """
        if not (self._alive or self._returned):
            return FIRST
        most = max(round(concurrency.BEGIN * self._part), 1)
        if not self._alive:
            most = min(most, 1 + self._returned)
        return max(most * self._gateway.chunk_size, FIRST)

    def note(self, numbers, seconds, reason):
        """Note a request that has ended; from any thread."""
        self._seen.append(Seen(numbers, seconds, reason))
        if reason is None:
            self._returned += 1

    def note_claimed(self, count, busy):
        """Note that ``count`` requests were claimed while others were under way."""
        self.wanted = self._most if count else busy + 1
        self._peak = max(self._peak, busy + count)

    def look(self, cr, busy):
        """Say what there was and what is wanted, and take what there is.

        :param busy: requests under way
        """
        found = self._lock(cr)
        if not found:
            # Deleted meanwhile, and its messages with it.
            self.slots, self.hopeful = 0, False
            return
        text, now = found
        most = self._gateway.concurrency
        state = concurrency.known(text and json.loads(text), most, now)
        # Not emptied before it is known to be on record, or to tell nothing.
        count = len(self._seen)
        full = self._peak >= self.slots
        learnt = concurrency.learn(
            state, self._seen[:count], most, now, full=full, part=self._part
        )
        alive_at = state.get("alive_at", 0.0)
        if any(each.reason is None for each in self._seen[:count]):
            alive_at = now
        self._alive = now - alive_at < ALIVE
        if learnt:
            state = learnt
            del self._seen[:count]
            self._peak = busy
        state = {**state, "alive_at": alive_at}
        wanted = min(self.wanted, self._most)
        state, self.slots, fair = concurrency.share(
            state, self._key, wanted, busy, now, process.has_ended
        )
        self.hopeful = fair > self.slots
        self._part = min(max(self.slots, busy) / concurrency.total(state), 1.0)
        cr.execute(WRITE, [json.dumps(state), self._gateway.id])
        self._look_at = time.monotonic() + concurrency.pause(state)

    def leave(self, cr):
        """Give all back, at the end of the run."""
        if found := self._lock(cr, add=False):
            text, _now = found
            if text:
                state = concurrency.leave(json.loads(text), self._key)
                cr.execute(WRITE, [json.dumps(state), self._gateway.id])

    def _lock(self, cr, add=True):
        cr.execute(LOCK, [self._gateway.id])
        found = cr.fetchone()
        if not found and add:
            cr.execute(ADD, [self._gateway.id])
            cr.execute(LOCK, [self._gateway.id])
            found = cr.fetchone()
        return found
