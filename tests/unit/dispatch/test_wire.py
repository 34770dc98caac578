"""Requests side by side, and what becomes of one for which there is no thread."""

from __future__ import annotations

import queue
from types import SimpleNamespace

import pytest

from su_sms.dispatch import process
from su_sms.dispatch.wire import Wire


class Client:
    """Say what was sent."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, chunk, watch) -> list[str]:
        self.sent.append(chunk.text)
        return ["accepted"] * len(chunk.numbers)


def claim(text: str) -> SimpleNamespace:
    row = SimpleNamespace(number="+254711000001")
    return SimpleNamespace(rows=[row], text=text, sender="", token=text)


def share(slots: int) -> SimpleNamespace:
    return SimpleNamespace(slots=slots, numbers=1000, note=None)


@pytest.fixture
def returned() -> queue.SimpleQueue:
    return queue.SimpleQueue()


def test_what_has_no_thread_is_never_sent(monkeypatch, returned, caplog):
    client = Client()
    wire = Wire(client, returned, share(8))
    assert wire.put(claim("one"))
    returned.get(timeout=10)

    def no_thread(*_args, **_options):
        raise process.NoThread("can't start new thread")

    monkeypatch.setattr(process, "start", no_thread)
    assert not wire.put(claim("two"))
    assert not wire.free
    # The one thread that there is goes on.
    wire.done(claim("one"))
    assert wire.free == 1
    assert wire.put(claim("three"))
    returned.get(timeout=10)
    wire.close()

    assert client.sent == ["one", "three"]
    assert "1 requests at once" in caplog.text


def test_there_are_no_more_threads_than_requests_at_once(monkeypatch, returned):
    started = []
    start = process.start

    def count(*args, **options):
        started.append(args)
        return start(*args, **options)

    monkeypatch.setattr(process, "start", count)
    wire = Wire(Client(), returned, share(8))
    for text in "abcde":
        assert wire.put(claim(text))
        returned.get(timeout=10)
        wire.done(claim(text))
    wire.close()
    assert len(started) == 1
