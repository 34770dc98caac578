"""One call, one HTTP exchange with AT: send a chunk, ask for the balance."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from random import random
from typing import TypeVar

from .account import Account
from .answers import (
    Answer,
    Balance,
    Outcome,
    failed,
    number_key,
    read_balance,
    read_outcomes,
)
from .chunk import NUMBER, Chunk, Request, balance_request, send_request
from .errors import GatewayError, NotSent, Refused
from .exchange import Line
from .retry import Retry

__all__ = ["Account", "Chunk", "Client"]

_logger = logging.getLogger("su_sms.africastalking")
T = TypeVar("T")
Watch = Callable[[int, float, str | None], None]


class Client:
    """Talk to AT for one account, from any number of threads.

    :param sleep: waits between tries, in seconds; with ``clock`` (seconds, monotonic)
        and ``rng`` (0 to 1) a seam for those who cannot wait
    :raises TrustError: the account's CA cannot be used
    """

    def __init__(
        self,
        account: Account,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        rng: Callable[[], float] = random,
    ) -> None:
        self.account = account
        self._line = Line(account)
        self._retry = Retry(account.attempts, account.retry_seconds, sleep, clock, rng)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that wait; the client stays usable."""
        self._line.close()

    def send(self, chunk: Chunk, watch: Watch | None = None) -> list[Outcome]:
        """Send a chunk; return one outcome for each place of ``chunk.numbers``.

        Never raises for what the network or AT does. A number that is there more than
        once is sent that often, in requests of their own, one after the other: AT's
        handling of duplicates is not known. When a request as a whole fails, those
        behind it are not tried.

        :param watch: told of each exchange: ``watch(numbers, seconds, reason)``, the
            reason of its failure or None
        :raises ValueError: no numbers or no text
        """
        if not chunk.numbers or not chunk.text:
            raise ValueError("A chunk needs numbers and a text")
        outcomes: dict[int, Outcome] = {}
        failure: GatewayError | None = None
        for count, places in enumerate(_rounds(chunk.numbers), start=1):
            numbers = [chunk.numbers[place] for place in places]
            token = f"{chunk.token}-{count}" if chunk.token and count > 1 else ""
            if failure is None:
                try:
                    found = self._send(chunk, numbers, token or chunk.token, watch)
                except GatewayError as error:
                    found, failure = failed(error, numbers), _behind(error)
            else:
                found = failed(failure, numbers)
            outcomes.update(zip(places, found, strict=True))
        for place, number in enumerate(chunk.numbers):
            if place not in outcomes:
                outcomes[place] = Outcome(
                    number, "refused", "number", text="Not a phone number"
                )
        return [outcomes[place] for place in range(len(chunk.numbers))]

    def balance(self) -> Balance:
        """Ask what is left on the account. Sends nothing, costs nothing.

        :raises NotSent: not reached, or turned down (``"auth"``: wrong key)
        :raises OutcomeUnknown: no usable answer
        """
        request = balance_request(self.account)
        return self._retry(lambda: self._exchange(request, read_balance))

    def _send(
        self, chunk: Chunk, numbers: list[str], token: str, watch: Watch | None
    ) -> list[Outcome]:
        request = send_request(self.account, chunk, numbers, token)
        return self._retry(
            lambda: self._exchange(request, lambda a: read_outcomes(a, numbers), watch)
        )

    def _exchange(
        self, request: Request, read: Callable[[Answer], T], watch: Watch | None = None
    ) -> T:
        """Do one try and log one line about it."""
        if self.account.trust.mode == "relaxed":
            _logger.warning("%s: certificate not verified", self.account.host)
        started = time.monotonic()
        status: int | str = "-"
        summary, reason = "failed", None
        try:
            answer = self._line.exchange(request)
            status = answer.status
            result = read(answer)
            summary = _summary(result)
            return result
        except GatewayError as error:
            reason = error.reason
            summary = f"{error.state} ({reason})"
            raise
        finally:
            seconds = time.monotonic() - started
            if watch:
                watch(request.count, seconds, reason)
            _logger.info(
                "%s, %d numbers: HTTP %s, %s, %d ms",
                request.label,
                request.count,
                status,
                summary,
                seconds * 1000,
            )


def _rounds(numbers: Sequence[str]) -> list[list[int]]:
    """Return the places of the numbers, those of equal numbers in different rounds."""
    rounds: list[list[int]] = []
    seen: Counter[str] = Counter()
    for place, number in enumerate(numbers):
        if not NUMBER.fullmatch(number):
            continue
        key = number_key(number)
        if seen[key] == len(rounds):
            rounds.append([])
        rounds[seen[key]].append(place)
        seen[key] += 1
    return rounds


def _behind(error: GatewayError) -> GatewayError:
    """Make the error of what was not tried because ``error`` came before it."""
    if isinstance(error, (NotSent, Refused)):
        return error
    return NotSent("down", "Not tried: the request before it had no answer")


def _summary(result: object) -> str:
    if not isinstance(result, list):
        return "ok"
    counts = Counter(outcome.state for outcome in result)
    return ", ".join(f"{state} {count}" for state, count in sorted(counts.items()))
