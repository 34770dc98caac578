"""Workers: Odoo processes that obey, and can be killed."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from pathlib import Path
from typing import Any

from dev import cache
from dev.environment import Environment

ANSWER_SECONDS = 90
# The id of Odoo's administrator.
ADMIN = 2


class OrderFailed(Exception):
    """An exception in the worker: its type and words."""


class Worker:
    """A running ``tests.faults.worker`` on ``database``; ``log`` is Odoo's log.

    ``worker("dispatch")`` waits for the answer; ``start`` and ``result`` do it in two
    steps, so that several work at once.
    """

    def __init__(self, env: Environment, database: str, log: Path) -> None:
        self.log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [env.python, "-m", "tests.faults.worker", database],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                text=True,
                env=env.env,
                cwd=cache.CHECKOUT,
            )
        self._answers: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Worker:
        assert self.result() == "ready"
        return self

    def __exit__(self, *_exception: object) -> None:
        self.kill()

    def __call__(self, order: str, **given: Any) -> Any:
        """Give an order and return its result; OrderFailed if it raised."""
        self.start(order, **given)
        return self.result()

    def create(self, model: str, rows: list[dict[str, Any]]) -> list[int]:
        """Create and commit records; give their ids."""
        self("begin")
        ids = self("create", model=model, rows=rows)
        self("commit")
        return ids

    def press(self, model: str, ids: list[int], method: str, **given: Any) -> None:
        """Press a button, as the administrator unless ``user`` says who."""
        self("call", **_press(model, ids, method, **given))

    def start_press(
        self, model: str, ids: list[int], method: str, **given: Any
    ) -> None:
        """Press a button and do not wait; with ``wait`` it is not committed either."""
        self.start("call", **_press(model, ids, method, **given))

    def queue(self, rows: list[dict[str, Any]]) -> list[int]:
        """Create and commit messages, and leave them to whoever dispatches."""
        return self.create("sms.sms", rows)

    def start(self, order: str, **given: Any) -> None:
        """Give an order and do not wait."""
        self.go_on(json.dumps([order, given]))

    def go_on(self, line: str = "") -> None:
        """Write the line that an order waits for."""
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def result(self, kind: str = "done") -> Any:
        """Wait for the answer and return what it gives."""
        came, result = self._answers.get(timeout=ANSWER_SECONDS)
        if came == "failed":
            raise OrderFailed(f"{result}; see {self.log}")
        assert came == kind, f"{came} instead of {kind}: {result}"
        return result

    def busy(self) -> bool:
        """Tell whether no answer has come yet."""
        return self._answers.empty()

    def errors(self) -> list[str]:
        """Give the lines of its log that tell of an error."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [line for line in lines if " ERROR " in line or " CRITICAL " in line]

    def kill(self) -> None:
        """End it as a crash would."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                pipe.close()
            except BrokenPipeError:
                pass

    def _read(self) -> None:
        for line in self._process.stdout:
            self._answers.put(tuple(json.loads(line)))
        self._answers.put(("failed", "the worker has ended"))


def _press(
    model: str, ids: list[int], method: str, user: int = ADMIN, wait: bool = False
) -> dict[str, Any]:
    given = {"model": model, "ids": ids, "method": method}
    return given | {"user": user, "wait": wait}
