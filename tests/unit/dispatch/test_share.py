"""What one run may have on the wire, and what little before anything has come back."""

from __future__ import annotations

import json
from types import SimpleNamespace

from su_sms.dispatch import process
from su_sms.dispatch.share import FIRST, Share
from su_sms.dispatch.timing.concurrency import BEGIN

CHUNK = 500


class Row:
    """The gateway's row, as a cursor knows it, and the database's clock."""

    def __init__(self) -> None:
        self.state: str | None = None
        self.now = 1000.0

    def execute(self, query: str, values: list) -> None:
        if query.startswith("UPDATE"):
            self.state = values[0]

    def fetchone(self) -> tuple[str | None, float]:
        return self.state, self.now

    def limit(self, count: int) -> None:
        """Let so many requests at once have been found out."""
        self.state = json.dumps({**json.loads(self.state), "limit": float(count)})


def share(most: int = 64) -> Share:
    gateway = SimpleNamespace(id=1, concurrency=64, chunk_size=CHUNK)
    return Share(gateway, f"{process.name()} {id(gateway)}", most)


def test_little_is_on_the_wire_before_anything_has_come_back():
    row, run = Row(), share()
    run.look(row, 0)
    assert (run.slots, run.numbers, run.chunk_size) == (BEGIN, FIRST, FIRST)
    run.note(FIRST, 0.2, "timeout")
    assert run.numbers == FIRST
    run.note(FIRST, 0.2, None)
    assert (run.numbers, run.chunk_size) == (2 * CHUNK, CHUNK)
    for _each in range(20):
        run.note(CHUNK, 0.2, None)
    assert run.numbers == BEGIN * CHUNK


def test_the_next_run_knows_that_something_has_come_back_just_now():
    row, run = Row(), share()
    run.look(row, 0)
    run.note(CHUNK, 0.2, None)
    run.look(row, 0)
    run.leave(row)
    row.now += 14
    soon = share()
    soon.look(row, 0)
    assert soon.numbers == BEGIN * CHUNK
    soon.leave(row)
    row.now += 2
    later = share()
    later.look(row, 0)
    assert later.numbers == FIRST


def test_what_is_in_doubt_does_not_grow_with_the_requests():
    row, run = Row(), share()
    run.look(row, 0)
    run.note(CHUNK, 0.2, None)
    row.limit(64)
    run.look(row, 0)
    assert run.slots == 64
    assert run.numbers == BEGIN * CHUNK


def test_together_they_have_no_more_numbers_on_the_wire():
    row, runs = Row(), [share() for _each in range(4)]
    runs[0].look(row, 0)
    runs[0].note(CHUNK, 0.2, None)
    row.limit(64)
    for _time in range(3):
        for run in runs:
            run.look(row, 0)
    assert [run.slots for run in runs] == [16] * 4
    assert sum(run.numbers for run in runs) == BEGIN * CHUNK


def test_a_run_for_few_messages_wants_no_more():
    row, run = Row(), share(2)
    run.look(row, 0)
    assert run.slots == 2


def test_of_a_gateway_that_is_deleted_there_is_nothing():
    class Gone(Row):
        def fetchone(self):
            return None

    run = share()
    run.look(Gone(), 0)
    assert run.slots == 0 and not run.hopeful
    run.leave(Gone())
