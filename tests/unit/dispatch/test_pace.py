"""So many messages a minute, without bursts."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from su_sms.dispatch.timing import pace

NOW = datetime(2026, 3, 2, 9)


def test_an_idle_pace_has_room_for_some_seconds_at_once():
    assert pace.room(None, 600, NOW) == 50
    assert pace.room(NOW - timedelta(days=1), 600, NOW) == 50


def test_a_slow_pace_has_room_for_one():
    assert pace.room(None, 1, NOW) == 1
    until = pace.after(None, 1, NOW, 1)
    assert pace.room(until, 1, NOW) == 0
    assert pace.opens(until, 1, NOW) == NOW + timedelta(minutes=1)


def test_a_pace_too_slow_to_wait_for_goes_a_minute_at_a_time():
    assert pace.room(None, 12, NOW) == 12
    until = pace.after(None, 12, NOW, 12)
    assert pace.room(until, 12, NOW) == 0
    assert pace.room(until, 12, NOW + timedelta(minutes=1)) == 12


def test_a_filled_pace_opens_after_a_second():
    until = pace.after(None, 600, NOW, 50)
    assert pace.room(until, 600, NOW) == 0
    opens = pace.opens(until, 600, NOW)
    assert opens == NOW + timedelta(seconds=1)
    assert pace.room(until, 600, opens) == 10


def test_a_pace_that_was_lowered_has_no_room_rather_than_less_than_none():
    until = pace.after(None, 600, NOW, 6000)
    assert pace.room(until, 1, NOW) == 0
    assert pace.opens(until, 1, NOW) > NOW + timedelta(minutes=9)


@given(
    st.integers(1, 60_000),
    st.lists(st.floats(0.0, 20.0), min_size=1, max_size=60),
)
def test_no_minute_has_more_than_the_pace_and_a_burst(per_minute, pauses):
    now, until, left = NOW, None, []
    for pause in pauses:
        now += timedelta(seconds=pause)
        count = pace.room(until, per_minute, now)
        assert count >= 0
        if count:
            until = pace.after(until, per_minute, now, count)
            left.append((now, count))
    burst = per_minute * pace.burst(per_minute) / 60
    for since, _count in left:
        within = sum(
            count for at, count in left if since <= at < since + timedelta(minutes=1)
        )
        assert within <= per_minute + burst + 1


@given(st.integers(1, 60_000), st.integers(1, 1000))
def test_when_it_opens_there_is_room(per_minute, count):
    until = pace.after(None, per_minute, NOW, count)
    opens = pace.opens(until, per_minute, NOW)
    assert pace.room(until, per_minute, opens + timedelta(milliseconds=1)) >= 1
