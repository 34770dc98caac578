"""Kill -9 of what forgets old messages: every one is on record or in the totals."""

from __future__ import annotations

import random

from .system import System, until

FILL = """
    INSERT INTO sms_sms (uuid, number, body, state, gateway_id, company_id, parts, cost,
                         currency_id, create_date)
    SELECT 'old ' || n, '+2547' || lpad(n::text, 8, '0'), 'Dear ' || n, 'sent', %s, 1,
           1 + n %% 3, 0.8, 1, now() - interval '800 days' + n * interval '1 minute'
      FROM generate_series(1, %s) n
"""
REMAINS = """
    SELECT sum(messages)::int, sum(parts)::int, sum(cost)
      FROM (SELECT 1 AS messages, parts, cost FROM sms_sms
             UNION ALL SELECT messages, parts, cost FROM sms_statistic) each
"""
# Steps done on messages: texts blanked, numbers hashed, messages removed.
DONE = """
    SELECT 3 * %s - count(*) FILTER (WHERE body IS NOT NULL)
                  - count(*) FILTER (WHERE number LIKE '+%%') - count(*)
      FROM sms_sms
"""


def test_killed_at_any_moment_nothing_is_lost_or_counted_twice(
    system: System, workers, rng: random.Random, long: bool
) -> None:
    count, kills = (100_000, 15) if long else (16_000, 4)
    system.sql(FILL, [system.gateway, count])
    before = system.sql(REMAINS)
    first, *others = workers(kills + 1)
    doomed = first
    for progress, heir in zip(
        sorted(rng.sample(range(1, 3 * count * 9 // 10), kills)), others, strict=True
    ):
        doomed.start("forget")
        until(
            lambda progress=progress: system.sql(DONE, [count])[0][0] >= progress,
            f"{progress} steps",
        )
        doomed.kill()
        until(lambda: not system.transactions(), "the end of its transactions")
        assert system.sql(REMAINS) == before
        doomed = heir
    assert system.sql("SELECT count(*) FROM sms_sms")[0][0], "all were gone already"
    doomed("forget")

    assert system.sql("SELECT count(*) FROM sms_sms") == [(0,)]
    assert system.sql(REMAINS) == before
    assert doomed.errors() == []


def test_two_that_forget_at_once_count_each_message_once(
    system: System, workers
) -> None:
    system.sql(FILL, [system.gateway, 8000])
    before = system.sql(REMAINS)
    both = workers(2)
    for worker in both:
        worker.start("forget")
    for worker in both:
        worker.result()
    # What one skipped since the other was at it is left to the next run.
    both[0]("forget")

    assert system.sql("SELECT count(*) FROM sms_sms") == [(0,)]
    assert system.sql(REMAINS) == before
    assert [line for worker in both for line in worker.errors()] == []
