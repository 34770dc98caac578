"""Requests side by side: chunks go in, outcomes come out, nothing waits for a turn.

No database here: a slow network must never hold a transaction.
"""

from __future__ import annotations

import logging
import math
import queue

from ..africastalking.answers import Outcome
from ..africastalking.client import Chunk
from . import process

_logger = logging.getLogger(__name__)


class Wire:
    """Requests of one client under way at once, each in a thread.

    There are as many threads as have been needed: where a process may have no more, no
    more is put on the wire. A pool of the standard library keeps what it had no thread
    for, and sends it later: nobody could take it back.
    """

    def __init__(self, client, returned: queue.SimpleQueue, share=None):
        self._client = client
        self._returned = returned
        #: see :class:`.share.Share`: how many may be under way, told of each request
        self.share = share
        #: requests that are under way or not on record yet
        self.under_way = 0
        #: to how many numbers they are
        self.numbers = 0
        self._no_thread_from = math.inf
        self._claims = queue.SimpleQueue()
        self._threads = []

    @property
    def free(self):
        """Tell how many more requests may start."""
        if self.numbers >= self.share.numbers:
            return 0
        most = min(self.share.slots, self._no_thread_from)
        return max(most - self.under_way, 0)

    @property
    def busy(self):
        """Tell whether a request is under way or not on record yet."""
        return self.under_way > 0

    def put(self, claim):
        """Start a claim's request; (claim, outcomes) comes on ``returned``.

        :return: whether it was started; if not, it never will be, nor any other beside
            those that are under way
        """
        if self.under_way == len(self._threads) and not self._start():
            self._no_thread_from = len(self._threads)
            return False
        self.under_way += 1
        self.numbers += len(claim.rows)
        self._claims.put(claim)
        return True

    def done(self, claim):
        """Note that one that has returned is on record, so that another may start."""
        self.under_way -= 1
        self.numbers -= len(claim.rows)

    def close(self):
        """Wait for what is under way, and end the threads."""
        for _thread in self._threads:
            self._claims.put(None)
        for thread in self._threads:
            thread.join()

    def _start(self):
        try:
            thread = process.start(self._work, "su_sms.wire", small=True)
        except process.NoThread as error:
            _logger.warning("%d requests at once: %s", len(self._threads), error)
            return False
        self._threads.append(thread)
        return True

    def _work(self):
        while claim := self._claims.get():
            self._send(claim)

    def _send(self, claim):
        try:
            outcomes = self._client.send(
                Chunk(
                    numbers=[row.number for row in claim.rows],
                    text=claim.text,
                    sender=claim.sender,
                    token=claim.token,
                ),
                self.share.note,
            )
        except Exception as error:
            # A bug of ours, and no evidence of how far it got: said, not guessed.
            _logger.exception("A chunk of %d messages failed", len(claim.rows))
            outcomes = [
                Outcome(row.number, "unknown", "bug", text=type(error).__name__)
                for row in claim.rows
            ]
        self._returned.put((claim, outcomes))
