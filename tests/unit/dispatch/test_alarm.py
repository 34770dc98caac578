"""What is due in a while is done when it is due, once."""

from __future__ import annotations

import queue
import threading

import pytest

from su_sms.dispatch.timing.alarm import Alarm

LONG = 60


def test_it_rings_once_at_the_earliest_time_it_was_set_for():
    alarm, rung = Alarm(), queue.SimpleQueue()
    alarm.set("university", LONG, lambda: rung.put("first"))
    alarm.set("university", 0.05, lambda: rung.put("second"))
    alarm.set("university", LONG, lambda: rung.put("third"))
    assert rung.get(timeout=LONG / 2) == "first"
    with pytest.raises(queue.Empty):
        rung.get(timeout=0.2)


def test_each_key_has_its_own_time():
    alarm, rung = Alarm(), queue.SimpleQueue()
    alarm.set("slow", LONG, lambda: rung.put("slow"))
    alarm.set("quick", 0, lambda: rung.put("quick"))
    assert rung.get(timeout=LONG / 2) == "quick"


def test_it_can_be_set_again_while_it_rings():
    alarm, rung = Alarm(), queue.SimpleQueue()

    left = iter(range(3))

    def again():
        if (one := next(left, None)) is not None:
            rung.put(one)
            alarm.set("university", 0, again)

    alarm.set("university", 0, again)
    assert [rung.get(timeout=LONG / 2) for _time in range(3)] == [0, 1, 2]


def test_one_that_finds_no_thread_can_be_set_later(monkeypatch):
    alarm, rung = Alarm(), queue.SimpleQueue()

    def no_thread(_self):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", no_thread)
        with pytest.raises(RuntimeError):
            alarm.set("university", 0, lambda: rung.put("never"))
    alarm.set("university", 0, lambda: rung.put("later"))
    assert rung.get(timeout=LONG / 2) == "later"
