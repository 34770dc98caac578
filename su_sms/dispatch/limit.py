"""How much one address may ask of us."""

from __future__ import annotations

import threading
import time

# Addresses remembered; when there are more, those that are back at their start go.
REMEMBERED = 10_000


class RateLimit:
    """A bucket for each key: ``burst`` at once, then ``per_second`` more.

    Of one process: with several workers an address may have as many times as much.
    """

    def __init__(self, burst, per_second, clock=time.monotonic):
        self._burst = burst
        self._per_second = per_second
        self._clock = clock
        self._levels = {}
        self._lock = threading.Lock()

    def take(self, key):
        """Take one, and tell whether there was one."""
        with self._lock:
            now = self._clock()
            left = self._left(key, now)
            if left < 1:
                return False
            self._levels[key] = (left - 1, now)
            if len(self._levels) > REMEMBERED:
                self._forget(now)
            return True

    def _left(self, key, now):
        left, since = self._levels.get(key, (self._burst, now))
        return min(self._burst, left + (now - since) * self._per_second)

    def _forget(self, now):
        self._levels = {
            key: level
            for key, level in self._levels.items()
            if self._left(key, now) < self._burst
        }
