"""Kill -9 of the Odoo server while it sends."""

import random
import time

from dev.server import OdooServer

from .house import ON_THE_WIRE, SIDE_BY_SIDE, House, messages, until
from .workers import Worker

LATENCY = 0.1
# The outbox's cron, and Odoo's own for SMS.
DISPATCHERS = 2


def test_a_killed_server_loses_nothing_and_sends_nothing_twice(
    house: House, worker: Worker, server: OdooServer, rng: random.Random, long: bool
) -> None:
    count, kills = (3000, 30) if long else (600, 5)
    house.admin.settings(latency_ms=LATENCY * 1000)
    worker.queue(messages(count))

    doubt = 0
    for progress in sorted(rng.sample(range(1, count * 3 // 4), kills)):
        server.start()
        begun = house.admin.summary()["requests"]
        house.until(
            lambda progress=progress, begun=begun: (
                count - house.states()["outgoing"] >= progress
                and house.admin.summary()["requests"] > begun
            )
        )
        moment = time.monotonic() + rng.uniform(0, LATENCY)
        until(lambda moment=moment: time.monotonic() >= moment, "a random moment")
        server.kill()
        until(lambda: not house.admin.summary()["in_flight"], "answers to nobody")
        until(lambda: not house.transactions(), "the end of its transactions")
        before, doubt = doubt, house.states()["process"]
        assert doubt - before <= DISPATCHERS * ON_THE_WIRE
    assert house.states()["outgoing"], "it had sent all before the last kill"
    house.end_leases()
    server.start()
    house.until(house.at_rest)

    states = house.judge()
    assert states.total() == count
    assert states["unknown"] == doubt
    tokens = "SELECT count(DISTINCT dispatch_token) FROM sms_sms WHERE state = 'error'"
    assert house.sql(tokens)[0][0] <= kills * DISPATCHERS * SIDE_BY_SIDE


def test_before_the_lease_ends_nobody_touches_what_a_killed_dispatcher_left(
    house: House, workers
) -> None:
    doomed, other = workers(2)
    house.admin.fault("hang_before", times=None)
    ids = doomed.queue(messages(4))
    doomed.start("dispatch")
    until(lambda: house.admin.summary()["in_flight"] == 3, "three requests hang")
    doomed.kill()
    house.admin.clear_faults()

    other("dispatch")
    assert house.states() == {"process": len(ids)}

    house.end_leases()
    other("dispatch")
    assert house.states() == {"unknown": len(ids)}
    assert house.accepted() == 0
