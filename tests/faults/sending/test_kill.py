"""Kill -9 of the Odoo server while it sends."""

import random
import time

from dev.server import OdooServer

from ..system import ON_THE_WIRE, SIDE_BY_SIDE, System, messages, until
from ..workers import Worker

LATENCY = 0.1
# The outbox's cron, and Odoo's own for SMS.
DISPATCHERS = 2


def test_a_killed_server_loses_nothing_and_sends_nothing_twice(
    system: System, worker: Worker, server: OdooServer, rng: random.Random, long: bool
) -> None:
    count, kills = (3000, 30) if long else (600, 5)
    system.admin.settings(latency_ms=LATENCY * 1000)
    worker.queue(messages(count))

    doubt = 0
    for progress in sorted(rng.sample(range(1, count * 3 // 4), kills)):
        server.start()
        begun = system.admin.summary()["requests"]
        system.until(
            lambda progress=progress, begun=begun: (
                count - system.states()["outgoing"] >= progress
                and system.admin.summary()["requests"] > begun
            )
        )
        moment = time.monotonic() + rng.uniform(0, LATENCY)
        until(lambda moment=moment: time.monotonic() >= moment, "a random moment")
        server.kill()
        until(lambda: not system.admin.summary()["in_flight"], "answers to nobody")
        until(lambda: not system.transactions(), "the end of its transactions")
        before, doubt = doubt, system.states()["process"]
        assert doubt - before <= DISPATCHERS * ON_THE_WIRE
    assert system.states()["outgoing"], "it had sent all before the last kill"
    system.end_leases()
    server.start()
    system.until(system.at_rest)

    states = system.judge()
    assert states.total() == count
    assert states["unknown"] == doubt
    tokens = "SELECT count(DISTINCT dispatch_token) FROM sms_sms WHERE state = 'error'"
    assert system.sql(tokens)[0][0] <= kills * DISPATCHERS * SIDE_BY_SIDE


def test_before_the_lease_ends_nobody_touches_what_a_killed_dispatcher_left(
    system: System, workers
) -> None:
    doomed, other = workers(2)
    system.admin.fault("hang_before", times=None)
    ids = doomed.queue(messages(4))
    doomed.start("dispatch")
    until(lambda: system.admin.summary()["in_flight"] == 3, "three requests hang")
    doomed.kill()
    system.admin.clear_faults()

    other("dispatch")
    assert system.states() == {"process": len(ids)}

    system.end_leases()
    other("dispatch")
    assert system.states() == {"unknown": len(ids)}
    assert system.accepted() == 0
