"""What the tests here run on: a database with su_sms and a simulator that judges."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import psycopg2
import pytest

from dev.environment import Environment
from dev.process import wait_until
from tests.simulator.process import Simulator

# Small, so that few messages make many requests.
CHUNK = 20
SIDE_BY_SIDE = 4
ON_THE_WIRE = CHUNK * SIDE_BY_SIDE
WAKE_SECONDS = 1
# Longer than any pause that a dispatcher with work makes.
STILL_SECONDS = 4

# How Odoo may run: in threads of one process, or with workers.
BOTH = pytest.mark.parametrize(
    "server", [0, 2], indirect=True, ids=["threaded", "prefork"]
)
PREFORK = pytest.mark.parametrize("server", [2], indirect=True, ids=["prefork"])


def until(ready: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Wait until ``ready()``; fail with ``what`` after ``seconds``."""
    assert wait_until(ready, seconds, every=0.02), f"not within {seconds} s: {what}"


def number(n: int) -> str:
    """Return a mobile number that the simulator accepts, n below 100,000."""
    return f"+2547110{n:05d}"


def messages(count: int, first: int = 0, **values: Any) -> list[dict[str, Any]]:
    """Return values of messages to as many numbers, the odd ones with one text."""
    return [
        {
            "number": number(n),
            "body": "Exams begin on Monday." if n % 2 else f"Your balance is KES {n}.",
            **values,
        }
        for n in range(first, first + count)
    ]


