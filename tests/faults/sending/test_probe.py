"""A hold ends when it is due, and not when Odoo next looks for due jobs."""

from __future__ import annotations

import time

from dev.server import OdooServer

from ..system import BOTH, System, messages, until
from ..workers import Worker

COUNT = 40
# Odoo looks once in 60 to 69 seconds.
SOON_SECONDS = 12


@BOTH
def test_what_waits_for_the_provider_leaves_when_it_is_tried_again(
    system: System, worker: Worker, server: OdooServer
) -> None:
    system.admin.fault("refuse", times=None)
    worker.queue(messages(COUNT))
    server.start()
    system.until(lambda: retry_in(system) is not None)
    wait = retry_in(system)
    assert wait > 5, "the hold is too short to tell"
    system.admin.clear_faults()

    began = time.monotonic()
    until(system.at_rest, "an empty queue", wait + SOON_SECONDS)
    assert time.monotonic() - began > wait - 1, "not before its time"
    assert system.judge() == {"pending": COUNT}


@BOTH
def test_what_is_due_when_a_server_starts_does_not_wait_for_a_minute(
    system: System, worker: Worker, server: OdooServer
) -> None:
    worker.queue(messages(COUNT))
    server.start()

    until(system.at_rest, "an empty queue", SOON_SECONDS)
    assert system.judge() == {"pending": COUNT}


def retry_in(system: System) -> float | None:
    """Return the seconds until the held gateway is tried again, None if it is not."""
    [(seconds,)] = system.sql(
        "SELECT extract(epoch FROM retry_at - now() AT TIME ZONE 'UTC')::float"
        " FROM sms_gateway_config WHERE hold_reason IS NOT NULL"
        " UNION ALL SELECT NULL LIMIT 1"
    )
    return seconds
