"""Odoo's jobs are to be had while ours have much to do.

As for installing a module, adding a company or editing a job: all at once, or none.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import psycopg2

from dev.server import OdooServer

from .callbacks.events import path, server_errors
from .campaign.campaigns import launch, of_numbers
from .system import System, connection, messages
from .workers import Worker

WATCHED_SECONDS = 25
TRY_SECONDS = 0.1
# How long somebody tries in vain at most.
WITHIN_SECONDS = 10
LATENCY = 0.2


def test_a_paced_campaign_leaves_the_jobs_to_others_most_of_the_time(
    system: System, worker: Worker, server: OdooServer
) -> None:
    per_minute = 300
    system.admin.settings(callbacks={"delivery": server.url + path(system)})
    launch(worker, of_numbers(1000), pace=per_minute)
    server.start()
    system.until(system.accepted)
    begun, before = time.monotonic(), system.accepted()

    tries, longest = watch(system, lambda: True)

    sent = system.accepted() - before
    expected = per_minute * (time.monotonic() - begun) / 60
    assert sent > 0.8 * expected, "it did not keep its pace without the jobs"
    assert longest < WITHIN_SECONDS
    assert sum(tries) > len(tries) / 2
    assert not server_errors(server)


def test_at_full_speed_there_are_gaps(
    system: System, worker: Worker, server: OdooServer
) -> None:
    system.admin.settings(
        latency_ms=LATENCY * 1000, callbacks={"delivery": server.url + path(system)}
    )
    worker.queue(messages(10_000))
    server.start()
    system.until(system.accepted)

    tries, longest = watch(system, lambda: system.states()["outgoing"])

    assert system.states()["outgoing"], "it had sent all before the end"
    assert longest < WITHIN_SECONDS
    assert not all(tries)
    assert not server_errors(server)


def watch(system: System, busy: Callable[[], object]) -> tuple[list[bool], float]:
    """Try to lock all jobs again and again; tell how each went, and the longest wait.

    :param busy: tells whether there is still something to do
    """
    tries, longest = [], 0.0
    end = time.monotonic() + WATCHED_SECONDS
    last = time.monotonic()
    with connection(system.env, system.database) as cr:
        while time.monotonic() < end and busy():
            try:
                cr.execute("SELECT FROM ir_cron FOR UPDATE NOWAIT")
            except psycopg2.errors.LockNotAvailable:
                tries.append(False)
            else:
                tries.append(True)
                last = time.monotonic()
            longest = max(longest, time.monotonic() - last)
            time.sleep(TRY_SECONDS)
    return tries, longest
