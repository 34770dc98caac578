"""What one user sends in an hour, from several windows at once."""

import pytest

from .house import House, until
from .test_campaign_race import waits_for_a_lock
from .workers import ADMIN, OrderFailed

COMPOSER = "sms.composer"


def test_two_composers_pressed_at_once_send_no_more_than_one_after_the_other(
    house: House, workers
) -> None:
    first, second = workers(2)
    house.sql("UPDATE sms_gateway_config SET hour_limit = 10")
    composers = [
        composer(first, [f"+25471234{place}6{tens}0" for place in range(8)])
        for tens in range(3)
    ]

    first.start_press(COMPOSER, composers[:1], "action_send_sms", wait=True)
    assert first.result("waiting")
    second.start_press(COMPOSER, composers[1:2], "action_send_sms")
    until(lambda: waits_for_a_lock(house), "the second waits for the first")
    first.go_on()
    first.result()

    with pytest.raises(OrderFailed, match="10 SMS an hour by hand"):
        second.result()
    assert house.sql("SELECT count(*) FROM sms_sms") == [(8,)]


def composer(worker, numbers: list[str]) -> int:
    """Give the id of an open dialog with these numbers."""
    rows = [
        {
            "composition_mode": "numbers",
            "numbers": ",".join(numbers),
            "body": "The library closes at 17:00 today.",
        }
    ]
    [dialog] = worker.create(COMPOSER, rows, user=ADMIN)
    return dialog
