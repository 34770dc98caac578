"""Every message accepted, so that a test can count what really went out."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .settings import decimal_text


@dataclass
class Acceptance:
    """What the messages of one accepted request have in common."""

    request: int
    username: str
    sender: str
    text: str
    parts: int
    cost: int
    currency: str
    idempotency_key: str | None
    time: float = field(default_factory=time.time)


class Message:
    """One message to one number."""

    __slots__ = ("acceptance", "id", "number", "reports", "sequence")

    def __init__(
        self, acceptance: Acceptance, message_id: str, number: str, sequence: int
    ) -> None:
        self.acceptance = acceptance
        self.id = message_id
        self.number = number
        self.sequence = sequence
        self.reports: list[str] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the message with all that is known of its request."""
        accepted = self.acceptance
        return {
            "sequence": self.sequence,
            "time": accepted.time,
            "id": self.id,
            "request": accepted.request,
            "number": self.number,
            "text": accepted.text,
            "sender": accepted.sender,
            "parts": accepted.parts,
            "cost": decimal_text(accepted.cost),
            "currency": accepted.currency,
            "username": accepted.username,
            "idempotency_key": accepted.idempotency_key,
            "reports": self.reports or [],
        }


class Ledger:
    """Messages in the order accepted; counts are kept, never computed."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.by_id: dict[str, Message] = {}
        self.by_number: dict[str, list[Message]] = {}
        self.parts = 0
        self.cost = 0
        self.most_repeated = 0
        self._times: Counter[tuple[str, str]] = Counter()

    def add(self, acceptance: Acceptance, numbers: list[str]) -> list[Message]:
        """Record one message to each number and give each its id."""
        # One call for the randomness of them all: 32 hex digits a message.
        digits = os.urandom(16 * len(numbers)).hex()
        added = []
        for index, number in enumerate(numbers):
            message_id = f"ATXid_{digits[32 * index : 32 * index + 32]}"
            message = Message(
                acceptance, message_id, number, len(self.messages) + index + 1
            )
            added.append(message)
            self.by_id[message_id] = message
            self.by_number.setdefault(number, []).append(message)
            pair = (number, acceptance.text)
            self._times[pair] += 1
            if self._times[pair] > self.most_repeated:
                self.most_repeated = self._times[pair]
        self.messages += added
        self.parts += acceptance.parts * len(numbers)
        self.cost += acceptance.cost * len(numbers)
        return added

    def select(
        self, number: str | None, offset: int, limit: int
    ) -> tuple[int, Iterator[Message]]:
        """Return how many there are (to one number if given) and a page of them."""
        found = self.messages if number is None else self.by_number.get(number, [])
        return len(found), iter(found[offset : offset + limit])

    def summary(self) -> dict[str, Any]:
        """Return the counts, at the same price whatever the size."""
        return {
            "accepted": len(self.messages),
            "distinct": len(self._times),
            "most_repeated": self.most_repeated,
            "numbers": len(self.by_number),
            "parts": self.parts,
            "cost": decimal_text(self.cost),
        }
