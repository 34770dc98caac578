"""Workers: Odoo processes that obey, and can be killed.

Each is a fork of one process that has Odoo and its modules in memory already.
"""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from dev.environment import Environment

ANSWER_SECONDS = 90
# The ids of Odoo's own superuser and of its administrator.
SUPERUSER = 1
ADMIN = 2
#: names the database whose modules ``preload`` loads
LIKE = "SU_SMS_WORKERS_LIKE"
PRELOAD = f"{__package__}.preload"

_forks = multiprocessing.get_context("forkserver")


def fork_from(env: Environment, database: str) -> None:
    """Let all workers be forks of a process that has loaded ``database`` once.

    Importing Odoo and its modules takes seconds, a fork of who did takes none.
    """
    os.environ.update(env.env | {LIKE: database})
    _forks.set_forkserver_preload([PRELOAD])


class OrderFailed(Exception):
    """An exception in the worker: its type and words."""


class Worker:
    """A running ``worker.main`` on ``database``; ``log`` is Odoo's log.

    ``worker("dispatch")`` waits for the answer; ``start`` and ``result`` do it in two
    steps, so that several work at once.
    """

    def __init__(self, env: Environment, database: str, log: Path) -> None:
        self.log = log
        self._line, theirs = multiprocessing.Pipe()
        self._process = _forks.Process(
            target=_work, args=(theirs, database, env.postgres.env, log), daemon=True
        )
        self._process.start()
        theirs.close()

    def __enter__(self) -> Worker:
        assert self.result() == "ready"
        return self

    def __exit__(self, *_exception: object) -> None:
        self.kill()

    def __call__(self, order: str, **given: Any) -> Any:
        """Return an order and return its result; OrderFailed if it raised."""
        self.start(order, **given)
        return self.result()

    def create(
        self, model: str, rows: list[dict[str, Any]], user: int = SUPERUSER
    ) -> list[int]:
        """Create and commit records; return their ids."""
        self("begin")
        ids = self("create", model=model, rows=rows, user=user)
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
        """Return an order and do not wait."""
        self._line.send((order, given))

    def go_on(self) -> None:
        """Say the word that an order waits for."""
        self._line.send("go on")

    def result(self, kind: str = "done", seconds: float = ANSWER_SECONDS) -> Any:
        """Wait for the answer and return what it gives."""
        assert self._line.poll(seconds), f"no answer; see {self.log}"
        try:
            came, result = self._line.recv()
        except EOFError:
            came, result = "failed", "the worker has ended"
        if came == "failed":
            raise OrderFailed(f"{result}; see {self.log}")
        assert came == kind, f"{came} instead of {kind}: {result}"
        return result

    @property
    def pid(self) -> int:
        """Return the process's number."""
        return self._process.pid

    def busy(self) -> bool:
        """Tell whether no answer has come yet."""
        return not self._line.poll()

    def errors(self) -> list[str]:
        """Return the lines of its log that tell of an error."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [line for line in lines if " ERROR " in line or " CRITICAL " in line]

    def kill(self) -> None:
        """End it as a crash would."""
        self._process.kill()
        self._process.join()
        self._line.close()


def _work(line: Connection, database: str, server: dict[str, str], log: Path) -> None:
    """Be a worker, with standard output and error in ``log``."""
    with log.open("wb") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    os.environ.update(server)
    from . import worker

    worker.main(line, database)


def _press(
    model: str,
    ids: list[int],
    method: str,
    user: int = ADMIN,
    wait: bool = False,
    **options: Any,
) -> dict[str, Any]:
    given = {"model": model, "ids": ids, "method": method}
    return given | {"user": user, "wait": wait, "options": options}
