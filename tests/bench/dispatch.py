"""The benchmarks of dispatch: from rows in the queue to outcomes on record.

Rows are created and committed before the clock starts, in databases of the same
content; both sides take them by `_process_queue`, as their cron does, until none is
left. Sides alternate, and each pair of runs gives one ratio.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from .benchmark import Sample, benchmark

BULK = 10_000
PERSONAL = 500
SIDE_BY_SIDE = 16
LATENCY = 0.2  # seconds that a request to the provider takes


def bulk_rows() -> list[dict[str, str]]:
    """Return one text for many numbers."""
    body = "Exams begin on Monday at 8:00. Bring your student card."
    return [{"number": _number(n), "body": body} for n in range(BULK)]


def personal_rows(count: int = PERSONAL) -> list[dict[str, str]]:
    """Return a text of its own to each number."""
    return [
        {"number": _number(n), "body": f"Student {n}: your fee balance is KES {n}."}
        for n in range(count)
    ]


@benchmark(floor=1.0, aim=2.0)
def bulk_vs_odoo(system) -> Iterator[Sample]:
    """10,000 of one text: us over HTTP, 16 side by side; Odoo's provider is instant."""
    return _bulk(system, SIDE_BY_SIDE)


# At the defaults, 500 numbers a request and 8 side by side, the latency alone is three
# times 0.2 s, and Odoo's own dispatch takes hardly longer. No floor was ever promised
# here; this one tells when it gets worse.
@benchmark(floor=0.7, aim=1.0)
def bulk_at_defaults(system) -> Iterator[Sample]:
    """The same with a gateway as it is created: 8 requests side by side."""
    return _bulk(system, None)


def _bulk(system, concurrency: int | None) -> Iterator[Sample]:
    for _run in range(system.runs):
        odoo = system.odoo(bulk_rows())
        ours = system.su_sms(bulk_rows(), latency=LATENCY, concurrency=concurrency)
        yield Sample(odoo / ours, {"odoo": odoo, "su_sms": ours})


# Numbers in a request, and requests that may carry so many at a time: see
# su_sms/dispatch/share.py.
CHUNK, FULL = 500, 8


@benchmark(floor=0.75, aim=0.9)
def bulk_efficiency(system) -> Iterator[Sample]:
    """10,000 of one text at the defaults, against what latency alone would take."""
    limit = math.ceil(BULK / CHUNK / FULL) * LATENCY
    for _run in range(system.runs):
        ours = system.su_sms(bulk_rows(), latency=LATENCY)
        yield Sample(limit / ours, {"limit": limit, "su_sms": ours})


@benchmark(floor=14.0, aim=16.0)
def personal_vs_twilio(system) -> Iterator[Sample]:
    """500 different texts: us with 16 requests side by side, against sms_twilio."""
    for _run in range(system.runs):
        twilio = system.twilio(personal_rows(), latency=LATENCY)
        ours = _personal(system)
        yield Sample(twilio / ours, {"twilio": twilio, "su_sms": ours})


@benchmark(floor=0.9, aim=0.95)
def personal_efficiency(system) -> Iterator[Sample]:
    """500 different texts, against what latency and concurrency allow at best."""
    limit = math.ceil(PERSONAL / SIDE_BY_SIDE) * LATENCY
    for _run in range(system.runs):
        ours = _personal(system)
        yield Sample(limit / ours, {"limit": limit, "su_sms": ours})


def _personal(system) -> float:
    return system.su_sms(personal_rows(), latency=LATENCY, concurrency=SIDE_BY_SIDE)


def _number(n: int) -> str:
    """Return a Kenyan mobile that the simulator treats as any other."""
    return f"+2547110{n:05d}"
