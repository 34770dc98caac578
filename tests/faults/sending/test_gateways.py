"""A gateway's trouble is its own."""

import pytest

from ..conftest import gateway_values
from ..system import System, connection, messages, number, until
from ..workers import Worker

ILL, WELL = 40, 120
# Seconds, far below a gateway's read timeout of 30.
SOON = 10
WAITING = "SELECT pid FROM pg_locks WHERE NOT granted"


def ill_gateway(worker: Worker) -> int:
    """Make a second gateway with urgent messages that wait for it; return its id."""
    values = gateway_values() | {"name": "Ill", "is_default": False}
    [gateway] = worker.create("sms.gateway.config", [values])
    worker.queue(messages(ILL, priority="2", gateway_id=gateway))
    return gateway


def queue_for_the_other(worker: Worker, first: int) -> None:
    """Queue bulk messages for the default gateway."""
    worker.queue(messages(WELL, first=first, priority="0"))


def states_of(system: System, gateway: int) -> dict[str, int]:
    """Count a gateway's messages by state."""
    return dict(
        system.sql(
            "SELECT state, count(*) FROM sms_sms WHERE gateway_id = %s GROUP BY 1",
            [gateway],
        )
    )


@pytest.mark.parametrize("reason", ["paused", "auth"])
def test_a_held_gateway_delays_no_other(
    system: System, worker: Worker, reason: str
) -> None:
    held = ill_gateway(worker)
    system.sql(
        "UPDATE sms_gateway_config SET hold_reason = %s, retry_at = now() + '1 h'"
        " WHERE id = %s",
        [reason, held],
    )
    queue_for_the_other(worker, first=ILL)

    worker("dispatch")

    assert states_of(system, system.gateway) == {"pending": WELL}
    assert states_of(system, held) == {"outgoing": ILL}
    assert system.accepted() == WELL


def test_a_gateway_that_hangs_delays_nothing_that_waits_for_another(
    system: System, workers
) -> None:
    dispatcher, sender = workers(2)
    hanging = hang(system, sender)
    queue_for_the_other(sender, first=ILL)

    dispatcher.start("dispatch")

    until(
        lambda: states_of(system, system.gateway) == {"pending": WELL},
        "messages of the other gateway",
        SOON,
    )
    release(system, dispatcher, hanging)


def test_a_gateway_that_hangs_delays_nothing_that_a_person_sends_through_another(
    system: System, workers
) -> None:
    dispatcher, sender = workers(2)
    hanging = hang(system, sender)
    dispatcher.start("dispatch")
    until(lambda: system.admin.summary()["in_flight"], "a request that hangs")

    sender("begin")
    sender("send", rows=messages(3, first=ILL))
    sender("commit")

    until(
        lambda: states_of(system, system.gateway) == {"pending": 3},
        "what a person sends while another gateway hangs",
        SOON,
    )
    release(system, dispatcher, hanging)


def test_a_gateway_that_hangs_delays_nothing_that_is_queued_meanwhile_for_another(
    system: System, workers
) -> None:
    dispatcher, sender = workers(2)
    hanging = hang(system, sender)
    dispatcher.start("dispatch")
    until(lambda: system.admin.summary()["in_flight"], "a request that hangs")

    queue_for_the_other(sender, first=ILL)

    until(
        lambda: states_of(system, system.gateway) == {"pending": WELL},
        "messages queued while the cron waits for the gateway that hangs",
        SOON,
    )
    release(system, dispatcher, hanging)


def hang(system: System, worker: Worker) -> int:
    """Make a second gateway whose requests are never answered; return its id."""
    numbers = [number(n) for n in range(ILL)]
    system.admin.fault("hang_before", times=None, numbers=numbers)
    return ill_gateway(worker)


def release(system: System, dispatcher: Worker, hanging: int) -> None:
    """Check that the dispatcher still waited for the one that hangs, and end that."""
    assert dispatcher.busy()
    assert states_of(system, hanging)["process"]
    system.admin.clear_faults()
    dispatcher.result()
    system.judge()


def test_two_dispatchers_that_tell_of_one_hold_at_once_both_end_well(
    system: System, worker: Worker
) -> None:
    system.sql(
        "UPDATE sms_gateway_config SET hold_reason = 'auth', hold_told = FALSE,"
        " retry_at = now() + '1 h' WHERE id = %s",
        [system.gateway],
    )
    with connection(system.env, system.database) as cr:
        # another dispatcher, just about to commit
        cr.execute("BEGIN")
        cr.execute(
            "UPDATE sms_gateway_config SET hold_told = TRUE WHERE id = %s",
            [system.gateway],
        )
        worker.start("dispatch")
        until(lambda: system.sql(WAITING), "the second waits for the first", SOON)
        cr.execute("COMMIT")

    worker.result()
