"""The database goes away and comes back while messages are sent."""

import random
import time
from pathlib import Path

import pytest

from dev.server import OdooServer

from ..system import ON_THE_WIRE, System, messages, until
from ..workers import OrderFailed, Worker
from .cluster import Cluster

AWAY_SECONDS = 3
LATENCY_MS = 100


def test_outcomes_outlive_a_database_that_is_away(
    system: System, worker: Worker, server: OdooServer, rng: random.Random, long: bool
) -> None:
    count, outages = (3000, 20) if long else (600, 2)
    system.admin.settings(latency_ms=LATENCY_MS)
    worker.queue(messages(count))
    server.start()

    for sent in sorted(rng.sample(range(1, count // 2), outages)):
        begun = system.admin.summary()["requests"]
        system.until(lambda sent=sent, begun=begun: sending(system, sent, begun))
        with system.without_database():
            wait_for_answers(system)
    assert system.states()["outgoing"], "it had sent all before the last outage"
    system.until_still()
    system.end_leases()
    system.until(system.at_rest)

    judge(system, count, outages)


@pytest.mark.parametrize("synchronous_commit", ["on", "off"])
def test_outcomes_outlive_a_database_server_that_is_killed(
    system: System,
    rng: random.Random,
    long: bool,
    tmp_path: Path,
    synchronous_commit: str,
) -> None:
    """Also if it is tuned to take commits back: claims and outcomes are not."""
    count, kills = (3000, 20) if long else (300, 2)
    system.admin.settings(latency_ms=LATENCY_MS)
    tuned = {"synchronous_commit": synchronous_commit, "wal_writer_delay": "10s"}
    with Cluster(system.env.postgres, tmp_path / "cluster", **tuned) as cluster:
        env = cluster.adopt(system.env, system.database)
        system = System(env, system.database, system.simulator)
        with Worker(env, system.database, tmp_path / "worker.log") as worker:
            worker.queue(messages(count))
            worker.start("dispatch")

            for sent in sorted(rng.sample(range(1, count // 2), kills)):
                begun = system.admin.summary()["requests"]
                until(
                    lambda sent=sent, begun=begun: (
                        keep_at_work(worker) and sending(system, sent, begun)
                    ),
                    f"{sent} messages sent",
                )
                cluster.kill()
                wait_for_answers(system)
                cluster.start()
            assert system.states()["outgoing"], "it had sent all before the last kill"
            until(
                lambda: keep_at_work(worker) and not system.states()["outgoing"],
                "an empty queue",
            )
            until(lambda: not worker.busy(), "the end of the run")
            system.end_leases()
            until(lambda: keep_at_work(worker) and system.at_rest(), "no one in doubt")

            judge(system, count, kills)


def sending(system: System, sent: int, begun: int) -> bool:
    """Tell whether so many were sent and requests came since ``begun`` of them."""
    summary = system.admin.summary()
    return summary["accepted"] >= sent and summary["requests"] > begun


def keep_at_work(worker: Worker) -> bool:
    """Let the worker dispatch, again if it has ended or failed."""
    if not worker.busy():
        try:
            worker.result()
        except OrderFailed:
            pass  # the database was away: its cron would try again too
        worker.start("dispatch")
    return True


def wait_for_answers(system: System) -> None:
    """Wait some seconds, in which all that was on the wire is answered."""
    back = time.monotonic() + AWAY_SECONDS
    until(lambda: time.monotonic() >= back, "the end of the outage")
    assert not system.admin.summary()["in_flight"]


def judge(system: System, count: int, outages: int) -> None:
    """Check that whatever the provider accepted is on record as that."""
    states = system.judge()
    assert states.total() == count
    # A commit whose answer was lost may have claimed what was then never sent.
    assert states["unknown"] <= outages * ON_THE_WIRE
    ledger = {entry["number"] for entry in system.admin.ledger()}
    unknown = system.sql(
        "SELECT number FROM sms_sms WHERE failure_type = 'sms_outcome_unknown'"
    )
    assert ledger.isdisjoint(recipient for (recipient,) in unknown)
