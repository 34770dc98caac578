"""The run command: the main job from a shell, a taken port, Ctrl-C, data kept."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator

import pytest

from dev import cache, database
from dev.demo import CONTACTS
from dev.environment import environment
from dev.process import wait_until
from dev.server import free_port, is_free

SECONDS = 100
READY = "Ctrl-C stops everything."
ACCEPTED = re.compile(r"\+254\d{9}.+ATXid_\w+.+KES 0\.80")

Run = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def port() -> Iterator[int]:
    """Return a free port, and leave nothing of what ran on it."""
    chosen = free_port()
    yield chosen
    database.drop(environment(), f"run_{chosen}")


@pytest.fixture
def run(port: int) -> Iterator[Run]:
    """Return a function that starts the run command on the port."""
    started = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "dev", "run", f"--port={port}", *arguments],
            cwd=cache.CHECKOUT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.communicate()


def until_ready(process: subprocess.Popen[str]) -> str:
    """Read what it prints until it waits for Ctrl-C."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if READY in line:
            break
    return "".join(lines)


@pytest.mark.timeout(3 * SECONDS)
def test_run(run: Run, port: int) -> None:
    running = run()
    shown = until_ready(running)
    assert len(ACCEPTED.findall(shown)) == len(CONTACTS), shown
    assert f"http://127.0.0.1:{port}" in shown or f"http://localhost:{port}" in shown
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/web/login") as page:
        assert page.status == 200

    second = run("--check")
    said, _ = second.communicate(timeout=SECONDS)
    assert second.returncode == 1
    assert len(said.strip().splitlines()) == 1
    assert f"port {port} is taken" in said and f"--port {port + 1}" in said

    running.send_signal(signal.SIGINT)
    running.communicate(timeout=SECONDS)
    assert running.returncode == 0
    assert wait_until(lambda: is_free(port), 10)

    # with the data of the run before, and its messages
    again = run("--check", "--keep-data")
    said, _ = again.communicate(timeout=SECONDS)
    assert again.returncode == 0, said
    assert len(ACCEPTED.findall(said)) == len(CONTACTS)
    assert "Making a fresh database" in shown
    assert "Making a fresh database" not in said
