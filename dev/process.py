"""Start, follow and stop other programs, leaving none behind."""

import contextlib
import io
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from . import cache
from .problem import Problem
from .progress import Step

#: a line of output that may tell why a program failed
REASON = re.compile(r"^E: |error|fatal|not found", re.IGNORECASE)
SUPERVISE = str(Path(__file__).with_name("supervise.py"))


class Process:
    """A program that ends when we do, however we end."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        output: IO[bytes] | int | None = None,
    ) -> None:
        self._popen = subprocess.Popen(
            [sys.executable, "-I", SUPERVISE, *map(str, command)],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT if output is not None else None,
            env=env,
            cwd=cwd,
            pass_fds=tuple(cache.held),
            start_new_session=True,
        )
        self.output = self._popen.stdout

    @property
    def pid(self) -> int:
        """Return the process that has started the program, and ends when it does."""
        return self._popen.pid

    def status(self) -> int | None:
        """Return the exit status, None while it runs."""
        return self._popen.poll()

    def wait(self, seconds: float | None = None) -> int:
        """Wait for the end and give the exit status; TimeoutExpired after `seconds`."""
        return self._popen.wait(seconds)

    def stop(self) -> None:
        """End the program and all it started; does nothing if it has ended."""
        with contextlib.suppress(BrokenPipeError):
            self._popen.stdin.close()
        self._popen.wait()

    def kill(self) -> None:
        """Kill the program and all it started, as a crash would."""
        self._popen.send_signal(signal.SIGUSR1)
        self._popen.wait()  # before standard input closes, which asks politely
        self.stop()


def follow(
    command: Sequence[str | Path],
    *,
    title: str,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    detail: Callable[[str], str] = str.strip,
) -> int:
    """Run `command` as a step named `title`, its output in the file `log`.

    `detail` makes of a line of output what is shown while it runs, if anything.
    Gives the exit status; OSError if it can't be run.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with Step(title) as step, log.open("wb") as file:
        process = Process(command, env=env, cwd=cwd, output=subprocess.PIPE)
        try:
            # universal newlines: progress bars end their lines in \r
            for line in io.TextIOWrapper(process.output, errors="replace"):
                file.write(line.encode())
                step.detail = detail(line) or step.detail
            return process.wait()
        finally:
            process.stop()


def call(
    command: Sequence[str | Path],
    *,
    title: str,
    remedy: str,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    detail: Callable[[str], str] = str.strip,
) -> None:
    """Run `command` as `follow` does.

    Raises Problem with its last word on an error, and `remedy`, if it fails.
    """
    last = reason = ""

    def listen(line: str) -> str:
        nonlocal last, reason
        last = detail(line) or last
        reason = last if REASON.search(line) else reason
        return last

    try:
        status = follow(command, title=title, log=log, env=env, cwd=cwd, detail=listen)
    except OSError as error:
        raise Problem(f"{title} failed ({error}); {remedy}") from error
    if status:
        reason = reason or last or f"exit status {status}"
        raise Problem(f"{title} failed ({reason[:300]}); {remedy}; all of it: {log}")


def wait_until(
    ready: Callable[[], object],
    seconds: float,
    *,
    process: Process | None = None,
    every: float = 0.1,
) -> bool:
    """Poll `ready()` until true; False after `seconds` or when `process` has ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ready():
            return True
        if process and process.status() is not None:
            return False
        time.sleep(every)
    return False
