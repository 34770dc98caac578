"""How much one address may ask of us."""

from __future__ import annotations

import ipaddress
import threading
import time

# Addresses remembered; when there are more, those that are back at their start go.
REMEMBERED = 10_000


# Who has one address of IPv6 has all of a network of this size.
NETWORK_BITS = 64


def whose(address):
    """Return what counts as one address: of IPv6, its network."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if ip.version == 4:
        return address
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((int(ip), NETWORK_BITS), strict=False))


class RateLimit:
    """A bucket for each key: ``burst`` at once, then ``per_second`` more.

    Of one process: with several workers an address may have as many times as much.
    """

    def __init__(self, burst, per_second, clock=time.monotonic):
        self._burst = burst
        self._per_second = per_second
        self._clock = clock
        self._levels = {}
        self._most = REMEMBERED
        self._lock = threading.Lock()

    def spent(self, key):
        """Tell whether there is none left, and take none."""
        with self._lock:
            return self._left(key, self._clock()) < 1

    def take(self, key):
        """Take one, and tell whether there was one."""
        with self._lock:
            now = self._clock()
            left = self._left(key, now)
            if left < 1:
                return False
            self._levels[key] = (left - 1, now)
            if len(self._levels) > self._most:
                self._forget(now)
                # Not at each take, where none of very many may be forgotten yet.
                self._most = max(REMEMBERED, 2 * len(self._levels))
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
