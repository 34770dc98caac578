"""The inbox of a system: where to post events, what is stored, what became of it."""

from __future__ import annotations

from collections import Counter

from dev.server import OdooServer

from ..system import System, until

APPLY_SECONDS = 120


def path(system: System, kind: str = "delivery") -> str:
    """Return the path that the provider posts events of ``kind`` to."""
    [(token,)] = system.sql(
        "SELECT callback_token FROM sms_gateway_config WHERE id = %s", [system.gateway]
    )
    return f"/su_sms/callback/{token}/{kind}"


def payloads(system: System) -> Counter[str]:
    """Count the events stored, by what was posted."""
    return Counter(
        payload for (payload,) in system.sql("SELECT payload FROM sms_gateway_event")
    )


def states(system: System) -> Counter[str]:
    """Count the events by state."""
    query = "SELECT state, count(*) FROM sms_gateway_event GROUP BY 1"
    return Counter(dict(system.sql(query)))


def give_up_waiting(system: System) -> None:
    """Let every event that waits for its message have waited long enough."""
    system.sql(
        "UPDATE sms_gateway_event SET received_at = received_at - interval '1 hour',"
        " not_before = NULL WHERE state = 'waiting'"
    )


def until_applied(system: System, *, waiting: bool = False) -> None:
    """Wait until the server has looked at every event, those that wait too if asked."""
    wake(system)
    open_states = {"new"} | ({"waiting"} if waiting else set())
    until(
        lambda: not open_states & set(states(system)),
        f"no event is {' or '.join(sorted(open_states))}",
        APPLY_SECONDS,
    )


def wake(system: System) -> None:
    """Make the inbox's cron due and wake the server, which looks once a minute."""
    system.sql(
        "INSERT INTO ir_cron_trigger (cron_id, call_at)"
        " SELECT res_id, now() AT TIME ZONE 'UTC' FROM ir_model_data"
        " WHERE module = 'su_sms' AND name = 'ir_cron_events'"
    )
    system.sql("SELECT pg_notify('cron_trigger', %s)", [system.database], "postgres")


def deadlocks(system: System) -> int:
    """Count the deadlocks that PostgreSQL has broken, and logged, in the database.

    Of connections that are closed: the others have not all reported theirs yet.
    """
    query = "SELECT deadlocks FROM pg_stat_database WHERE datname = %s"
    [(count,)] = system.sql(query, [system.database])
    return count


def server_errors(server: OdooServer) -> list[str]:
    """Return the lines of a server's log that tell of an error."""
    lines = server.log.read_text(errors="replace").splitlines()
    return [line for line in lines if " ERROR " in line or " CRITICAL " in line]
