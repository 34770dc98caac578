"""Kill -9 while campaigns are prepared and sent."""

import random
import time

from ..system import ON_THE_WIRE, System, number, until
from .campaigns import (
    BODY,
    CAMPAIGN,
    assert_once,
    launch,
    make_campaign,
    make_people,
    of_list,
    of_numbers,
    queued,
    state,
)

PAGE = 25
# About as long as a page takes.
PAGE_SECONDS = 0.1
LATENCY = 0.1
NAME = "{{ object.name }}"


def at_a_random_moment(rng: random.Random, seconds: float) -> None:
    """Let up to so many seconds pass."""
    moment = time.monotonic() + rng.uniform(0, seconds)
    until(lambda: time.monotonic() >= moment, "a random moment")


def test_killed_while_preparing_it_forgets_and_doubles_nobody(
    system: System, workers, rng: random.Random, long: bool
) -> None:
    count, kills = (6000, 20) if long else (1500, 3)
    # A third of the people are in both audiences.
    both = count // 3
    (worker,) = workers(1)
    mailing_list, _people = make_people(worker, count - both)
    audiences = of_list(mailing_list), of_numbers(2 * both, count - 2 * both)
    # The names differ, and so do the texts.
    campaign = make_campaign(worker, *audiences, when_shared="first")
    worker.press(CAMPAIGN, [campaign], "_launch")

    for progress in sorted(rng.sample(range(1, count * 3 // 4), kills)):
        worker("set_page", people=PAGE)
        worker.start("work")
        until(lambda p=progress: queued(system) >= p, "messages up to the next kill")
        at_a_random_moment(rng, PAGE_SECONDS)
        worker.kill()
        until(lambda: not system.transactions(), "the end of its transactions")
        assert state(system, campaign) == "preparing"
        (worker,) = workers(1)
    worker("work")

    assert state(system, campaign) == "sending"
    assert_once(system, range(count))
    assert system.states() == {"outgoing": count, "canceled": both}

    def all_sent() -> bool:
        # A run ends after some seconds, so that others may have the job's lock.
        worker("dispatch")
        return not system.states()["outgoing"]

    until(all_sent, "all of them to be sent")
    worker("work")
    assert system.judge() == {"pending": count, "canceled": both}
    assert state(system, campaign) == "done"
    assert not worker.errors()


def test_killed_while_preparing_each_row_of_a_number_is_queued_once(
    system: System, workers, rng: random.Random, long: bool
) -> None:
    guardians, kills = (2000, 20) if long else (500, 3)
    count = 2 * guardians
    (worker,) = workers(1)
    # Two students for each number, far apart, and each of them twice.
    guardians_numbers = [number(n) for n in range(guardians)]
    names = ("Achieng", "Baraka")
    students = [(n, name) for name in names for n in guardians_numbers]
    lines = [f"{n} {name}" for n, name in students * 2]
    audience = {"kind": "numbers", "numbers": "\n".join(lines)}
    campaign = make_campaign(worker, audience, when_shared="each", optout="none")
    worker.press(CAMPAIGN, [campaign], "_launch")

    for progress in sorted(rng.sample(range(1, count * 3 // 2), kills)):
        worker("set_page", people=PAGE)
        worker.start("work")
        until(lambda p=progress: queued(system) >= p, "messages up to the next kill")
        at_a_random_moment(rng, PAGE_SECONDS)
        worker.kill()
        until(lambda: not system.transactions(), "the end of its transactions")
        assert state(system, campaign) == "preparing"
        (worker,) = workers(1)
    worker("work")

    assert state(system, campaign) == "sending"
    rows = system.sql("SELECT number, body FROM sms_sms WHERE left_out IS NOT TRUE")
    texts = sorted((n, BODY.replace(NAME, name)) for n, name in students)
    assert sorted(rows) == texts
    assert system.states() == {"outgoing": count, "canceled": count}
    worker("dispatch")
    worker("work")
    # Each number has two messages: they are told apart by what they say.
    ledger = system.admin.ledger()
    assert sorted((entry["number"], entry["text"]) for entry in ledger) == texts
    assert system.states() == {"pending": count, "canceled": count}
    assert state(system, campaign) == "done"
    assert not worker.errors()


def test_killed_while_sending_it_sends_nothing_twice_and_ends(
    system: System, workers, rng: random.Random, long: bool
) -> None:
    count, kills = (3000, 15) if long else (500, 3)
    system.admin.settings(latency_ms=LATENCY * 1000)
    (worker,) = workers(1)
    campaign = launch(worker, of_numbers(count))

    doubt = 0
    for progress in sorted(rng.sample(range(1, count * 3 // 4), kills)):
        worker.start("run_cron")
        until(
            lambda p=progress: count - system.states()["outgoing"] >= p,
            "requests up to the next kill",
        )
        at_a_random_moment(rng, LATENCY)
        worker.kill()
        until(lambda: not system.admin.summary()["in_flight"], "answers to nobody")
        until(lambda: not system.transactions(), "the end of its transactions")
        before, doubt = doubt, system.states()["process"]
        # what came back and is not on record yet, and what took its place
        assert doubt - before <= 2 * ON_THE_WIRE
        system.forgive_kills()
        (worker,) = workers(1)
    assert system.states()["outgoing"], "it had sent all before the last kill"
    system.end_leases()
    worker("run_cron")
    worker("work")

    states = system.judge()
    assert states.total() == count
    assert states["unknown"] == doubt
    assert_once(system, range(count))
    assert state(system, campaign) == "done"
