"""A person handles messages at the moment at which somebody else has them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ..system import System, messages, until, waits_for_a_lock
from ..workers import OrderFailed, Worker

MESSAGES = "sms.sms"


def test_what_another_cancels_at_this_moment_is_waited_for(
    system: System, workers: Callable[[int], list[Worker]]
) -> None:
    first, second = workers(2)
    waiting = first.queue(messages(20))

    first.start_press(MESSAGES, waiting[:5], "action_set_canceled", wait=True)
    assert first.result("waiting")
    second.start_press(MESSAGES, waiting, "action_set_canceled")
    until(lambda: waits_for_a_lock(system), "the second waits for the first")
    first.go_on()
    first.result()
    second.result()

    assert system.states() == {"canceled": 20}


def test_what_is_claimed_at_this_moment_is_not_cancelled(
    system: System, workers: Callable[[int], list[Worker]]
) -> None:
    [worker] = workers(1)
    waiting = worker.queue(messages(20))

    with system.claiming(waiting[:5]):
        worker.start_press(MESSAGES, waiting, "action_set_canceled")
        until(lambda: waits_for_a_lock(system), "the person waits for the dispatcher")
    with pytest.raises(OrderFailed, match="has been sent can't be cancelled"):
        worker.result()

    assert system.states() == {"outgoing": 15, "process": 5}
