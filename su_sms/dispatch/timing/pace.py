"""The pace: at most so many messages a minute, without bursts.

Pure. One moment says all: until when what has left fills the pace (the generic cell
rate algorithm's theoretical arrival time).
"""

from __future__ import annotations

from datetime import datetime, timedelta

# As much as this many seconds' worth may leave at once, so that requests are shared.
BURST_SECONDS = 5.0
# A dispatcher does not wait for the next of a pace slower than this, and Odoo's cron
# comes back in a minute: so then a minute's worth leaves at once.
SLOW = 20


def burst(per_minute: int) -> float:
    """Return how many seconds' worth may leave at once after a rest."""
    return 60.0 if per_minute < SLOW else BURST_SECONDS


def room(until: datetime | None, per_minute: int, now: datetime) -> int:
    """Tell how many messages may leave now, 0 or more."""
    interval = 60 / per_minute
    ahead = max((until - now).total_seconds(), 0) if until else 0
    # Further ahead than a burst when the pace has been lowered meanwhile.
    return max(int((burst(per_minute) - ahead) / interval + 1e-6), 0)


def opens(until: datetime | None, per_minute: int, now: datetime) -> datetime:
    """Return when there is room for a second's worth, one message at least."""
    interval = 60 / per_minute
    ready = (until or now) - timedelta(seconds=burst(per_minute) - max(1.0, interval))
    return max(ready, now)


def after(
    until: datetime | None, per_minute: int, now: datetime, count: int
) -> datetime:
    """Return the moment as it is once ``count`` more have left."""
    return max(until or now, now) + timedelta(seconds=count * 60 / per_minute)
