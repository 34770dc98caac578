"""How many are gone through before the clock is looked at."""

from __future__ import annotations

import pytest

from su_sms.tools.slices import FIRST, GROWTH, MOST, SECONDS, SLOW, Slices


class Work:
    """Something that takes its time for each that is gone through."""

    def __init__(self, seconds, each, count):
        self.now = 0.0
        slices = Slices(seconds, lambda: self.now)
        self.sizes = []
        while sum(self.sizes) < count and not slices.is_over:
            size = slices.some(count - sum(self.sizes))
            done = sum(self.sizes)
            self.now += sum(each(done + one) for one in range(size))
            self.sizes.append(size)


def test_what_takes_no_time_soon_goes_by_many():
    work = Work(2, lambda _at: 0.0, 10_000)
    assert sum(work.sizes) == 10_000
    assert work.sizes[:3] == [FIRST, 4 * FIRST, MOST]
    assert max(work.sizes) == MOST


@pytest.mark.parametrize("each", [0.0001, 0.001, 0.003, 0.01])
def test_what_takes_long_ends_when_it_should(each):
    work = Work(2, lambda _at: each, 1_000_000)
    assert 2 <= work.now < 2 + max(SECONDS, FIRST * each) + 0.01
    assert sum(work.sizes) < 2.6 / each + FIRST


def test_what_takes_long_all_at_once_ends_soon_after():
    work = Work(2, lambda at: 0.003 if at > 1500 else 0.0001, 1_000_000)
    assert work.now < 2 + MOST * 0.003


def test_no_more_than_there_may_be():
    work = Work(2, lambda _at: 0.0, 2)
    assert work.sizes == [2]


def test_without_an_end_it_goes_on():
    work = Work(float("inf"), lambda _at: 0.01, 3_000)
    assert sum(work.sizes) == 3_000


def test_slow_ones_are_given_up_and_the_next_are_fewer():
    now = 0.0
    slices = Slices(10, lambda: now)
    slices.some(1000)
    now = SLOW
    assert slices.is_slow
    slices.only(20)
    assert slices.some(1000) == FIRST // GROWTH
    assert not slices.is_slow
