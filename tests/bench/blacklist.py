"""What it costs to ask, of every promotional message, whether its number opted out."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from unittest import mock

from .benchmark import Sample, benchmark
from .dispatch import LATENCY, SIDE_BY_SIDE, bulk_rows

ENTRIES = 100_000


@benchmark(floor=0.98)
def blacklist_overhead(system) -> Iterator[Sample]:
    """10,000 promotional messages, 100,000 opted out: sending's part of the time.

    The rest is the check's. Two whole runs differ by more than it takes, and within a
    run it waits for the threads that send: so the questions that a run has asked are
    asked again when all is still. Whole runs with and without entries are shown beside.
    """
    rows = [row | {"message_class": "promotional"} for row in bulk_rows()]
    for _run in range(system.runs):
        without, few = _measure(system, rows, 0)
        with_entries, many = _measure(system, rows, ENTRIES)
        seconds = {"without": without, "with": with_entries}
        seconds |= {"check_without": few, "check_with": many}
        yield Sample(1 - many / with_entries, seconds)


def _measure(system, rows: list[dict[str, str]], entries: int) -> tuple[float, float]:
    """Return the seconds of a run, and those that its questions take alone."""
    outbox = sys.modules["odoo.addons.su_sms.dispatch.outbox"]
    ask, asked = outbox._blocked, []

    def remember(cr, gateway, candidates):
        candidates = list(candidates)
        asked.append((gateway, candidates))
        return ask(cr, gateway, candidates)

    with mock.patch.object(outbox, "_blocked", remember):
        seconds = system.su_sms(
            rows,
            latency=LATENCY,
            concurrency=SIDE_BY_SIDE,
            prepare=lambda cr: _fill(cr, entries),
        )
    with system.database.cursor() as cr:
        began = time.perf_counter()
        for gateway, candidates in asked:
            ask(cr, gateway, candidates)
        alone = time.perf_counter() - began
    assert sum(len(candidates) for _gateway, candidates in asked) >= len(rows)
    return seconds, alone


def _fill(cr, entries: int) -> None:
    """Put this many numbers on the blacklist, and no others."""
    cr.execute("TRUNCATE phone_blacklist, sms_blacklist, sms_consent")
    cr.execute(
        """
        WITH lines AS (
            INSERT INTO sms_consent (number, kind, reason, channel, date)
                 SELECT '+2547120' || lpad(n::text, 5, '0'), 'optout', 'stop', 'sms',
                        now() AT TIME ZONE 'UTC'
                   FROM generate_series(0, %s - 1) AS n
              RETURNING id, number, date
        ), phones AS (
            INSERT INTO phone_blacklist (number, active)
                 SELECT number, TRUE FROM lines
              RETURNING id, number
        )
        INSERT INTO sms_blacklist
                    (phone_blacklist_id, consent_id, reason, channel, date)
             SELECT phones.id, lines.id, 'stop', 'sms', lines.date
               FROM phones JOIN lines USING (number)
        """,
        [entries],
    )
    for table in ("phone_blacklist", "sms_blacklist", "sms_consent"):
        cr.execute(f"ANALYZE {table}")
