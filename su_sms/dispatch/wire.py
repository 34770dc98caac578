"""Requests side by side: chunks go in, outcomes come out, nothing waits for a turn.

No database here: a slow network must never hold a transaction.
"""

from __future__ import annotations

import logging
import queue
from concurrent.futures import ThreadPoolExecutor

from ..africastalking.answers import Outcome
from ..africastalking.client import Chunk

_logger = logging.getLogger(__name__)


class Wire:
    """Up to ``slots`` requests of one client under way at once."""

    def __init__(self, client, slots, returned: queue.SimpleQueue):
        self._client = client
        self._slots = slots
        self._returned = returned
        self._under_way = 0
        self._pool = ThreadPoolExecutor(slots, thread_name_prefix="su_sms")

    @property
    def free(self):
        """Tell how many more requests may start."""
        return self._slots - self._under_way

    @property
    def busy(self):
        """Tell whether a request is under way or not on record yet."""
        return self._under_way > 0

    def put(self, claim):
        """Start a claim's request; (claim, outcomes) comes on ``returned``."""
        self._under_way += 1
        self._pool.submit(self._send, claim)

    def done(self):
        """Note that one that has returned is on record, so that another may start."""
        self._under_way -= 1

    def close(self):
        """Wait for what is under way, and end the threads."""
        self._pool.shutdown(wait=True)

    def _send(self, claim):
        try:
            outcomes = self._client.send(
                Chunk(
                    numbers=[row.number for row in claim.rows],
                    text=claim.text,
                    sender=claim.sender,
                    token=claim.token,
                )
            )
        except Exception as error:
            # A bug of ours, and no evidence of how far it got: said, not guessed.
            _logger.exception("A chunk of %d messages failed", len(claim.rows))
            outcomes = [
                Outcome(row.number, "unknown", "bug", text=type(error).__name__)
                for row in claim.rows
            ]
        self._returned.put((claim, outcomes))
