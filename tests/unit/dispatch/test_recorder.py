"""Outcomes that can't be put on record; PostgreSQL itself is in the fault tests."""

from __future__ import annotations

import contextlib
from datetime import datetime

import psycopg2
import pytest

from su_sms.dispatch import recorder
from su_sms.dispatch.outbox import Claim, Gateway, Row
from su_sms.dispatch.timing import backoff

GATEWAY = Gateway(1, 500, 8, 6, "", False, "KE")
NOW = datetime(2026, 1, 1)
BAD = 13


def request(*ids: int) -> tuple[Claim, list[str]]:
    """Return a finished request of these messages; an outcome is told by its name."""
    rows = tuple(Row(n, f"+2547110000{n:02d}", 0, 0) for n in ids)
    return Claim(GATEWAY, "Hello", rows, NOW), [f"outcome {n}" for n in ids]


class Database:
    """Stands in for journal and connection: takes outcomes, or is away."""

    def __init__(self) -> None:
        self.away = 0
        self.taken: list[tuple[int, str]] = []

    def open(self) -> None:
        """Do nothing."""

    close = open

    @contextlib.contextmanager
    def transaction(self):
        """Return a list of what is to be taken at the end."""
        if self.away:
            self.away -= 1
            raise psycopg2.OperationalError("the database is starting up")
        written: list[tuple[int, str]] = []
        yield written
        self.taken += written

    def record(self, written, requests, _now) -> None:
        """Write the outcomes, unless one is of a message that can't be written."""
        for claim, outcomes in requests:
            for row, outcome in zip(claim.rows, outcomes, strict=True):
                if row.id == BAD:
                    raise TypeError("a bug")
                written.append((row.id, outcome))


@pytest.fixture
def database(monkeypatch):
    database = Database()
    monkeypatch.setattr(recorder, "_record", database.record)
    return database


@pytest.fixture
def running(database):
    running = recorder.Recorder(database, lambda: NOW)
    running.start()
    yield running
    if running._thread.is_alive():
        running.close()


def test_one_bad_message_takes_no_other_along(database, running, caplog):
    requests = [request(1, 2), request(*range(10, 20)), request(30)]
    for each in requests:
        running.returned.put(each)
    running.close()

    assert running.collect() == requests
    others = {1, 2, *range(10, 20), 30} - {BAD}
    assert sorted(database.taken) == [(n, f"outcome {n}") for n in sorted(others)]
    assert [each.getMessage() for each in caplog.records] == [
        f"Message {BAD} can't be put on record: TypeError"
    ]


def test_what_the_database_did_not_take_goes_with_what_comes_after(
    database, running, monkeypatch
):
    monkeypatch.setattr(backoff, "DATABASE_SECONDS", -1)
    database.away = 1
    first, second = request(1), request(2)

    running.returned.put(first)
    with pytest.raises(psycopg2.OperationalError):
        running.collect(timeout=10)
    assert not database.taken
    running.returned.put(second)

    assert running.collect(timeout=10) == [first, second]
    assert database.taken == [(1, "outcome 1"), (2, "outcome 2")]


def test_what_the_database_did_not_take_goes_once_more_at_the_end(
    database, running, monkeypatch
):
    monkeypatch.setattr(backoff, "DATABASE_SECONDS", -1)
    database.away = 1
    running.returned.put(request(1))
    with pytest.raises(psycopg2.OperationalError):
        running.collect(timeout=10)
    running.close()
    assert database.taken == [(1, "outcome 1")]
