"""The phones as the page shows them: who last saw what."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from .account.inbox import Incoming
from .account.ledger import Message
from .account.settings import decimal_text
from .state import State

BUBBLES = 40


def latest(state: State, search: str, limit: int) -> dict[str, Any]:
    """Return the phones with the newest messages first, each with its last ones.

    ``search`` is a part of the number.
    """
    numbers = itertools.islice(_by_recency(state, search), limit)
    return {
        "total": len(state.ledger.by_number),
        "phones": [_phone(state, number) for number in numbers],
    }


def _by_recency(state: State, search: str) -> Iterator[str]:
    sent = ((m.acceptance.time, m.number) for m in reversed(state.ledger.messages))
    received = ((m.time, m.sender) for m in reversed(state.inbox))
    seen: set[str] = set()
    for _time, number in _newest_first(sent, received):
        if number not in seen and search in number:
            seen.add(number)
            yield number


def _newest_first(
    one: Iterator[tuple[float, str]], other: Iterator[tuple[float, str]]
) -> Iterator[tuple[float, str]]:
    left, right = next(one, None), next(other, None)
    while left or right:
        if right is None or (left is not None and left[0] >= right[0]):
            yield left  # type: ignore[misc]
            left = next(one, None)
        else:
            yield right
            right = next(other, None)


def _phone(state: State, number: str) -> dict[str, Any]:
    sent = state.ledger.by_number.get(number, [])[-BUBBLES:]
    # A phone writes rarely: looking through all that came in is cheap enough.
    received = [m for m in state.inbox if m.sender == number][-BUBBLES:]
    bubbles = [_sent(message) for message in sent] + [_received(m) for m in received]
    bubbles.sort(key=lambda bubble: bubble["time"])
    return {
        "number": number,
        "count": len(state.ledger.by_number.get(number, [])),
        "opted_out": sorted(s for n, s in state.opted_out if n == number),
        "bubbles": bubbles[-BUBBLES:],
    }


def _sent(message: Message) -> dict[str, Any]:
    accepted = message.acceptance
    return {
        "id": message.id,
        "time": accepted.time,
        "text": accepted.text,
        "sender": accepted.sender,
        "parts": accepted.parts,
        "cost": f"{accepted.currency} {decimal_text(accepted.cost)}",
        "status": message.reports[-1] if message.reports else "Accepted",
    }


def _received(message: Incoming) -> dict[str, Any]:
    return {
        "id": f"in-{message.number}",
        "time": message.time,
        "text": message.text,
        "to": message.to,
    }
