"""The benchmarks of delivery reports: posted to a server, applied to what Odoo shows.

The server is one Odoo process with its cron threads, so that what it accepts is being
applied meanwhile. Messages are those of mailings: each with its tracker, trace, chatter
message and notification, made before the clock starts.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from tests.faults.callbacks.posting import Post, post_all

from .benchmark import Sample, benchmark

CONNECTIONS = 8
POSTED = 2_000
POSTED_TO_TWILIO = 500
APPLIED = 5_000


@benchmark()
def callbacks_per_s(system) -> Iterator[Sample]:
    """Delivery reports that one Odoo process accepts a second."""
    messages = system.sent(POSTED)
    with system.server() as server:
        for _run in range(system.runs):
            messages.reset()
            began = time.monotonic()
            seconds = _post(server.url, messages.posts())
            messages.wait_applied()
            applied = time.monotonic() - began
            messages.check_delivered()
            yield Sample(POSTED / seconds, {"accepted": seconds, "applied": applied})


@benchmark(floor=3.0, aim=5.0)
def callbacks_vs_twilio(system) -> Iterator[Sample]:
    """Reports accepted a second, 2,000 of ours against 500 of sms_twilio's route."""
    ours, theirs = system.sent(POSTED), system.sent_by_twilio(POSTED_TO_TWILIO)
    with system.server() as server:
        for _run in range(system.runs):
            theirs.reset()
            twilio = _post(server.url, theirs.posts())
            theirs.check_delivered()
            ours.reset()
            su_sms = _post(server.url, ours.posts())
            ours.wait_applied()
            ours.check_delivered()
            ratio = (POSTED / su_sms) / (POSTED_TO_TWILIO / twilio)
            yield Sample(ratio, {"twilio": twilio, "su_sms": su_sms})


@benchmark(floor=1_000.0)
def apply_per_s(system) -> Iterator[Sample]:
    """Reports applied a second: message, tracker, trace, notification and the bus."""
    messages = system.sent(APPLIED)
    for _run in range(system.runs):
        messages.reset()
        messages.receive()
        seconds = messages.apply()
        messages.check_delivered()
        yield Sample(APPLIED / seconds, {"su_sms": seconds})


def _post(url: str, posts: list[Post]) -> float:
    """Post all, each of which is to be answered 200; return the seconds it took."""
    began = time.monotonic()
    statuses = post_all(url, posts, CONNECTIONS)
    seconds = time.monotonic() - began
    assert set(statuses) == {200}, set(statuses)
    return seconds
