"""What ends a process, and threads that it waits for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from su_sms.dispatch import process


class Worker:
    """One of Odoo's, as far as it is asked."""

    def __init__(self) -> None:
        self.alive = True
        self.watchdog_pipe = os.pipe()
        self.multi = SimpleNamespace(pipe_ping=lambda pipe: os.write(pipe[1], b"."))

    def signal_handler(self, _number, _frame) -> None:
        self.alive = False


@pytest.fixture
def worker():
    found = Worker()
    before = signal.signal(signal.SIGINT, found.signal_handler)
    yield found
    signal.signal(signal.SIGINT, before)


def test_a_worker_that_is_told_to_end_claims_nothing_more(worker):
    running = process.Running()
    assert not running.ending
    signal.raise_signal(signal.SIGINT)
    assert running.ending


def test_where_there_are_no_workers_only_the_server_says_so():
    assert process.worker() is None
    process.begin_work()
    running = process.Running()
    assert not running.ending
    assert running.end(0)
    assert running.ending


def test_work_that_begins_is_told_to_whoever_watches(worker):
    process.begin_work()
    assert os.read(worker.watchdog_pipe[0], 10) == b"."


def test_what_a_daemon_calls_is_done_in_a_thread_that_is_none():
    found = []

    def serve():
        found.append(process.call(lambda: threading.current_thread(), "work"))

    thread = threading.Thread(target=serve, daemon=True)
    thread.dbname = "university"
    thread.start()
    thread.join()

    [worked] = found
    assert worked is not thread
    assert not worked.daemon
    assert worked.dbname == "university"
    assert process.call(threading.current_thread, "work") is threading.current_thread()


def test_what_work_raises_comes_to_the_caller():
    found = []

    def serve():
        with pytest.raises(ZeroDivisionError):
            process.call(lambda: 1 / 0, "work")
        found.append(True)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    thread.join()
    assert found


END = """
import resource, signal, sys, threading, time
import process

def expired(*_): raise SystemExit("processor time")
signal.signal(signal.SIGXCPU, expired)
resource.setrlimit(resource.RLIMIT_CPU, (1, resource.RLIM_INFINITY))

def serve():
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGXCPU})
    process.call(work, "work")

def work():
    while not process.is_ending():
        pass
    until = time.process_time() + 2
    while time.process_time() < until:
        pass
    print("recorded", flush=True)

thread = threading.Thread(target=serve, daemon=True)
thread.start()
thread.join()
"""


def test_a_process_whose_time_is_used_up_has_some_left_to_record():
    ended = subprocess.run(
        [sys.executable, "-c", END],
        cwd=Path(process.__file__).parent,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.stdout == "recorded\n", ended.stderr


def test_a_process_is_told_from_its_like_elsewhere():
    here = process.name()
    assert not process.has_ended(here)
    place, pid, created = here.split(" ")
    assert process.has_ended(f"{place} {pid} {float(created) - 60:.0f} x")
    # Of one name and number, on another machine or in another container.
    assert not process.has_ended(f"elsewhere {pid} {float(created) - 60:.0f} x")
