"""What AT posts to the application: reports, incoming messages, opt-outs.

A form, one message a POST, tried again until the answer is 200 or ten minutes are
over (AT's duration is known from its users; the intervals are inferred).
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp

from .account.ledger import Message
from .account.numbers import SCRIPTS, Step, network_code
from .state import State

RETRY_FOR = 600.0
LONGEST_PAUSE = 60.0
POST_TIMEOUT = aiohttp.ClientTimeout(total=15)
WORKERS = 8
HEADERS = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Accept-Encoding": "gzip",
    # The spelling of AT's USSD callbacks; that of SMS is not known.
    "User-Agent": "at-sms-api/1.0",
}


def pause(attempts: int, elapsed: float) -> float | None:
    """Return the seconds before the next attempt, None when it is time to give up."""
    seconds = min(2.0 ** (attempts - 1), LONGEST_PAUSE)
    return seconds if elapsed + seconds <= RETRY_FOR else None


@dataclass
class Callback:
    """One POST to the application and how it went.

    ``attempts`` hold HTTP statuses, or the name of what prevented an answer.
    """

    number: int
    kind: str
    url: str
    fields: dict[str, str]
    state: str = "pending"
    attempts: list[int | str] = field(default_factory=list)
    time: float = field(default_factory=time.time)
    began: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the callback without its URL's path, which carries a secret."""
        shown = asdict(self)
        del shown["url"], shown["began"]
        return shown


class Callbacks:
    """The callbacks of one simulator, posted by a few workers of its own."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.posted: list[Callback] = []
        self.delivered = 0
        self.tries = 0
        self._queue: asyncio.Queue[Callback] = asyncio.Queue()
        self._timers: set[asyncio.TimerHandle] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._tried = asyncio.Condition()

    async def start(self) -> None:
        """Start the workers."""
        self._session = aiohttp.ClientSession(timeout=POST_TIMEOUT)
        self._tasks = [asyncio.create_task(self._work()) for _ in range(WORKERS)]

    async def stop(self) -> None:
        """Stop the workers, whatever they are doing."""
        self.forget()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()

    def forget(self) -> None:
        """Drop what waits and what was."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self.posted = []
        self.delivered = self.tries = 0
        self._queue = asyncio.Queue()
        if self._tasks:
            # Workers wait on the queue they know: give each the new one.
            for task in self._tasks:
                task.cancel()
            self._tasks = [asyncio.create_task(self._work()) for _ in range(WORKERS)]

    def post(self, kind: str, fields: Mapping[str, str]) -> Callback | None:
        """Queue a callback; None when no URL is set for its kind."""
        url = self.state.settings.callbacks.get(kind)
        if not url:
            return None
        callback = Callback(len(self.posted) + 1, kind, url, dict(fields))
        self.posted.append(callback)
        self._queue.put_nowait(callback)
        return callback

    async def tried(self, callback: Callback, seconds: float) -> None:
        """Wait until the callback was tried once, at most so many seconds."""
        async with self._tried:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(
                    self._tried.wait_for(lambda: bool(callback.attempts)), seconds
                )

    def report(
        self, message: Message, status: str, fields: Mapping[str, str] | None = None
    ) -> Callback | None:
        """Post a delivery report of a message, in the field order of a real one."""
        network = network_code(message.number, self.state.settings.profile)
        body = {"phoneNumber": message.number, "retryCount": "0", "id": message.id}
        body |= {"status": status} | ({"networkCode": network} if network else {})
        callback = self.post("delivery", body | dict(fields or {}))
        if callback is not None:
            message.reports = [*(message.reports or ()), status]
        return callback

    def follow(self, messages: Sequence[Message]) -> None:
        """Send the reports that the script, or a magic number, has for messages."""
        if not self.state.settings.callbacks.get("delivery"):
            return
        by_script = [m for m in messages if m.number not in SCRIPTS]
        self._play(by_script, self.state.settings.report_script)
        for message in messages:
            if message.number in SCRIPTS:
                self._play([message], SCRIPTS[message.number])

    def _play(self, messages: Sequence[Message], script: Sequence[Step]) -> None:
        delay = 0.0
        for step in script if messages else ():
            given = step.delay_ms
            if given is None:
                given = self.state.settings.report_delay_ms
            delay += given / 1000
            self._later(delay, self._report_all, messages, step)

    def _report_all(self, messages: Sequence[Message], step: Step) -> None:
        for message in messages:
            self.report(message, step.status, step.fields)

    def _later(self, seconds: float, act: Any, *given: Any) -> None:
        def fire() -> None:
            self._timers.discard(timer)
            act(*given)

        timer = asyncio.get_running_loop().call_later(seconds, fire)
        self._timers.add(timer)

    async def _work(self) -> None:
        queue = self._queue
        while True:
            await self._try(await queue.get())

    async def _try(self, callback: Callback) -> None:
        callback.began = callback.began or time.monotonic()
        result = await self._answer(callback)
        callback.attempts.append(result)
        self.tries += 1
        if result == 200:
            callback.state = "delivered"
            self.delivered += 1
        else:
            self._retry(callback)
        async with self._tried:
            self._tried.notify_all()

    async def _answer(self, callback: Callback) -> int | str:
        body = urlencode(callback.fields).encode()
        try:
            async with self._session.post(
                callback.url, data=body, headers=HEADERS, allow_redirects=False
            ) as response:
                return response.status
        except (aiohttp.ClientError, ValueError, asyncio.TimeoutError) as error:
            return type(error).__name__

    def _retry(self, callback: Callback) -> None:
        speed = self.state.settings.callback_speed
        elapsed = (time.monotonic() - (callback.began or 0)) * speed
        seconds = pause(len(callback.attempts), elapsed)
        if seconds is None:
            callback.state = "given up"
        else:
            self._later(seconds / speed, self._queue.put_nowait, callback)
