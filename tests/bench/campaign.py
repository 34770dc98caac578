"""The benchmarks of campaigns: from a mailing list to messages, and on to outcomes.

Beside SMS Marketing's own mailings, to the same people with the same text, a
placeholder in it. Both sides make their messages and commit them; the clock stops when
all are in the queue, or accepted.
"""

from __future__ import annotations

import itertools
import json
import statistics
import subprocess
import sys
from collections.abc import Iterator

from . import people
from .benchmark import Sample, benchmark
from .dispatch import LATENCY

PEOPLE = 10_000
MANY = 100_000
# Each with how often it is measured: what takes a tenth of a second varies most.
SIZES = {1_000: 5, PEOPLE: 3, MANY: 1}


@benchmark(floor=4.0, aim=10.0)
def prepare_vs_mailing(system) -> Iterator[Sample]:
    """10,000 people of a mailing list to messages, against SMS Marketing."""
    theirs = people.make_list(system.baseline, PEOPLE)
    for _run in range(system.runs):
        people.forget(system.baseline)
        odoo = people.prepare_mailing(system.baseline, theirs, PEOPLE)
        ours = people.make_list(system.database, PEOPLE)
        campaign, count = people.make_campaign(system.database, ours, people.PERSONAL)
        su_sms = people.prepare(system.database, campaign, PEOPLE)
        yield Sample(odoo / su_sms, {"odoo": odoo, "su_sms": su_sms, "count": count})


@benchmark(most=200.0)
def prepare_100k_mb(system) -> Iterator[Sample]:
    """Megabytes that a process grows by while it prepares 100,000 people.

    As many as with a text of many placeholders, each with a thousand characters to fill
    in: nobody but one gets that, and it is kept for nobody.
    """
    for _run in range(system.runs):
        mailing_list = people.make_list(system.database, MANY)
        campaign, count = people.make_campaign(
            system.database, mailing_list, people.PERSONAL
        )
        usual = _grown(system, campaign, MANY)
        mailing_list = people.make_list(system.database, PEOPLE)
        people.name_at_length(system.database)
        campaign, _count = people.make_campaign(
            system.database, mailing_list, people.REPEATED
        )
        long = _grown(system, campaign, 1)
        yield Sample(
            max(usual["mb"], long["mb"]),
            {"su_sms": usual["seconds"], "count": count, "long_texts": long["seconds"]},
        )


def _grown(system, campaign: int, count: int) -> dict[str, float]:
    """Prepare a campaign in a process of its own; return its megabytes and seconds.

    :param count: messages that are queued then
    """
    command = [sys.executable, "-m", "tests.bench.memory"]
    command += [system.database.db_name, str(campaign), str(count)]
    if system.settings:
        command += ["--config", system.settings]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(told.stdout)


@benchmark(floor=2.0)
def campaign_end_to_end(system) -> Iterator[Sample]:
    """10,000 people, one text: launch to all accepted; Odoo's provider is instant.

    The gateway is as it is created, 8 requests side by side; a request takes 200 ms.
    """
    theirs = people.make_list(system.baseline, PEOPLE)
    for _run in range(system.runs):
        people.forget(system.baseline)
        odoo = people.prepare_mailing(system.baseline, theirs, PEOPLE, people.SAME)
        odoo_sends = system.odoo_sends(PEOPLE)
        prepare, send = _campaign(system, PEOPLE, LATENCY)
        yield Sample(
            (odoo + odoo_sends) / (prepare + send),
            {
                "odoo_prepares": odoo,
                "odoo_sends": odoo_sends,
                "prepare": prepare,
                "send": send,
            },
        )


@benchmark(most=1.2)
def campaign_growth(system) -> Iterator[Sample]:
    """Seconds a recipient, ten times as many people: how much more, at worst."""
    for _run in range(system.runs):
        taken = {
            size: [
                statistics.median(step)
                for step in zip(
                    *(_campaign(system, size, 0) for _time in range(times)), strict=True
                )
            ]
            for size, times in SIZES.items()
        }
        growth = [
            few * taken[more][step] / (more * taken[few][step])
            for few, more in itertools.pairwise(SIZES)
            for step in (0, 1)
        ]
        seconds = {
            f"{name}_{size}": taken[size][step]
            for size in SIZES
            for step, name in enumerate(("prepare", "send"))
        }
        yield Sample(max(growth), seconds)


def _campaign(system, count: int, latency: float) -> tuple[float, float]:
    """Return the seconds of preparing and of sending a campaign of one text."""
    mailing_list = people.make_list(system.database, count)
    system.ready(latency=latency)
    campaign, _count = people.make_campaign(system.database, mailing_list, people.SAME)
    prepare = people.prepare(system.database, campaign, count)
    return prepare, system.su_sms_sends(count)
