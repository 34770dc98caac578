"""Several dispatchers over one queue."""

import time

from dev.process import wait_until

from ..system import SIDE_BY_SIDE, System, connection, messages, until
from ..workers import Worker

# Seconds after which a dispatcher looks for more at the latest.
LOOK_AGAIN = 1.0
# By the outbox's cron and by Odoo's own for SMS.
ORDERS = ("dispatch", "dispatch", "process_queue", "process_queue")


def test_four_dispatchers_at_once_send_each_message_once(
    system: System, workers, long: bool
) -> None:
    count = 5000 if long else 600
    system.admin.settings(latency_ms=100)
    four = workers(len(ORDERS))
    four[0].queue(messages(count))

    for worker, order in zip(four, ORDERS, strict=True):
        worker.start(order)
    shared = "SELECT jsonb_array_length(state->'shares') FROM sms_concurrency"
    until(lambda: system.sql(shared) == [(len(ORDERS),)], "four that share")
    for worker in four:
        worker.result()

    assert system.judge() == {"pending": count}
    tokens = system.sql("SELECT count(DISTINCT dispatch_token) FROM sms_sms")
    assert tokens == [(system.admin.summary()["requests"],)]
    assert not any(worker.errors() for worker in four)
    assert system.admin.summary()["in_flight_peak"] == SIDE_BY_SIDE


def test_no_more_is_claimed_than_the_wire_takes(system: System, worker: Worker) -> None:
    system.admin.settings(latency_ms=20)
    worker.queue(messages(600))
    seen = set()
    worker.start("dispatch")
    with connection(system.env, system.database) as cr:

        def over() -> bool:
            cr.execute(
                "SELECT count(DISTINCT dispatch_token)"
                " FILTER (WHERE state = 'process'),"
                " count(*) FILTER (WHERE state = 'outgoing') FROM sms_sms"
            )
            claimed, waiting = cr.fetchone()
            seen.add(claimed)
            return not waiting

        assert wait_until(over, 60, every=0.001)
    worker.result()
    assert max(seen) == SIDE_BY_SIDE
    assert system.judge() == {"pending": 600}


def test_what_cannot_be_recorded_yet_keeps_its_place_on_the_wire(
    system: System, worker: Worker
) -> None:
    system.admin.settings(latency_ms=500)
    worker.queue(messages(40))
    worker.start("dispatch")
    until(lambda: system.admin.summary()["in_flight"] == SIDE_BY_SIDE, "a full wire")
    with connection(system.env, system.database) as cr:
        cr.execute("BEGIN")
        cr.execute("SELECT FROM sms_sms WHERE state = 'process' FOR UPDATE")
        until(lambda: not system.admin.summary()["in_flight"], "answers")
        later = time.monotonic() + 2 * LOOK_AGAIN
        until(lambda: time.monotonic() > later, "time to claim more")
        cr.execute("SELECT count(DISTINCT dispatch_token) FROM sms_sms")
        assert cr.fetchone() == (SIDE_BY_SIDE,)
        assert system.admin.summary()["requests"] == SIDE_BY_SIDE
        cr.execute("COMMIT")
    worker.result()
    assert system.judge() == {"pending": 40}
