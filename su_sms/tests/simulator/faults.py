"""Faults on demand: what can go wrong, and the queue of what shall.

====================  ======================================================
kind                  what a client meets
====================  ======================================================
refuse                connections refused, kept ones closed, for ``seconds``
                      or until cleared
close_idle            every idle kept-alive connection closed, now
reset_connect         reset when the connection is made, nothing read;
                      with TLS, when its handshake is done
reset_before          reset when the request was read, nothing recorded
reset_after           recorded, then reset
hang_before           read, nothing recorded, no answer; closed after
                      ``seconds`` or when cleared
hang_after            recorded, no answer; closed likewise
http_401              AT's own refusal of the credentials
http_429              plain text, ``retry_after``
http_500 502 503 504  a proxy's HTML, ``retry_after``
truncated_json        recorded, then half the JSON; ``cut="connection"``
                      promises the whole and closes half-way
xml                   recorded, answered in XML
shuffled              recorded, recipients in another order
missing_recipient     recorded, one recipient (or ``numbers``) left out
duplicated_recipient  recorded, one recipient (or ``numbers``) twice
echo_invalid          recorded, one number (or ``numbers``) echoed as ++254…
====================  ======================================================

``accept=True`` makes an ``http_*`` fault record the messages before it answers.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, field
from typing import Any

from .answers import BAD_CREDENTIALS, Answer, Recipient, text, web_page

AT_ONCE = frozenset({"refuse", "close_idle"})
ON_CONNECT = frozenset({"reset_connect"})
HTTP_REASONS = {
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
}


@dataclass
class Fault:
    """One fault that waits for a request; ``times`` None means until cleared.

    ``path`` is a part of the request's path; ``numbers`` limits it to requests
    that have one of them, and to these among the recipients.
    """

    kind: str
    times: int | None = 1
    seconds: float | None = None
    path: str = ""
    numbers: list[str] = field(default_factory=list)
    accept: bool = False
    retry_after: str | None = None
    cut: str = "body"
    number: int = 0

    @classmethod
    def parse(cls, given: dict[str, Any]) -> Fault:
        """Read a fault from JSON; raise ValueError when it makes no sense."""
        unknown = sorted(set(given) - set(FIELDS))
        if unknown:
            raise ValueError(f"a fault has no {', '.join(unknown)}")
        for name, value in given.items():
            if value is not None and not isinstance(value, FIELDS[name]):
                raise ValueError(f"{name} is of the wrong type")
        if given.get("kind") not in KINDS:
            raise ValueError(f"kind is one of {', '.join(sorted(KINDS))}")
        fault = cls(**given)
        if fault.cut not in ("body", "connection"):
            raise ValueError("cut is body or connection")
        if fault.times is not None and fault.times < 1:
            raise ValueError("times is 1 or more, or null for until cleared")
        fault.numbers = list(fault.numbers or ())
        return fault

    def to_json(self) -> dict[str, Any]:
        """Return every field of the fault."""
        return asdict(self)

    @property
    def records(self) -> bool:
        """Tell whether the messages are accepted although the answer fails."""
        if self.kind.startswith("http_"):
            return self.accept
        return self.kind not in ("hang_before", "reset_before")

    def answer(self) -> Answer | None:
        """Return the answer that stands in for AT's, if the fault has one."""
        later = {} if self.retry_after is None else {"Retry-After": self.retry_after}
        if self.kind == "http_401":
            return BAD_CREDENTIALS
        if self.kind == "http_429":
            return text(429, TOO_MANY, **later)
        if self.kind.startswith("http_"):
            status = int(self.kind.removeprefix("http_"))
            return web_page(status, HTTP_REASONS[status], later)
        return None


# akka-http's default text for the status; AT's own is not known.
TOO_MANY = "The user has sent too many requests in a given amount of time."

FIELDS: dict[str, Any] = {
    "kind": str,
    "times": int,
    "seconds": (int, float),
    "path": str,
    "numbers": list,
    "accept": bool,
    "retry_after": str,
    "cut": str,
}


def _shuffled(recipients: list[Recipient], chosen: Collection[str]) -> list[Recipient]:
    if len(recipients) < 2:
        return recipients
    mixed = random.sample(recipients, len(recipients))
    return mixed if mixed != recipients else mixed[::-1]


def _without(recipients: list[Recipient], chosen: Collection[str]) -> list[Recipient]:
    return [r for r in recipients if r.number not in chosen]


def _twice(recipients: list[Recipient], chosen: Collection[str]) -> list[Recipient]:
    return recipients + [r for r in recipients if r.number in chosen]


def _misspelt(recipients: list[Recipient], chosen: Collection[str]) -> list[Recipient]:
    return [
        r._replace(number=f"+{r.number}") if r.number in chosen else r
        for r in recipients
    ]


RESHAPES: dict[str, Callable[[list[Recipient], Collection[str]], list[Recipient]]] = {
    "shuffled": _shuffled,
    "missing_recipient": _without,
    "duplicated_recipient": _twice,
    "echo_invalid": _misspelt,
}
ON_SEND = frozenset({*RESHAPES, "xml", "truncated_json"})
ON_REQUEST = frozenset(
    {"reset_before", "reset_after", "hang_before", "hang_after"}
    | {"http_401", "http_429"}
    | {f"http_{status}" for status in HTTP_REASONS}
)
KINDS = AT_ONCE | ON_CONNECT | ON_REQUEST | ON_SEND


def reshape(fault: Fault, recipients: list[Recipient]) -> list[Recipient]:
    """Return the recipients as the fault answers them."""
    change = RESHAPES.get(fault.kind)
    if change is None or not recipients:
        return recipients
    return change(recipients, fault.numbers or (recipients[0].number,))


class FaultQueue:
    """Faults in the order they were set; the first that fits is taken."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []
        self.cleared = asyncio.Event()
        self._numbers = itertools.count(1)

    def add(self, fault: Fault) -> None:
        """Set a fault."""
        fault.number = next(self._numbers)
        self.waiting.append(fault)

    def clear(self) -> None:
        """Forget the faults and let go whatever hangs."""
        self.waiting.clear()
        self.cleared.set()
        self.cleared = asyncio.Event()

    def remove(self, fault: Fault) -> None:
        """Forget one fault."""
        if fault in self.waiting:
            self.waiting.remove(fault)

    def take(self, path: str, numbers: list[str], sends: bool) -> Fault | None:
        """Return the fault for a request, if there is one."""
        kinds = ON_REQUEST | ON_SEND if sends else ON_REQUEST
        for fault in self.waiting:
            if fault.kind not in kinds or fault.path not in path:
                continue
            if fault.numbers and not set(fault.numbers).intersection(numbers):
                continue
            return self._use(fault)
        return None

    def take_connection(self) -> Fault | None:
        """Return the fault for a connection that was just made, if there is one."""
        for fault in self.waiting:
            if fault.kind in ON_CONNECT:
                return self._use(fault)
        return None

    def _use(self, fault: Fault) -> Fault:
        if fault.times is not None:
            fault.times -= 1
            if not fault.times:
                self.waiting.remove(fault)
        return fault
