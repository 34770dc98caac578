"""All that the simulator knows, in one place that can start afresh."""

from __future__ import annotations

import copy
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .account.inbox import Incoming
from .account.ledger import Ledger
from .account.settings import Settings
from .answers import SendResult
from .faults import FaultQueue

SECRET_HEADERS = frozenset({"apikey", "authtoken", "authorization"})


@dataclass
class Exchange:
    """One API request as it came and what became of it.

    ``status`` is None while it is in flight and when it was never answered.
    """

    number: int
    method: str
    path: str
    headers: dict[str, str]
    peer: str
    in_flight: int
    time: float = field(default_factory=time.time)
    recipients: int = 0
    accepted: int = 0
    status: int | None = None
    fault: str | None = None
    seconds: float | None = None


class RequestLog:
    """API requests in the order they came, and how many were there at once."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.statuses: Counter[str] = Counter()
        self.in_flight = 0
        self.in_flight_peak = 0

    def begin(
        self, method: str, path: str, headers: Mapping[str, str], peer: str
    ) -> Exchange:
        """Record a request, without whatever identifies the account."""
        self.in_flight += 1
        self.in_flight_peak = max(self.in_flight_peak, self.in_flight)
        shown = {n: v for n, v in headers.items() if n.lower() not in SECRET_HEADERS}
        exchange = Exchange(
            len(self.exchanges) + 1, method, path, shown, peer, self.in_flight
        )
        self.exchanges.append(exchange)
        return exchange

    def end(self, exchange: Exchange) -> None:
        """Record that the request is over, answered or not."""
        self.in_flight -= 1
        exchange.seconds = time.time() - exchange.time
        self.statuses[str(exchange.status or "none")] += 1


class Load:
    """What is being worked on: requests wait for their turn, up to a limit."""

    def __init__(self) -> None:
        self._free_at = 0.0

    def wait(self, settings: Settings) -> float | None:
        """Return for how many seconds a new request waits, None if it is refused."""
        if not settings.capacity:
            return 0.0
        now = time.monotonic()
        wait = max(self._free_at - now, 0.0)
        if wait * settings.capacity > settings.queue:
            return None
        self._free_at = now + wait + 1 / settings.capacity
        return wait


class State:
    """Settings, ledger, requests, faults and the account's memory."""

    def __init__(self, settings: Settings) -> None:
        self._start = settings
        self.faults = FaultQueue()
        self.reset()

    def reset(self) -> None:
        """Forget everything and take the start settings again.

        Requests under way end in the log they began in.
        """
        self.settings: Settings = copy.deepcopy(self._start)
        self.ledger = Ledger()
        self.requests = RequestLog()
        self.load = Load()
        self.inbox: list[Incoming] = []
        self.opted_out: set[tuple[str, str]] = set()
        self.remembered: dict[tuple[str, str], SendResult] = {}
        self.faults.clear()

    def summary(self) -> dict[str, Any]:
        """Return the ledger's counts together with those of the requests."""
        return self.ledger.summary() | {
            "requests": len(self.requests.exchanges),
            "statuses": dict(self.requests.statuses),
            "in_flight": self.requests.in_flight,
            "in_flight_peak": self.requests.in_flight_peak,
        }
