"""Samples of rules: what is in a file, and what has to become of it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

from dev.port.rule import Rule

PATH = PurePath("models/message/sms_sms.py")


def check(rules: Sequence[Rule], samples: dict[str, tuple[str, str]]) -> None:
    """Check that each rule has a sample, and makes of it what it should."""
    made = {
        rule.why: replace(rule, needs="").apply(PATH, samples[rule.why][0])[0]
        for rule in rules
        if rule.why in samples
    }
    assert made == {why: after for why, (_before, after) in samples.items()}
    assert {rule.why for rule in rules} == set(samples)
    assert len(rules) == len(samples)
