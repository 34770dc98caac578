"""Whatever happens to us, what we started ends."""

import os
import signal
import subprocess
import sys

import pytest

from dev import cache
from dev.problem import Problem
from dev.process import Process, call, wait_until

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
#: starts a child that tells its process id, and then waits for ever
ASKER = """
import os, sys, time
sys.path.insert(0, sys.argv[1])
from dev.process import Process
code = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
Process([sys.executable, "-c", code])
time.sleep(600)
"""


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # one that has ended, and that nobody has asked about yet, is no longer alive
    status = open(f"/proc/{pid}/stat").read() if os.path.exists("/proc") else ""
    return status.rpartition(")")[2].split()[:1] != ["Z"]


def test_stop_ends_it():
    process = Process(SLEEP, output=subprocess.PIPE)
    assert process.output.readline() == b"up\n"
    process.stop()
    assert process.status() == 128 + signal.SIGTERM


def test_kill_ends_it_at_once():
    process = Process(SLEEP, output=subprocess.PIPE)
    assert process.output.readline() == b"up\n"
    process.kill()
    assert process.status() == 128 + signal.SIGKILL


def test_its_status_is_told():
    assert Process([sys.executable, "-c", "raise SystemExit(7)"]).wait(30) == 7


@pytest.mark.skipif(not os.path.exists("/proc"), reason="reads /proc")
def test_it_ends_when_we_are_killed():
    command = [sys.executable, "-c", ASKER, str(cache.CHECKOUT)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as asker:
        pid = int(asker.stdout.readline())
        assert alive(pid)
        asker.kill()
        assert wait_until(lambda: not alive(pid), 20)


def test_a_failed_step_says_why_and_what_to_do(tmp_path):
    code = "print('fatal: no such thing'); print('bye'); raise SystemExit(1)"
    with pytest.raises(Problem, match="no such thing.*try another"):
        call(
            [sys.executable, "-c", code],
            title="Doing it",
            remedy="try another",
            log=tmp_path / "log",
        )
    assert (tmp_path / "log").read_text().endswith("bye\n")
