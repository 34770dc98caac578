"""The provider cannot be reached for a while."""

import random
import re
from datetime import datetime, timezone

import pytest

from ..system import ON_THE_WIRE, SIDE_BY_SIDE, System, messages, until
from ..workers import Worker

TWO_HOURS = 7200
# A probe when the outage begins, then waits of 15 s doubled up to 300 s, each at
# least three quarters of that; and a wave that was under way.
PROBES = 4 + 5 + TWO_HOURS // 225
TRY = re.compile(r"su_sms\.africastalking: .* numbers: ")


def test_what_is_under_way_when_the_network_is_cut_is_not_sent_again(
    system: System, worker: Worker, rng: random.Random, long: bool
) -> None:
    count, cuts = (3000, 20) if long else (400, 3)
    system.admin.settings(latency_ms=50)
    worker.queue(messages(count))

    ahead = 0
    for sent in sorted(rng.sample(range(1, count // 2), cuts)):
        worker.start("run_cron")
        until(lambda sent=sent: system.accepted() >= sent, f"{sent} messages sent")
        system.admin.fault("reset_before", times=1)
        system.admin.fault("reset_after", times=SIDE_BY_SIDE - 1)
        # a probe is alone: it leaves the other resets to nobody
        until(
            lambda: not system.admin.faults() or not worker.busy(),
            "requests that the cut meets",
        )
        system.admin.fault("refuse")
        worker.result()
        assert system.states()["outgoing"], "it had sent all before the cut"
        [(held_for,)] = system.sql("SELECT hold_reason FROM sms_gateway_config")
        assert held_for in ("reset", "down")
        system.admin.clear_faults()
        ahead += 3600
        worker("set_clock", ahead=ahead)
    worker("run_cron")

    states = system.judge()
    assert states.total() == count
    assert not states["outgoing"]
    assert 0 < states["unknown"] <= cuts * ON_THE_WIRE


@pytest.mark.parametrize("fault", ["refuse", "http_503"])
def test_two_hours_of_outage_cost_a_probe_at_a_time_then_all_is_sent_urgent_first(
    system: System, worker: Worker, long: bool, fault: str
) -> None:
    count = 2000 if long else 300
    system.admin.fault(fault, times=None)
    urgent = messages(10, first=count, priority="2")
    worker.queue(messages(count, priority="0") + urgent)

    began, ahead = now(), 0.0
    while ahead < TWO_HOURS:
        worker("set_clock", ahead=ahead)
        worker("run_cron")
        [(retry_at,)] = system.sql("SELECT retry_at FROM sms_gateway_config")
        assert (retry_at - began).total_seconds() > ahead, "it would be tried at once"
        ahead = (retry_at - began).total_seconds() + 1
    tries = len(TRY.findall(worker.log.read_text()))
    assert TWO_HOURS // 375 < tries <= PROBES
    assert system.judge() == {"outgoing": count + len(urgent)}

    system.admin.clear_faults()
    worker("set_clock", ahead=ahead)
    worker("run_cron")
    assert system.judge() == {"pending": count + len(urgent)}
    # those that start side by side arrive in any order
    first = sorted({entry["request"] for entry in system.admin.ledger()})
    first = first[: len(urgent) + SIDE_BY_SIDE]
    requests = {each["number"]: each["request"] for each in system.admin.ledger()}
    assert all(requests[row["number"]] in first for row in urgent)


def now() -> datetime:
    """Return the time in UTC, naive as Odoo's."""
    return datetime.now(timezone.utc).replace(tzinfo=None)
