"""The hours in which promotional SMS may go."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from su_sms.dispatch.timing.window import (
    Window,
    closing,
    done_at,
    is_open,
    next_open,
    today,
    tomorrow,
)

NAIROBI = Window(8.0, 18.0, "Africa/Nairobi")  # three hours ahead of UTC
NIGHT = Window(22.0, 6.0, "Africa/Nairobi")
BERLIN = Window(8.0, 18.0, "Europe/Berlin")

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1))
HOURS = st.integers(0, 96).map(lambda quarters: quarters / 4) | st.floats(0, 24)
WINDOWS = st.builds(
    Window, HOURS, HOURS, st.sampled_from(["Africa/Nairobi", "Europe/Berlin", "UTC"])
)


@pytest.mark.parametrize(
    ("window", "moment", "open_", "opens"),
    [
        (NAIROBI, "2026-03-02 04:59:59", False, "2026-03-02 05:00"),
        (NAIROBI, "2026-03-02 05:00", True, "2026-03-02 05:00"),
        (NAIROBI, "2026-03-02 14:59:59", True, "2026-03-02 14:59:59"),
        (NAIROBI, "2026-03-02 15:00", False, "2026-03-03 05:00"),
        (NIGHT, "2026-03-02 18:59", False, "2026-03-02 19:00"),
        (NIGHT, "2026-03-02 23:30", True, "2026-03-02 23:30"),
        (NIGHT, "2026-03-03 03:00", False, "2026-03-03 19:00"),
        # the wall clock counts, also on the day that clocks change
        (BERLIN, "2026-03-28 06:59", False, "2026-03-28 07:00"),
        (BERLIN, "2026-03-29 06:00", True, "2026-03-29 06:00"),
        # an hour that is left out in spring is one of the next day
        (Window(2, 3, "Europe/Berlin"), "2026-03-29 00:30", False, "2026-03-30 00:00"),
        (Window(8.5, 17.75, "UTC"), "2026-03-02 08:29", False, "2026-03-02 08:30"),
        (Window(0.0, 24.0, "UTC"), "2026-03-02 23:59", True, "2026-03-02 23:59"),
        (Window(9.0, 9.0, "UTC"), "2026-03-02 03:00", True, "2026-03-02 03:00"),
        # what no clock shows is no time between
        (Window(8.0, 8.005, "UTC"), "2026-03-02 03:00", True, "2026-03-02 03:00"),
        (Window(23.999, 24.0, "UTC"), "2026-03-02 03:00", True, "2026-03-02 03:00"),
        (Window(24.0, 0.001, "UTC"), "2026-03-02 03:00", True, "2026-03-02 03:00"),
        (Window(8.0, 7.995, "UTC"), "2026-03-02 03:00", True, "2026-03-02 03:00"),
    ],
)
def test_open_and_next_open(window: Window, moment: str, open_: bool, opens: str):
    now = datetime.fromisoformat(moment)
    assert is_open(window, now) is open_
    assert next_open(window, now) == datetime.fromisoformat(opens)


@pytest.mark.parametrize(
    ("window", "moment", "closes"),
    [
        (NAIROBI, "2026-03-02 06:00", "2026-03-02 15:00"),
        # at night those that come next
        (NAIROBI, "2026-03-02 18:00", "2026-03-03 15:00"),
        (NIGHT, "2026-03-02 20:00", "2026-03-03 03:00"),
    ],
)
def test_when_the_hours_end(window: Window, moment: str, closes: str):
    assert closing(window, datetime.fromisoformat(moment)) == datetime.fromisoformat(
        closes
    )


@pytest.mark.parametrize(
    ("window", "start", "hours", "end"),
    [
        (NAIROBI, "2026-03-02 06:00", 2, "2026-03-02 08:00"),
        (NAIROBI, "2026-03-02 14:00", 3, "2026-03-03 07:00"),
        (NAIROBI, "2026-03-02 20:00", 1, "2026-03-03 06:00"),
        (NAIROBI, "2026-03-02 05:00", 25, "2026-03-04 10:00"),
        (Window(0.0, 0.0, "UTC"), "2026-03-02 20:00", 30, "2026-03-04 02:00"),
    ],
)
def test_work_rests_outside(window: Window, start: str, hours: float, end: str):
    begun = datetime.fromisoformat(start)
    assert done_at(window, begun, hours * 3600) == datetime.fromisoformat(end)


@given(WINDOWS, MOMENTS)
def test_the_next_opening_is_open_and_the_first(window: Window, now: datetime):
    opens = next_open(window, now)
    assert opens >= now
    assert is_open(window, opens)
    if opens > now:
        assert not is_open(window, opens - timedelta(seconds=1))
        assert opens - now <= timedelta(hours=25)


@given(WINDOWS, MOMENTS, st.floats(0, 100_000))
def test_work_ends_no_sooner_than_it_takes(window, now: datetime, seconds: float):
    assert done_at(window, now, seconds) >= now + timedelta(seconds=int(seconds))


def test_the_day_is_that_of_the_zone():
    late = datetime(2026, 3, 1, 22, 30)
    assert today("Africa/Nairobi", late).isoformat() == "2026-03-02"
    assert tomorrow("Africa/Nairobi", late) == datetime(2026, 3, 2, 21)
