"""What one user sends in an hour, from several windows at once."""

from typing import Any

import pytest

from ..system import System, until, waits_for_a_lock
from ..workers import ADMIN, OrderFailed

COMPOSER = "sms.composer"


def test_two_composers_pressed_at_once_send_no_more_than_one_after_the_other(
    system: System, workers
) -> None:
    first, second = workers(2)
    system.sql("UPDATE sms_gateway_config SET hour_limit = 10")
    composers = [
        composer(first, [f"+25471234{place}6{tens}0" for place in range(8)])
        for tens in range(3)
    ]

    first.start_press(COMPOSER, composers[:1], "action_send_sms", wait=True)
    assert first.result("waiting")
    second.start_press(COMPOSER, composers[1:2], "action_send_sms")
    until(lambda: waits_for_a_lock(system), "the second waits for the first")
    first.go_on()
    first.result()

    with pytest.raises(OrderFailed, match="10 SMS per hour manually"):
        second.result()
    assert system.sql("SELECT count(*) FROM sms_sms") == [(8,)]


def test_what_is_posted_side_by_side_waits_for_its_hour_as_well(
    system: System, workers
) -> None:
    """A note with typed numbers is anybody's to post, and no composer."""
    first, second = workers(2)
    system.sql("UPDATE sms_gateway_config SET hour_limit = 10")
    notes = first.create("res.partner", [{"name": "One"}, {"name": "Two"}])

    first.start_press("res.partner", notes[:1], "message_post", wait=True, **sms(0))
    assert first.result("waiting")
    second.start_press("res.partner", notes[1:], "message_post", **sms(1))
    until(lambda: waits_for_a_lock(system), "the second waits for the first")
    first.go_on()
    first.result()
    second.result()

    held = system.sql("SELECT count(*) FROM sms_sms WHERE held_until IS NOT NULL")
    assert held == [(6,)]


def sms(tens: int) -> dict[str, Any]:
    """Return what posts a note that is sent to eight numbers."""
    numbers = [f"+25471234{place}7{tens}0" for place in range(8)]
    return {"body": "Come to room 4.", "message_type": "sms", "sms_numbers": numbers}


def composer(worker, numbers: list[str]) -> int:
    """Return the id of an open dialog with these numbers."""
    rows = [
        {
            "composition_mode": "numbers",
            "numbers": ",".join(numbers),
            "body": "The library closes at 17:00 today.",
        }
    ]
    [dialog] = worker.create(COMPOSER, rows, user=ADMIN)
    return dialog