class System:
    """One database and one simulator; ``gateway`` is the default gateway's id."""

    def __init__(self, env: Environment, database: str, simulator: Simulator) -> None:
        self.env = env
        self.database = database
        self.simulator = simulator
        self.admin = simulator.admin
        [(self.gateway,)] = self.sql("SELECT id FROM sms_gateway_config")

    def sql(
        self, query: str, values: Sequence[Any] = (), database: str = ""
    ) -> list[tuple[Any, ...]]:
        """Run a statement on a connection of its own; return its rows."""
        with connection(self.env, database or self.database) as cr:
            cr.execute(query, values)
            return cr.fetchall() if cr.description else []

    def states(self) -> Counter[str]:
        """Count the messages by state, those of unknown outcome as ``unknown``."""
        rows = self.sql(
            "SELECT CASE failure_type WHEN 'sms_outcome_unknown' THEN 'unknown'"
            " ELSE state END, count(*) FROM sms_sms GROUP BY 1"
        )
        return Counter(dict(rows))

    def accepted(self) -> int:
        """Count what the simulator accepted."""
        return self.admin.summary()["accepted"]

    def wake_cron(self) -> None:
        """Make the outbox's cron due and wake the server, which looks once a minute."""
        self.sql(
            "INSERT INTO ir_cron_trigger (cron_id, call_at)"
            " SELECT res_id, now() AT TIME ZONE 'UTC' FROM ir_model_data"
            " WHERE module = 'su_sms' AND name = 'ir_cron_outbox'"
        )
        self.sql("SELECT pg_notify('cron_trigger', %s)", [self.database], "postgres")

    def until(self, ready: Callable[[], object], seconds: float = 120) -> None:
        """Keep the server's cron awake until ``ready()``."""
        woken = 0.0

        def awake() -> object:
            nonlocal woken
            if time.monotonic() > woken + WAKE_SECONDS:
                self.wake_cron()
                woken = time.monotonic()
            return ready()

        assert wait_until(awake, seconds, every=0.05), self.states()

    def until_still(self) -> None:
        """Keep the server's cron awake until the queue is empty and nobody works."""
        known: object = None
        since = 0.0

        def still() -> bool:
            nonlocal known, since
            states = self.states()
            if states != known or self.admin.summary()["in_flight"]:
                known, since = states, time.monotonic()
            return not states["outgoing"] and time.monotonic() > since + STILL_SECONDS

        self.until(still)

    def at_rest(self) -> bool:
        """Tell whether no message waits or is in process."""
        states = self.states()
        return not states["outgoing"] and not states["process"]

    def transactions(self) -> int:
        """Count the transactions that are open in the database."""
        [(count,)] = self.sql(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
            " AND state <> 'idle' AND pid <> pg_backend_pid()",
            [self.database],
        )
        return count

    def end_leases(self) -> None:
        """Let the lease of what is in process, all that crashes left, have run out."""
        self.sql(
            "UPDATE sms_sms SET dispatched_at = dispatched_at - interval '1 day'"
            " WHERE state = 'process'"
        )

    def forgive_kills(self) -> None:
        """Let Odoo not have counted the runs of its jobs that were killed.

        After three in a row that had told of no progress yet, which is a matter of
        chance, it skips the next one; a server's comes later, ours does not.
        """
        self.sql("UPDATE ir_cron_progress SET timed_out_counter = 0")

    def judge(self) -> Counter[str]:
        """Compare each message with the ledger; return the states.

        Accepted: there once, under the id on record. Unknown: at most once. Still to be
        sent, or called off: not at all. Any other state, or a message that nobody has,
        is wrong.
        """
        ledger = self.admin.ledger()
        copies = Counter(entry["number"] for entry in ledger)
        assert not ledger or max(copies.values()) == 1, "sent twice"
        ids = {entry["number"]: entry["id"] for entry in ledger}
        rows = self.sql(
            "SELECT number, state, failure_type, provider_message_id FROM sms_sms"
            " WHERE left_out IS NOT TRUE AND state <> 'canceled'"
        )
        for recipient, state, failure_type, message_id in rows:
            sent = ids.pop(recipient, None)
            what = (recipient, state, failure_type, message_id, sent)
            if state == "pending":
                assert sent and sent == message_id, what
            elif state == "outgoing":
                assert not sent, what
            else:
                assert (state, failure_type) == ("error", "sms_outcome_unknown"), what
        assert not ids, "sent without a message"
        return self.states()

    @contextlib.contextmanager
    def recording_waits(self, seconds: float) -> Iterator[None]:
        """Let nothing be recorded until so long after all requests have returned."""
        with connection(self.env, self.database) as cr:
            cr.execute("BEGIN")
            cr.execute("LOCK TABLE sms_sms IN EXCLUSIVE MODE")
            yield
            until(lambda: not self.admin.summary()["in_flight"], "all answers")
            time.sleep(seconds)
            cr.execute("COMMIT")

    @contextlib.contextmanager
    def claiming(self, waiting: list[int]) -> Iterator[None]:
        """Be a dispatcher that commits its claim of some messages at the end."""
        with connection(self.env, self.database) as cr:
            cr.execute("BEGIN")
            cr.execute(
                "UPDATE sms_sms SET state = 'process', dispatched_at = now()"
                " WHERE id = ANY(%s)",
                [waiting],
            )
            yield
            cr.execute("COMMIT")

    @contextlib.contextmanager
    def without_database(self) -> Iterator[None]:
        """Break every connection to the database and let no new one in."""
        try:
            self._allow("false")
            self.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s",
                [self.database],
                "postgres",
            )
            yield
        finally:
            self._allow("true")

    def _allow(self, allowed: str) -> None:
        self.sql(
            f'ALTER DATABASE "{self.database}" ALLOW_CONNECTIONS {allowed}',
            database="postgres",
        )


@contextlib.contextmanager
def connection(env: Environment, database: str) -> Iterator[Any]:
    """Return a cursor of a new connection that commits each statement."""
    names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user"}
    server = {names[key]: value for key, value in env.postgres.env.items()}
    link = psycopg2.connect(dbname=database, **server)
    link.autocommit = True
    try:
        with link.cursor() as cr:
            yield cr
    finally:
        link.close()


def waits_for_a_lock(system: System) -> bool:
    """Tell whether a transaction waits for another."""
    return bool(
        system.sql(
            "SELECT 1 FROM pg_stat_activity"
            " WHERE datname = %s AND wait_event_type = 'Lock'",
            [system.database],
        )
    )
