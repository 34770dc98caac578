"""A process of Odoo ends in order while it sends: what is on the wire comes back."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from dev.server import OdooServer

from ..system import BOTH, PREFORK, SIDE_BY_SIDE, System, messages, until
from ..workers import Worker

COUNT = 240
# Longer than the second that Odoo gives its threads, and than a person waits.
LATENCY_MS = 5000
# Seconds that a piece of work may take where a test limits it.
KILLED_AFTER = 14
# How long the database keeps a process that ends from recording.
WAIT_SECONDS = 3


@BOTH
def test_a_stopped_server_records_what_was_on_the_wire(
    system: System, worker: Worker, server: OdooServer
) -> None:
    send(system, worker, server)
    server.stop()
    check_nothing_is_in_doubt(system)

    system.admin.settings(latency_ms=0)
    server.start()
    system.until(system.at_rest)
    assert system.judge() == {"pending": COUNT}


@PREFORK
def test_a_reloaded_server_records_what_was_on_the_wire(
    system: System, worker: Worker, server: OdooServer
) -> None:
    send(system, worker, server)
    with system.recording_waits(WAIT_SECONDS):
        os.kill(master(server), signal.SIGHUP)
    until(lambda: "Old server stopped" in server.log.read_text(), "the old one's end")
    assert not unknown(system)
    system.admin.settings(latency_ms=0)
    system.until(system.at_rest)
    assert system.judge() == {"pending": COUNT}


@PREFORK
def test_a_worker_that_has_used_its_processor_time_records_what_was_on_the_wire(
    system: System, worker: Worker, server: OdooServer
) -> None:
    send(system, worker, server)
    with system.recording_waits(WAIT_SECONDS):
        for pid in children(master(server)):
            if "gevent" not in command(pid).split():
                os.kill(pid, signal.SIGXCPU)
    until(lambda: not system.states()["process"], "all recorded")
    check_nothing_is_in_doubt(system)


def test_a_worker_that_is_replaced_records_what_was_on_the_wire(
    system: System, tmp_path: Path
) -> None:
    """It serves one request; whoever asked has waited long enough before the end."""
    system.admin.settings(latency_ms=LATENCY_MS)
    arguments = ["--limit-request=1", "--max-cron-threads=0"]
    server = OdooServer(
        system.env,
        system.database,
        log=tmp_path / "odoo.log",
        workers=1,
        arguments=arguments,
    )
    with server:
        rpc = server.rpc()
        partner = rpc.call("res.partner", "create", [{"name": "One"}])
        rpc.call(
            "res.partner",
            "message_post",
            partner,
            body="Come to room 4.",
            message_type="sms",
            sms_numbers=["+254711000001"],
        )
        assert system.states() == {"process": 1}
        with system.recording_waits(WAIT_SECONDS):
            pass
        until(lambda: not system.states()["process"], "its outcome")
    assert system.judge() == {"pending": 1}


def test_a_slow_job_before_ours_takes_none_of_our_time(
    system: System, worker: Worker, tmp_path: Path
) -> None:
    """All jobs of a database are one piece of work to Odoo, which kills a long one."""
    system.admin.settings(latency_ms=LATENCY_MS)
    server = OdooServer(
        system.env,
        system.database,
        log=tmp_path / "odoo.log",
        workers=1,
        arguments=["--max-cron-threads=1", f"--limit-time-real-cron={KILLED_AFTER}"],
    )
    with server:
        worker("begin")
        worker("sleeping_job", seconds=KILLED_AFTER - 6)
        worker("commit")
        # Both are due when it looks, and one comes after the other.
        system.wake_cron()
        until(lambda: system.sql("SELECT 1 FROM ir_logging"), "the slow job")
        worker.queue(messages(COUNT))
        until(lambda: requests(system) > 3 * SIDE_BY_SIDE, "what is sent after it")
    assert not unknown(system)
    assert "timeout after" not in server.log.read_text()


def send(system: System, worker: Worker, server: OdooServer) -> None:
    """Start the server, and return while requests are under way."""
    system.admin.settings(latency_ms=LATENCY_MS)
    worker.queue(messages(COUNT))
    server.start()
    system.until(lambda: system.admin.summary()["in_flight"])


def check_nothing_is_in_doubt(system: System) -> None:
    """Check that the end came in the middle, and that all is known."""
    states = system.judge()
    assert states["pending"], "the request was over before the end"
    assert states["outgoing"], "it sent all before the end"
    assert states["pending"] + states["outgoing"] == COUNT


def requests(system: System) -> int:
    """Count the requests that the provider has begun to answer."""
    return system.admin.summary()["requests"]


def unknown(system: System) -> int:
    """Count what nobody knows the outcome of."""
    return system.states()["unknown"]


def master(server: OdooServer) -> int:
    """Return the process of a running server that has the workers."""
    [pid] = children(server.process.pid)
    return pid


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(each) for each in listed.split()]


def command(pid: int) -> str:
    """Return the command line of a process."""
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
