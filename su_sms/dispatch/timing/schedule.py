"""When to try again: waits that grow, with jitter, by what went wrong.

Pure functions over a table; times are seconds, counts start at 0.
"""

from __future__ import annotations

import random

# Reason why a gateway does not take messages -> (first wait, longest wait).
# An outage is probed often at first, since most are short; what only a person
# can mend (key, sender, credit) is probed more rarely, but still without anybody:
# a topped-up account or a key that has reached AT's servers resumes by itself.
GATEWAY_WAITS = {
    "down": (15, 300),
    "tls": (60, 900),
    "throttled": (5, 300),
    "busy": (5, 300),
    "auth": (60, 1800),
    "credit": (60, 1800),
    "sender": (300, 3600),
    "window": (900, 3600),
    "request": (60, 3600),
    "settings": (60, 3600),
    # The outcome of these messages is unknown. Until one goes through, risk only one
    # more at a time: a hanging provider must not put a whole campaign in doubt.
    "timeout": (15, 300),
    "reset": (15, 300),
    "http_5xx": (15, 300),
    "unreadable": (15, 300),
}
# What another gateway may take over: the message has certainly not left, and the
# reason is the gateway's, not the message's.
FAILOVER_REASONS = [
    "down",
    "tls",
    "busy",
    "timeout",
    "reset",
    "http_5xx",
    "unreadable",
    "auth",
    "credit",
]
# One recipient failed at the provider for no fault of the gateway (500, 501).
MESSAGE_WAITS = (60, 900)
# Refused for these reasons a second time, while the gateway takes other messages, it is
# the message's own fault, and the gateway is not held again for it.
OWN_FAULTS = frozenset({"sender", "window", "request"})

# A dispatcher that was killed leaves its claims in `process`. Nothing alive holds
# one longer: every exchange is bounded by its total time, far below this.
LEASE_SECONDS = 900
# No hours are more than this, ten years: PostgreSQL reckons with no time beyond.
MOST_HOURS = 87_600
# Only one dispatcher probes a held gateway; the next may after this.
PROBE_SECONDS = 120


def growing_wait(bounds, count, rng=random.random):
    """Return a wait in seconds: doubled by each try, jittered by up to a quarter.

    :param bounds: (first, longest) in seconds
    :param count: how many tries have failed before this one
    :param rng: a callable giving a float in [0, 1)
    """
    first, longest = bounds
    grown = min(longest, first * 2 ** min(count, 30))
    return grown * (0.75 + 0.5 * rng())


def gateway_wait(reason, count, retry_after=None, rng=random.random):
    """Return the seconds until a held gateway is probed again.

    What the provider asked for (Retry-After) is honoured even beyond our longest
    wait, up to a day.
    """
    wait = growing_wait(GATEWAY_WAITS[reason], count, rng)
    return max(wait, min(retry_after or 0, 86400))
