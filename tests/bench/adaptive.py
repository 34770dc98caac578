"""The benchmarks of a gateway that finds out how many requests its provider takes.

At the defaults: it begins with 8 at once and may have 64. Texts all differ, so that
each needs a request.
"""

from __future__ import annotations

from collections.abc import Iterator

from .benchmark import Sample, benchmark
from .dispatch import LATENCY, personal_rows

MANY = 10_000
# What the provider works on in a second, and how many more may wait before it refuses.
CAPACITY = 150
QUEUE = 40
ROWS = 4_000
# Seconds in which it is to have found out, and most that may be refused.
FOUND = 10
REFUSED = 0.01


@benchmark(most=40.0)
def personal_10k_s(system) -> Iterator[Sample]:
    """Seconds for 10,000 different texts, 200 ms a request, whatever the number."""
    for _run in range(system.runs):
        seconds = system.su_sms(personal_rows(MANY), latency=LATENCY)
        yield Sample(seconds, {"su_sms": seconds, "limit": MANY * LATENCY / 64})


@benchmark(floor=0.9)
def adaptive_capacity(system) -> Iterator[Sample]:
    """What is sent after 10 s, against what a provider takes: 150 a second, then 429.

    0 where more than one of a hundred requests was refused.
    """
    for _run in range(system.runs):
        seconds = system.su_sms(
            personal_rows(ROWS), latency=LATENCY, capacity=CAPACITY, queue=QUEUE
        )
        requests = system.requests()
        begun = requests[0]["time"]
        took = [each["time"] - begun for each in requests if each["accepted"]]
        last = max(took)
        later = sum(FOUND <= at for at in took) / (last - FOUND)
        refused = sum(each["status"] == 429 for each in requests) / len(requests)
        reached = later / CAPACITY if refused < REFUSED else 0.0
        yield Sample(
            reached, {"su_sms": seconds, "limit": ROWS / CAPACITY, "refused": refused}
        )
