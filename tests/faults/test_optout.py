"""People opt out while their messages are queued, being claimed, on the wire."""

from __future__ import annotations

import json
from typing import Any

from .system import System, messages, number, until
from .workers import Worker

COUNT = 400
LATENCY_MS = 60
STATE = "SELECT state, failure_type FROM sms_sms WHERE number = %s"


def opt_out(worker: Worker, recipient: str) -> None:
    """Opt a number out and commit."""
    worker.create("sms.blacklist", [{"number": recipient, "reason": "own_request"}])


def stop_event(system: System, recipient: str, message_id: str) -> dict[str, Any]:
    """Return the event that the provider's post of a STOP becomes."""
    post = {"id": message_id, "from": recipient, "to": "21512", "text": "STOP"}
    return {
        "gateway_id": system.gateway,
        "kind": "incoming",
        "payload": json.dumps(list(post.items())),
        "received_at": "2026-01-01 00:00:00",
    }


def sent(system: System, recipient: str) -> int:
    """Count what the simulator accepted for a number."""
    return len(system.admin.ledger(number=recipient))


def test_no_that_is_committed_before_the_claim_is_never_overrun(
    system: System, workers
) -> None:
    dispatcher, other, clerk = workers(3)
    system.admin.settings(latency_ms=LATENCY_MS)
    clerk.queue(messages(COUNT, message_class="promotional"))
    dispatcher.start("run_cron")
    other.start("dispatch")
    until(lambda: system.accepted() >= 20, "the dispatch under way")

    in_time = []
    for n in range(COUNT - 1, 0, -23):
        opt_out(clerk, number(n))
        [(state, _reason)] = system.sql(STATE, [number(n)])
        if state in ("outgoing", "canceled"):
            in_time.append(number(n))
    dispatcher.result()
    other.result()

    assert len(in_time) >= 5, "some were said while the queue was long"
    for recipient in in_time:
        assert system.sql(STATE, [recipient]) == [("canceled", "sms_blacklist")]
        assert sent(system, recipient) == 0
    states = system.states()
    assert states == {"canceled": len(in_time), "pending": COUNT - len(in_time)}
    assert system.accepted() == COUNT - len(in_time)


def test_stop_that_comes_while_on_the_wire_is_too_late_and_says_so(
    system: System, workers
) -> None:
    dispatcher, receiver = workers(2)
    recipient = number(1)
    system.admin.settings(latency_ms=4000)
    receiver.queue(
        [{"number": recipient, "body": "News", "message_class": "promotional"}]
    )
    dispatcher.start("dispatch")
    until(lambda: system.states()["process"], "the message on the wire")

    receiver.create("sms.gateway.event", [stop_event(system, recipient, "in-1")])
    receiver("apply_events")
    dispatcher.result()

    assert sent(system, recipient) == 1
    assert system.states() == {"pending": 1}
    [(kind, note)] = system.sql(
        "SELECT kind, note FROM sms_consent WHERE number = %s", [recipient]
    )
    assert kind == "optout"
    assert note.startswith("1 ")
    # What comes after it stays here.
    receiver.queue(
        [{"number": recipient, "body": "More", "message_class": "promotional"}]
    )
    dispatcher("dispatch")
    assert sent(system, recipient) == 1


def test_two_who_opt_the_same_number_out_at_once_are_one_entry(
    system: System, workers
) -> None:
    first, second = workers(2)
    recipient = number(7)
    first("begin")
    first(
        "create", model="sms.blacklist", rows=[{"number": recipient, "reason": "stop"}]
    )
    second.create("sms.gateway.event", [stop_event(system, recipient, "in-2")])
    second.start("apply_events")
    until(
        lambda: system.sql(
            "SELECT 1 FROM pg_stat_activity WHERE datname = %s"
            " AND wait_event_type = 'Lock'",
            [system.database],
        ),
        "one waits for the other",
    )
    first("commit")
    second.result()
    assert system.sql("SELECT state FROM sms_gateway_event") == [("applied",)]
    assert system.sql("SELECT count(*) FROM phone_blacklist") == [(1,)]
    assert system.sql("SELECT count(*) FROM sms_consent") == [(2,)]
