"""Urgent news while a long campaign of personal texts is under way."""

import time

from ..system import System, number, until
from ..workers import ADMIN, Worker
from .campaigns import CAMPAIGN, make_campaign, of_numbers, state

# Milliseconds that the provider takes for a request, and what we ask of it at once.
LATENCY = 200
GATEWAY = {"chunk_size": 100, "concurrency": 8}
# Seconds from the launch until everybody has it.
SOON = 15


def each_by_name(first: int, count: int) -> dict[str, str]:
    """Return an audience of people of whom no two have the same name."""
    people = range(first, first + count)
    names = ("".join(chr(65 + int(digit)) for digit in str(n)) for n in people)
    lines = (f"{number(n)} {name}" for n, name in zip(people, names, strict=True))
    return {"kind": "numbers", "numbers": "\n".join(lines)}


def launch_urgent(worker: Worker, campaign: int) -> None:
    """Launch a campaign as a manager does who says that it is urgent."""
    values = {"campaign_id": campaign, "urgent": True, "urgent_reason": "A flood"}
    wizard = worker.create("sms.campaign.launch", [values], user=ADMIN)
    worker.press("sms.campaign.launch", wizard, "action_launch", user=ADMIN)
    worker("work")


def test_urgent_news_overtake_a_long_campaign_of_personal_texts(
    system: System, workers, long: bool
) -> None:
    many, few = (20_000, 5_000) if long else (1_500, 500)
    person, dispatcher = workers(2)
    person("begin")
    person("write", model="sms.gateway.config", ids=[system.gateway], values=GATEWAY)
    person("commit")
    slow = make_campaign(
        person,
        *(each_by_name(first, many // 2) for first in (0, many // 2)),
        message_class="transactional",
    )
    urgent = make_campaign(
        person,
        of_numbers(few, first=many),
        body="The campus is closed. Stay at home.",
        message_class="transactional",
    )
    # So many are counted by the job.
    person("work")
    person.press(CAMPAIGN, [slow], "_launch")
    person("work")
    system.admin.settings(latency_ms=LATENCY)
    dispatcher.start("run_cron")
    until(lambda: system.accepted() >= 20, "the campaign is under way")

    launched = time.time()
    launch_urgent(person, urgent)
    everybody = {number(n) for n in range(many, many + few)}
    waiting = (
        "SELECT 1 FROM sms_sms WHERE campaign_id = %s AND state <> 'pending' LIMIT 1"
    )
    system.until(lambda: not system.sql(waiting, [urgent]), SOON * 4)

    times = {sent["number"]: sent["time"] for sent in system.admin.ledger()}
    assert everybody <= set(times)
    took = max(times[each] for each in everybody) - launched
    print(f"{few} urgent messages were accepted within {took:.1f} s")
    assert took < SOON
    assert len(times) < many, "the other campaign was still running"

    system.admin.settings(latency_ms=0)
    dispatcher.result(seconds=600 if long else 60)
    while system.states()["outgoing"]:
        dispatcher("run_cron")
    person("work")
    assert (state(system, slow), state(system, urgent)) == ("done", "done")
    assert system.judge() == {"pending": many + few}
    assert not dispatcher.errors() + person.errors()
