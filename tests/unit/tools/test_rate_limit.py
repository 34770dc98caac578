"""How much one address may ask of us."""

from __future__ import annotations

import pytest

from su_sms.tools import rate_limit
from su_sms.tools.rate_limit import RateLimit, whose


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_so_many_at_once_and_then_some_more_each_second():
    clock = Clock()
    guesses = RateLimit(2, 0.5, clock)
    assert [guesses.take("a") for _try in range(3)] == [True, True, False]
    assert guesses.spent("a")
    assert not guesses.spent("b")
    clock.now = 2.0
    assert not guesses.spent("a")
    assert [guesses.take("a") for _try in range(2)] == [True, False]


def test_to_ask_whether_any_is_left_takes_none():
    guesses = RateLimit(1, 0)
    assert not any(guesses.spent("a") for _try in range(3))
    assert guesses.take("a")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8::1", "2001:db8::ffff:0:0:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("", "", True),
        ("unix:", "unix:", True),
    ],
)
def test_who_has_a_network_of_ipv6_is_one(one, other, same):
    assert (whose(one) == whose(other)) is same


def test_who_is_back_at_the_start_is_forgotten_and_nobody_else(monkeypatch):
    monkeypatch.setattr(rate_limit, "REMEMBERED", 10)
    clock = Clock()
    guesses = RateLimit(1, 1, clock)
    for n in range(30):
        assert guesses.take(n)
    assert not any(guesses.take(n) for n in range(30))
    clock.now = 5.0
    for n in range(100, 150):
        guesses.take(n)
    assert len(guesses._levels) <= 60
    assert not any(guesses.take(n) for n in range(100, 150))
