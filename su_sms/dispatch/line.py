"""A gateway's state in SQL: may it take messages, and how many side by side.

A held gateway keeps its queue. When its time comes one message goes out as a probe:
an outage costs one request at a time, and the end of it is noticed without anybody.
"""

from __future__ import annotations

from datetime import timedelta

from . import schedule


def slots(cr, gateway, free, now):
    """Give how many requests may start now, and the gateway as it may be used.

    A held gateway whose time has come gets one request of one message, and the next
    probe is put off so that no other dispatcher probes at once.

    :return: (number of requests, gateway settings for them)
    """
    cr.execute(
        "SELECT hold_reason, retry_at FROM sms_gateway_config WHERE id = %s AND active",
        [gateway.id],
    )
    state = cr.fetchone()
    if state is None:
        return 0, gateway
    hold_reason, retry_at = state
    if not hold_reason:
        return free, gateway
    if hold_reason == "paused" or (retry_at and retry_at > now):
        return 0, gateway
    cr.execute(
        """
        UPDATE sms_gateway_config SET retry_at = %(lease)s
         WHERE id = %(id)s AND (retry_at IS NULL OR retry_at <= %(now)s)
        """,
        {
            "id": gateway.id,
            "now": now,
            "lease": now + timedelta(seconds=schedule.PROBE_SECONDS),
        },
    )
    return min(free, cr.rowcount), gateway._replace(chunk_size=1)


def hold(cr, claim, outcome, now):
    """Hold a claim's gateway because of an outcome that was the gateway's fault.

    Requests that were under way when it was already held are no news: a wave that
    fails together counts once.
    """
    cr.execute(
        "SELECT hold_reason, retry_count, last_error_at FROM sms_gateway_config"
        " WHERE id = %s FOR NO KEY UPDATE",
        [claim.gateway.id],
    )
    state = cr.fetchone()
    if state is None or state[0] == "paused":
        return
    held_for, count, known_at = state
    if held_for and known_at and known_at >= claim.at:
        return
    again = held_for == outcome.reason
    count = (count or 0) if again else 0
    wait = schedule.gateway_wait(outcome.reason, count, outcome.retry_after)
    cr.execute(
        """
        UPDATE sms_gateway_config
           SET hold_reason = %(reason)s,
               hold_text = %(text)s,
               held_since = CASE WHEN hold_reason IS NULL THEN %(now)s
                                 ELSE held_since END,
               hold_told = coalesce(hold_told, FALSE) AND %(again)s,
               retry_at = %(retry_at)s,
               retry_count = %(count)s,
               last_error = %(text)s,
               last_error_at = %(now)s
         WHERE id = %(id)s
        """,
        {
            "id": claim.gateway.id,
            "reason": outcome.reason,
            "text": outcome.text,
            "again": again,
            "now": now,
            "retry_at": now + timedelta(seconds=wait),
            "count": count + 1,
        },
    )


def release(cr, claim, now):
    """Note that a claim's gateway took messages, and end a hold older than the claim.

    A person's pause stays. Writes a busy gateway at most every ten seconds.
    """
    cr.execute(
        """
        UPDATE sms_gateway_config
           SET hold_reason = NULL, hold_text = NULL, held_since = NULL,
               hold_told = FALSE, retry_at = NULL, retry_count = 0,
               last_success_at = %(now)s
         WHERE id = %(id)s
           AND hold_reason <> 'paused'
           AND (last_error_at IS NULL OR last_error_at < %(at)s)
        """,
        {"id": claim.gateway.id, "now": now, "at": claim.at},
    )
    cr.execute(
        """
        UPDATE sms_gateway_config SET last_success_at = %(now)s
         WHERE id = %(id)s
           AND (last_success_at IS NULL
                OR last_success_at < %(now)s - interval '10 seconds')
        """,
        {"id": claim.gateway.id, "now": now},
    )
