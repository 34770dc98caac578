"""The window: hours of the day in which promotional SMS may go.

Pure; moments are naive UTC as Odoo's, hours are floats of local time (8.5 is 8:30).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import pytz

# Minutes of a day.
DAY = 24 * 60


class Window(NamedTuple):
    """Hours from ``start`` to ``end`` of each day in a time zone.

    Equal hours mean the whole day; an end before the start is the next day's. Hours are
    told, and compared, to the minute.
    """

    start: float
    end: float
    zone: str

    @property
    def always(self) -> bool:
        """Tell whether there is no hour outside."""
        return (_minutes(self.end) - _minutes(self.start)) % DAY == 0


def is_open(window: Window, now: datetime) -> bool:
    """Tell whether a message may go now."""
    return window.always or any(
        opens <= now < closes for opens, closes in _days(window, now)
    )


def next_open(window: Window, now: datetime) -> datetime:
    """Return the moment from which a message may go: now, or when the window opens."""
    if is_open(window, now):
        return now
    return min(opens for opens, _closes in _days(window, now) if opens > now)


def closing(window: Window, now: datetime) -> datetime:
    """Return when the present or next hours end; never if there are none."""
    if window.always:
        return datetime.max
    opens = next_open(window, now)
    return min(c for o, c in _days(window, opens) if o <= opens < c)


def done_at(window: Window, start: datetime, seconds: float) -> datetime:
    """Return when work that takes so many seconds is done if it rests outside.

    A year at most: beyond it the answer is no more than "a very long time".
    """
    if window.always:
        return start + timedelta(seconds=seconds)
    now, left = next_open(window, start), timedelta(seconds=seconds)
    for _day in range(366):
        closes = closing(window, now)
        if now + left <= closes:
            return now + left
        left -= closes - now
        now = next_open(window, closes)
    return now


def today(zone: str, now: datetime) -> date:
    """Return the date in a time zone."""
    return _local(zone, now).date()


def tomorrow(zone: str, now: datetime) -> datetime:
    """Return the moment at which the next day begins in a time zone."""
    return _utc(zone, today(zone, now) + timedelta(days=1), 0)


def _days(window, now):
    """Return (opens, closes) of the days around a moment."""
    local = _local(window.zone, now).date()
    start, end = _minutes(window.start), _minutes(window.end)
    if end <= start:
        end += DAY
    days = []
    for offset in (-1, 0, 1, 2):
        day = local + timedelta(days=offset)
        opens, closes = (_utc(window.zone, day, minutes) for minutes in (start, end))
        # the hour that clocks leave out in spring is no hour
        if opens < closes:
            days.append((opens, closes))
    return days


def _minutes(hours):
    return round(hours * 60)


def _utc(zone, day, minutes):
    # The wall clock is what the rule is about, also on the day that clocks change.
    days, minutes = divmod(minutes, DAY)
    day += timedelta(days=days)
    local = datetime.combine(day, time(*divmod(minutes, 60)))
    return _zone(zone).localize(local).astimezone(pytz.utc).replace(tzinfo=None)


def _local(zone, now):
    return pytz.utc.localize(now).astimezone(_zone(zone))


def _zone(name):
    return pytz.timezone(name or "UTC")
