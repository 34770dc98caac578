"""Who leaves first while a campaign runs."""

import time

from ..system import System, messages, number, until
from ..workers import Worker

CODE = number(99_999)
# Seconds from a person's commit, or the queue's, until it is on the wire.
SOON = 2


def campaign(system: System, dispatcher: Worker, count: int) -> None:
    """Let a campaign of different texts run, 100 ms a request."""
    system.admin.settings(latency_ms=100)
    dispatcher.queue(messages(count, priority="0"))
    dispatcher.start("run_cron")
    until(lambda: system.accepted() >= 20, "the campaign under way")


def seconds_until_sent(system: System, since: float) -> float:
    """Return how long after `since` the code was in the simulator's ledger."""
    until(lambda: system.admin.ledger(number=CODE), "the code", 30)
    (sent,) = system.admin.ledger(number=CODE)
    return sent["time"] - since


def test_what_a_person_sends_is_on_the_wire_at_once(
    system: System, workers, long: bool
) -> None:
    dispatcher, sender = workers(2)
    count = 99_000 if long else 600
    campaign(system, dispatcher, count)

    sender("begin")
    sender("send", rows=[{"number": CODE, "body": "Your code is 4711."}])
    committed = time.time()
    sender("commit")

    assert seconds_until_sent(system, committed) < SOON
    assert system.accepted() < count, "the campaign was still running"


def test_what_is_queued_overtakes_the_campaign(
    system: System, workers, long: bool
) -> None:
    dispatcher, sender = workers(2)
    count = 99_000 if long else 600
    campaign(system, dispatcher, count)

    queued = time.time()
    sender.queue([{"number": CODE, "body": "Your code is 4711.", "priority": "2"}])

    assert seconds_until_sent(system, queued) < SOON
    assert system.accepted() < count, "the campaign was still running"
