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
def prepare_vs_mailing(rig) -> Iterator[Sample]:
    """10,000 people of a mailing list to messages, against SMS Marketing."""
    theirs = people.make_list(rig.baseline, PEOPLE)
    for _run in range(rig.runs):
        people.forget(rig.baseline)
        odoo = people.prepare_mailing(rig.baseline, theirs, PEOPLE)
        ours = people.make_list(rig.database, PEOPLE)
        campaign, check = people.make_campaign(rig.database, ours, people.PERSONAL)
        su_sms = people.prepare(rig.database, campaign, PEOPLE)
        yield Sample(odoo / su_sms, {"odoo": odoo, "su_sms": su_sms, "check": check})


@benchmark(most=200.0)
def prepare_100k_mb(rig) -> Iterator[Sample]:
    """Megabytes that a process grows by while it prepares 100,000 people.

    As many as with a text of many placeholders, each with a thousand characters to fill
    in: nobody but one gets that, and it is kept for nobody.
    """
    for _run in range(rig.runs):
        mailing_list = people.make_list(rig.database, MANY)
        campaign, check = people.make_campaign(
            rig.database, mailing_list, people.PERSONAL
        )
        usual = _grown(rig, campaign, MANY)
        mailing_list = people.make_list(rig.database, PEOPLE)
        people.name_at_length(rig.database)
        campaign, _check = people.make_campaign(
            rig.database, mailing_list, people.REPEATED
        )
        long = _grown(rig, campaign, 1)
        yield Sample(
            max(usual["mb"], long["mb"]),
            {"su_sms": usual["seconds"], "check": check, "long_texts": long["seconds"]},
        )


def _grown(rig, campaign: int, count: int) -> dict[str, float]:
    """Prepare a campaign in a process of its own; give its megabytes and seconds.

    :param count: messages that are queued then
    """
    command = [sys.executable, "-m", "tests.bench.memory"]
    command += [rig.database.db_name, str(campaign), str(count)]
    if rig.settings:
        command += ["--config", rig.settings]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(told.stdout)


@benchmark(floor=2.0)
def campaign_end_to_end(rig) -> Iterator[Sample]:
    """10,000 people, one text: launch to all accepted; Odoo's provider is instant.

    The gateway is as it is created, 8 requests side by side; a request takes 200 ms.
    """
    theirs = people.make_list(rig.baseline, PEOPLE)
    for _run in range(rig.runs):
        people.forget(rig.baseline)
        odoo = people.prepare_mailing(rig.baseline, theirs, PEOPLE, people.SAME)
        odoo_sends = rig.odoo_sends(PEOPLE)
        prepare, send = _campaign(rig, PEOPLE, LATENCY)
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
def campaign_growth(rig) -> Iterator[Sample]:
    """Seconds a recipient, ten times as many people: how much more, at worst."""
    for _run in range(rig.runs):
        taken = {
            size: [
                statistics.median(step)
                for step in zip(
                    *(_campaign(rig, size, 0) for _time in range(times)), strict=True
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


def _campaign(rig, count: int, latency: float) -> tuple[float, float]:
    """Give the seconds of preparing and of sending a campaign of one text."""
    mailing_list = people.make_list(rig.database, count)
    rig.ready(latency=latency)
    campaign, _check = people.make_campaign(rig.database, mailing_list, people.SAME)
    prepare = people.prepare(rig.database, campaign, count)
    return prepare, rig.su_sms_sends(count)
