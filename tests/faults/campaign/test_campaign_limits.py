"""What a campaign may do, however many dispatchers there are."""

import statistics
import time
from datetime import datetime, timezone

import pytest

from ..system import System, messages, number, until
from ..workers import Worker
from .campaigns import BODY, CAMPAIGN, launch, of_numbers, state

DISPATCHERS = 4
# As much as this many seconds' worth may leave at once.
BURST_SECONDS = 5
PRICE = 0.8
# Seconds from a person's commit until it is on the wire.
SOON = 2


def dispatch_side_by_side(four: list[Worker]) -> None:
    """Let all of these dispatch at once, until none has anything to do."""
    for worker in four:
        worker.start("dispatch")
    for worker in four:
        worker.result()
    assert not any(worker.errors() for worker in four)


def test_four_dispatchers_keep_a_campaigns_pace(system: System, workers) -> None:
    per_minute, count = 600, 120
    burst = BURST_SECONDS * per_minute / 60
    system.admin.settings(latency_ms=50)
    four = workers(DISPATCHERS)
    campaign = launch(four[0], of_numbers(count), pace=per_minute)

    dispatch_side_by_side(four)

    assert system.judge() == {"pending": count}
    assert state(system, campaign) == "sending"
    # By when they were claimed: on the wire they may catch up with each other.
    rows = system.sql("SELECT extract(epoch FROM dispatched_at)::float FROM sms_sms")
    times = sorted(moment for (moment,) in rows)
    for first, begun in enumerate(times):
        for last in range(first, count):
            allowed = burst + (times[last] - begun) * per_minute / 60
            assert last - first + 1 <= allowed + 1, (first, last)
    # nor much slower
    assert times[-1] - times[0] < 2 * (count - burst) * 60 / per_minute


@pytest.mark.parametrize("affordable", [1, 125])
def test_four_dispatchers_keep_a_campaigns_budget(
    system: System, workers, affordable: int
) -> None:
    four = workers(DISPATCHERS)
    system.admin.settings(latency_ms=50)
    set_gateway(four[0], price_per_part=PRICE)
    campaign = launch(four[0], of_numbers(400), budget=affordable * PRICE, body=BODY)

    dispatch_side_by_side(four)
    four[0]("work")

    assert system.judge()["pending"] == affordable
    assert spent(system) == pytest.approx(affordable * PRICE)
    assert state(system, campaign) == "paused"


def test_messages_of_several_parts_keep_the_budget(system: System, workers) -> None:
    """Some have two parts, some one: what is left never pays for a longer one."""
    four = workers(DISPATCHERS)
    system.admin.settings(latency_ms=50)
    set_gateway(four[0], price_per_part=PRICE)
    lines = [
        f"{number(n)} {'Wanjiku' if n % 3 else 'Wanjiku ' * 25}" for n in range(300)
    ]
    audience = {"kind": "numbers", "numbers": "\n".join(lines)}
    campaign = launch(four[0], audience, budget=80.5)

    dispatch_side_by_side(four)
    four[0]("work")

    assert 80.5 - 3 * PRICE < spent(system) <= 80.5
    assert state(system, campaign) == "paused"


def test_four_dispatchers_keep_the_budget_of_the_day(system: System, workers) -> None:
    four = workers(DISPATCHERS)
    system.admin.settings(latency_ms=50)
    set_gateway(four[0], price_per_part=PRICE, day_budget=100 * PRICE)
    for first in (0, 200, 400):
        launch(four[0], of_numbers(200, first))

    dispatch_side_by_side(four)

    assert spent(system) == pytest.approx(100 * PRICE)
    assert system.judge() == {"pending": 100, "outgoing": 500}


def spent(system: System) -> float:
    """Return what the simulator charged."""
    return float(system.admin.summary()["cost"].split()[-1])


def set_gateway(worker: Worker, **values: object) -> None:
    """Write on the gateway."""
    worker("begin")
    worker("write", model="sms.gateway.config", ids=[1], values=values)
    worker("commit")


@pytest.mark.parametrize("kind", ["campaign", "mailing"])
def test_what_waits_for_the_window_delays_nothing_that_a_person_sends(
    system: System, workers, kind: str
) -> None:
    person, *two = workers(3)
    count = 1000
    if kind == "campaign":
        launch(person, of_numbers(count))
    else:
        person.queue(messages(count, message_class="promotional", priority="0"))
    shut_window(person)

    dispatch_side_by_side(two)
    assert system.accepted() == 0
    committed = time.time()
    person("begin")
    person("send", rows=messages(1, first=count))
    person("commit")

    until(system.accepted, "what a person sends", 30)
    (sent,) = system.admin.ledger()
    assert sent["number"] == number(count)
    assert sent["time"] - committed < SOON
    until(lambda: system.states() == {"pending": 1, "outgoing": count}, "its outcome")


def shut_window(worker: Worker) -> None:
    """Give the gateway a window that opens in an hour or two."""
    hour = datetime.now(timezone.utc).hour
    set_gateway(
        worker,
        use_window=True,
        window_zone="UTC",
        window_start=(hour + 2) % 24,
        window_end=(hour + 3) % 24,
    )


def test_a_paused_campaign_slows_nobody_else(system: System, worker: Worker) -> None:
    waiting = 20_000
    alone = seconds_of_one(system, worker, first=0)
    campaign = launch(worker, of_numbers(1, first=99_999))
    worker.press(CAMPAIGN, [campaign], "action_pause")
    system.sql(
        """
        INSERT INTO sms_sms (uuid, number, body, state, campaign_id, gateway_id,
                             company_id, message_class, priority, to_delete)
        SELECT replace(gen_random_uuid()::text, '-', ''),
               '+2547120' || lpad(n::text, 5, '0'), 'Dear ' || n, 'outgoing',
               campaign_id, gateway_id, company_id, message_class, priority, FALSE
          FROM sms_sms, generate_series(2, %s) n WHERE campaign_id IS NOT NULL
        """,
        [waiting],
    )
    system.sql("ANALYZE sms_sms")

    beside = seconds_of_one(system, worker, first=100)

    assert system.states()["outgoing"] == waiting
    assert beside < 1.5 * alone + 0.1


def seconds_of_one(system: System, worker: Worker, first: int) -> float:
    """Return how long a run of the outbox with one message takes, typically."""
    taken = []
    for n in range(first, first + 7):
        worker.queue(messages(1, first=n))
        began = time.monotonic()
        worker("dispatch")
        taken.append(time.monotonic() - began)
    return statistics.median(taken)
