"""Gaps between the runs of this addon's jobs, at the same time for all of them.

While a job of Odoo runs its record is locked: nobody installs or updates a module, adds
a company with accounts, or edits the job. So no job runs on while there is something to
do: all end when a gap begins, by the clock, and go on after it.
"""

from __future__ import annotations

import threading
import time

# Of every so many seconds the last few belong to others.
PERIOD = 8.0
GAP = 2.0


def left(now: float | None = None) -> float:
    """Return the seconds until the next gap begins, 0 within one."""
    return max(PERIOD - GAP - _at(now), 0.0)


def over(now: float | None = None) -> float:
    """Return the seconds until this gap is over, or the next one."""
    return PERIOD - _at(now)


def _at(now):
    return (time.time() if now is None else now) % PERIOD


class Once:
    """What one thread at most does for a key, and whether somebody asked meanwhile."""

    def __init__(self):
        self._lock = threading.Lock()
        self._asked = {}

    def __contains__(self, key):
        return key in self._asked

    def ask(self, key):
        """Tell whether the caller is the one to do it; else it is noted."""
        with self._lock:
            first = key not in self._asked
            self._asked[key] = not first
            return first

    def done(self, key):
        """End it, and tell whether somebody else has asked since it was begun."""
        with self._lock:
            return self._asked.pop(key, False)
