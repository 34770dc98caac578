"""Dispatchers share the requests that a gateway may have under way."""

from __future__ import annotations

import json
import time

import pytest

from dev.process import wait_until
from dev.server import OdooServer
from su_sms.dispatch.timing.concurrency import LEASE

from ..system import PREFORK, SIDE_BY_SIDE, System, messages, until
from ..workers import Worker

# An urgent message is gone within so many seconds, whatever else there is.
URGENT_SECONDS = 2.0


@pytest.mark.parametrize("elsewhere", [False, True], ids=["here", "elsewhere"])
def test_what_a_killed_process_had_is_anothers(
    system: System, workers, elsewhere: bool
) -> None:
    system.admin.settings(latency_ms=60_000)
    first, second = workers(2)
    first.queue(messages(40))
    first.start("dispatch")
    until(lambda: system.admin.summary()["in_flight"] == SIDE_BY_SIDE, "a full wire")
    first.kill()
    until(lambda: system.admin.summary()["in_flight"] == 0, "the end of its requests")
    if elsewhere:
        move_to_another_machine(system)
    system.admin.settings(latency_ms=50)
    before = system.admin.summary()["requests"]

    began = time.monotonic()
    second.start("run_cron")
    until(
        lambda: system.admin.summary()["requests"] > before + SIDE_BY_SIDE,
        "what the other sends",
        seconds=LEASE + 10,
    )
    took = time.monotonic() - began
    second.result()

    assert took > LEASE / 2 if elsewhere else took < LEASE / 2
    assert system.admin.summary()["most_repeated"] == 1


@PREFORK
def test_slots_send_side_by_side_and_urgent_ones_first(
    system: System, worker: Worker, server: OdooServer
) -> None:
    system.admin.settings(latency_ms=200)
    system.sql(
        "UPDATE sms_gateway_config SET chunk_size = 1, concurrency = 8;"
        "UPDATE ir_cron SET active = TRUE WHERE id IN ("
        " SELECT res_id FROM ir_model_data WHERE module = 'su_sms'"
        " AND name = 'ir_cron_outbox_2');"
        # It asks for the balance beside what is sent.
        "UPDATE ir_cron SET active = FALSE WHERE id IN ("
        " SELECT res_id FROM ir_model_data WHERE module = 'su_sms'"
        " AND name = 'ir_cron_watch')"
    )
    worker.queue(messages(1200))
    server.start()
    system.until(lambda: len(sharing(system)) == 2)

    urgent = messages(1, first=5000)
    [sms_id] = worker.queue([{**urgent[0], "priority": "2"}])
    began = time.monotonic()
    sent = "SELECT state FROM sms_sms WHERE id = %s"
    assert wait_until(
        lambda: system.sql(sent, [sms_id]) == [("pending",)], 10, every=0.02
    )
    assert time.monotonic() - began < URGENT_SECONDS
    assert system.states()["outgoing"], "the queue was empty already"

    system.until_still()
    assert system.judge() == {"pending": 1201}
    assert system.admin.summary()["in_flight_peak"] <= 8


def sharing(system: System) -> set[str]:
    """Return the processes that have requests of the gateway."""
    rows = system.sql("SELECT state::text FROM sms_concurrency")
    shares = [share for (state,) in rows for share in json.loads(state)["shares"]]
    return {key.rsplit(" ", 1)[0] for key, _wanted, held, _at in shares if held}


def move_to_another_machine(system: System) -> None:
    """Let what processes of this machine have be another machine's."""
    system.sql(
        "UPDATE sms_concurrency SET state = jsonb_set(state, '{shares}', ("
        " SELECT jsonb_agg(jsonb_set(one, '{0}', to_jsonb('elsewhere '"
        "   || split_part(one->>0, ' ', 2) || ' 0 x')))"
        " FROM jsonb_array_elements(state->'shares') AS one))"
    )
