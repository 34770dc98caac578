"""Campaigns that several people and processes are at."""

import time

import pytest

from ..system import (
    ON_THE_WIRE,
    System,
    connection,
    messages,
    number,
    until,
    waits_for_a_lock,
)
from ..workers import ADMIN, OrderFailed
from .campaigns import (
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

DISPATCHERS = 4
PAGE = 20


def test_launched_by_two_at_once_it_is_launched_once_and_the_second_is_told(
    system: System, workers
) -> None:
    first, second = workers(2)
    [clerk] = first.create(
        "res.users",
        [{"name": "Clerk", "login": "clerk", "group_ids": [[4, manager(system)]]}],
    )
    campaign = make_campaign(first, of_numbers(30))

    first.start_press(CAMPAIGN, [campaign], "_launch", wait=True)
    assert first.result("waiting")
    second.start_press(CAMPAIGN, [campaign], "_launch", user=clerk)
    until(lambda: waits_for_a_lock(system), "the second waits for the first")
    first.go_on()
    first.result()

    with pytest.raises(
        OrderFailed, match="Someone else has just changed this campaign.*“Preparing”"
    ):
        second.result()
    assert system.sql("SELECT launched_by_id FROM sms_campaign") == [(ADMIN,)]
    first("work")
    first("dispatch")
    assert system.judge() == {"pending": 30}


def manager(system: System) -> int:
    """Return the id of the managers' group."""
    [(group,)] = system.sql(
        "SELECT res_id FROM ir_model_data"
        " WHERE module = 'su_sms' AND name = 'group_manager'"
    )
    return group


def test_pause_resume_and_cancel_act_at_once_while_four_dispatch(
    system: System, workers, long: bool
) -> None:
    count = 5000 if long else 1000
    system.admin.settings(latency_ms=100)
    person, *four = workers(1 + DISPATCHERS)
    campaign = launch(person, of_numbers(count))
    stopped = []

    for button in ("action_pause", "action_cancel"):
        for worker in four:
            worker.start("dispatch")
        target = system.accepted() + 100
        until(lambda t=target: system.accepted() >= t, "messages leave")
        person.press(CAMPAIGN, [campaign], button)
        claimed = count - system.states()["outgoing"]
        on_the_wire = claimed - system.accepted()
        for worker in four:
            worker.result()
        # Nothing was claimed after the commit, so only that was sent.
        assert system.accepted() == claimed
        assert 0 <= on_the_wire <= DISPATCHERS * ON_THE_WIRE
        assert system.states()["outgoing"], "it had sent all before"
        stopped.append(claimed)
        if button == "action_pause":
            person("work")
            assert state(system, campaign) == "paused"
            person.press(CAMPAIGN, [campaign], "action_resume")

    person("work")
    assert state(system, campaign) == "cancelled"
    assert system.judge() == {"pending": stopped[1], "canceled": count - stopped[1]}
    assert stopped[0] < stopped[1]
    assert not any(worker.errors() for worker in (person, *four))


def test_a_campaign_that_is_looked_at_as_it_starts_leaves_in_the_same_run(
    system: System, workers
) -> None:
    person, dispatcher = workers(2)
    campaign = launch(person, of_numbers(30))
    with connection(system.env, system.database) as cr:
        cr.execute("BEGIN")
        query = "SELECT FROM sms_campaign WHERE id = %s FOR NO KEY UPDATE"
        cr.execute(query, [campaign])
        person.queue(messages(1, first=1000))
        dispatcher.start("dispatch")
        until(system.accepted, "the message of no campaign")
        # Long enough to have looked for the campaign's and found none.
        moment = time.monotonic() + 1
        until(lambda: time.monotonic() >= moment, "a second")
        assert system.accepted() == 1
        cr.execute("COMMIT")
    dispatcher.result()
    assert system.judge() == {"pending": 31}


def test_pausing_need_not_wait_for_a_page_that_is_prepared(
    system: System, workers
) -> None:
    person, job = workers(2)
    count = 1500
    campaign = make_campaign(person, of_numbers(count))
    person.press(CAMPAIGN, [campaign], "_launch")
    job("set_page", people=PAGE)
    job.start("work")
    until(lambda: queued(system), "the first messages")

    person.press(CAMPAIGN, [campaign], "action_pause")
    job.result()

    assert state(system, campaign) == "paused"
    assert 0 < queued(system) < count
    person.press(CAMPAIGN, [campaign], "action_resume")
    job("work")
    assert_once(system, range(count))


def test_lists_are_saved_while_their_draft_is_counted(system: System, workers) -> None:
    person, job = workers(2)
    campaign = make_campaign(person, of_numbers(15_000))
    for nth in range(1, 4):
        job.start("work")
        until(lambda: counts(system, campaign), "a page of the draft's")
        audience = of_numbers(1_000, first=nth * 20_000)
        person.press(
            CAMPAIGN, [campaign], "write", vals={"audience_ids": [[0, 0, audience]]}
        )
        job.result()
    while system.sql("SELECT FROM sms_campaign WHERE count_state = 'running'"):
        job("work")

    assert system.sql("SELECT recipient_count FROM sms_campaign") == [(18_000,)]
    told = "".join(worker.log.read_text() for worker in (person, job))
    assert "deadlock" not in told.lower()
    # Where a try failed it had read nothing yet: no id of a row was used up in vain.
    found = system.sql("SELECT max(id) - min(id), count(*) FROM sms_campaign_row")
    assert found == [(17_999, 18_000)]


def counts(system: System, campaign: int) -> bool:
    """Tell whether the job is just counting a draft, or has counted it."""
    [(begun, state)] = system.sql(
        "SELECT pages_begun, count_state FROM sms_campaign WHERE id = %s", [campaign]
    )
    return bool(begun) or state != "running"


def test_two_jobs_at_once_prepare_everybody_once(system: System, workers) -> None:
    two = workers(2)
    count = 1000
    mailing_list, _people = make_people(two[0], count)
    campaigns = [make_campaign(two[0], of_list(mailing_list)) for _n in range(2)]
    two[0].press(CAMPAIGN, campaigns[:1], "_launch")
    two[0].press(CAMPAIGN, campaigns[1:], "_launch")

    for worker in two:
        worker("set_page", people=PAGE)
    for worker in two:
        worker.start("work")
    for worker in two:
        worker.result()

    assert {state(system, campaign) for campaign in campaigns} == {"sending"}
    found = system.sql(
        "SELECT count(*), count(DISTINCT number), count(*) FILTER (WHERE left_out)"
        " FROM sms_sms GROUP BY campaign_id"
    )
    assert found == [(count, count, 0)] * 2
    assert not any(worker.errors() for worker in two)


def test_people_deleted_and_renumbered_meanwhile_disturb_nobody_else(
    system: System, workers, long: bool
) -> None:
    clerk, job = workers(2)
    count = 4000 if long else 1000
    mailing_list, people = make_people(clerk, count)
    campaign = make_campaign(clerk, of_list(mailing_list))
    clerk.press(CAMPAIGN, [campaign], "_launch")
    job("set_page", people=PAGE)
    job.start("work")

    # From both ends, so that some are in the page that is just being prepared.
    deleted, renumbered, touched = [], [], set()
    while job.busy() and len(deleted) + len(renumbered) < count // 2:
        ahead = queued(system)
        gone = [p for p in people[ahead : ahead + 2 * PAGE : 3] if p not in touched]
        other = [
            p for p in people[ahead + 1 : ahead + 2 * PAGE : 3] if p not in touched
        ]
        clerk("begin")
        clerk("unlink", model="mailing.contact", ids=gone)
        clerk("commit")
        for person in other[:2]:
            new = number(50_000 + person)
            clerk("begin")
            clerk(
                "write", model="mailing.contact", ids=[person], values={"mobile": new}
            )
            clerk("commit")
            renumbered.append(person)
        deleted += gone
        touched |= {*gone, *other}
    job.result()

    assert state(system, campaign) == "sending"
    assert deleted and renumbered
    rest = {number(n) for n, person in enumerate(people) if person not in touched}
    # Of who was deleted meanwhile nothing is kept but that they were left out.
    kept = "FROM sms_sms WHERE number <> ''"
    rows = [row[0] for row in system.sql(f"SELECT number {kept}")]
    assert len(rows) == len(set(rows))
    gone = "left_out AND failure_type = 'sms_rendering' AND res_id IS NULL"
    nameless = f"SELECT count(*) FROM sms_sms WHERE number = '' AND NOT ({gone})"
    assert system.sql(nameless) == [(0,)]
    assert rest <= set(rows)
    once = {number(n) for n, p in enumerate(people) if p in touched}
    once |= {number(50_000 + person) for person in renumbered}
    assert set(rows) - rest <= once
    by_person = system.sql(f"SELECT count(*) {kept} GROUP BY res_id")
    assert set(by_person) == {(1,)}
    assert not job.errors()
