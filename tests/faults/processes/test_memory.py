"""A process with little memory left sends less at once, and leaves the rest queued."""

from __future__ import annotations

from tests import memory

from ..system import System, messages, until
from ..workers import Worker

SLOTS = 32
COUNT = 3 * SLOTS
# Beside the stacks, 32 MB, there are the connections. Each thread as Odoo's workers
# have them takes 72 MB.
MOST_MB = 200


def test_many_requests_at_once_need_little_address_space(
    system: System, worker: Worker
) -> None:
    queue(system, worker)
    before = memory.address_space(worker.pid)

    worker.start("dispatch")
    until(lambda: system.admin.summary()["in_flight"] == SLOTS, "all slots in use")
    used = memory.address_space(worker.pid)
    worker.result()

    assert used - before < MOST_MB
    assert system.judge() == {"pending": COUNT}


def test_what_finds_no_thread_is_put_back_at_once(
    system: System, worker: Worker
) -> None:
    queue(system, worker)
    worker("dispatch_with", more_mb=12)

    states = system.judge()
    assert states["pending"], "nothing was sent"
    assert states["pending"] + states["outgoing"] == COUNT, states
    assert "requests at once" in worker.log.read_text()

    worker("dispatch")
    assert system.judge() == {"pending": COUNT}


def queue(system: System, worker: Worker) -> None:
    """Let as many requests wait as thrice fill the slots, in a process that has sent.

    What is loaded and opened at the first request belongs to none of them.
    """
    worker.queue(messages(2, first=COUNT))
    worker("dispatch")
    system.admin.reset()
    system.sql("DELETE FROM sms_sms")
    system.sql(
        "UPDATE sms_gateway_config SET concurrency = %s, chunk_size = 1", [SLOTS]
    )
    # What it has found out so far is as much.
    system.sql(
        "UPDATE sms_concurrency SET state = state || jsonb_build_object('limit', %s)",
        [SLOTS],
    )
    system.admin.settings(latency_ms=1500)
    worker.queue(messages(COUNT))
