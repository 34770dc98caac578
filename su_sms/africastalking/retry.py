"""When to try again: exponential backoff with full jitter, and Retry-After."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from random import random
from typing import TypeVar

from .codes import RETRIED
from .errors import NotSent

FIRST_WAIT = 0.5
LONGEST_WAIT = 8.0
T = TypeVar("T")


@dataclass(frozen=True)
class Retry:
    """Try again what was certainly not sent, within two bounds.

    :param attempts: tries in all, the first included
    :param seconds: no try starts later than this after the first
    """

    attempts: int
    seconds: float
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    rng: Callable[[], float] = random

    def __call__(self, attempt: Callable[[], T]) -> T:
        """Return what ``attempt`` gives, trying again after a :class:`NotSent`.

        A wait that AT asks for and that would end too late is not begun: the error
        carries it as ``retry_after``.

        :raises GatewayError: what the last try raised
        """
        deadline = self.clock() + self.seconds
        for count in range(1, self.attempts):
            try:
                return attempt()
            except NotSent as error:
                wait = self._wait(count, error.retry_after)
                if error.reason not in RETRIED or self.clock() + wait > deadline:
                    raise
            self.sleep(wait)
        return attempt()

    def _wait(self, count: int, asked: float | None) -> float:
        # The jitter comes on top of AT's wait, or all would return in one instant.
        limit = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (count - 1))
        return (asked or 0.0) + limit * self.rng()


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of a Retry-After header, ``None`` without a usable one.

    A date is measured from the answer's own Date, so that our clock does not matter.

    :param headers: names in lower case
    """
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}", value, re.ASCII):
        return float(value)
    then = _timestamp(value)
    if then is None:
        return None
    now = _timestamp(headers.get("date", ""))
    return max(0.0, then - (time.time() if now is None else now))


def _timestamp(value: str) -> float | None:
    try:
        return parsedate_to_datetime(value).timestamp()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
