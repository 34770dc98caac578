"""A gateway's state in SQL: may it take messages, and how many side by side.

A held gateway keeps its queue. When its time comes one message goes out as a probe:
an outage costs one request at a time, and the end of it is noticed without anybody.
"""

from __future__ import annotations

from datetime import timedelta

from ..africastalking.answers import Outcome
from .timing import schedule

STATE = """
    SELECT hold_reason, retry_at,
           last_error_at > coalesce(last_success_at, '-infinity') AS failed_last
      FROM sms_gateway_config
     WHERE id = %s AND active AND settings_version = %s
"""
SUCCESS_IS_OLD = """
    last_success_at IS NULL
    OR last_success_at < last_error_at
    OR last_success_at < %(now)s - interval '10 seconds'
"""
# What only a person ends: no probe does.
BY_A_PERSON = ("paused", "copy")
# Nothing can be claimed with its settings as they are.
SETTINGS = "settings"
SENDING, RESUMED, PROBING, HELD = "sending", "resumed", "probing", "held"


def state(cr, gateway, now):
    """Tell whether the gateway takes messages: SENDING, PROBING (one, to try) or HELD.

    RESUMED is SENDING because a person says so: nothing has gone through since it
    failed. A gateway whose settings have changed is HELD for whoever still has the old
    ones: the next run has the new ones.

    Before a probe the gateway's row stays locked for the transaction, so that of
    several dispatchers only one probes. Nobody waits for it: a claim may already be
    whose turn others wait for.
    """
    known = [gateway.id, gateway.settings_version]
    cr.execute(STATE, known)
    found = cr.fetchone()
    if found and found[0] and _is_due(found, now):
        cr.execute(f"{STATE} FOR NO KEY UPDATE SKIP LOCKED", known)
        found = cr.fetchone()
    if not found:
        return HELD
    if not found[0]:
        return RESUMED if found[2] else SENDING
    return PROBING if _is_due(found, now) else HELD


def _is_due(found, now):
    hold_reason, retry_at, _failed_last = found
    return hold_reason not in BY_A_PERSON and (retry_at is None or retry_at <= now)


def put_off(cr, gateway, now):
    """Put the next probe off while one is on its way."""
    cr.execute(
        "UPDATE sms_gateway_config SET retry_at = %s WHERE id = %s",
        [now + timedelta(seconds=schedule.PROBE_SECONDS), gateway.id],
    )


def hold(cr, claim, outcome, now):
    """Hold a claim's gateway because of an outcome that was the gateway's fault.

    Requests that were under way when it was already held are no news: a wave that
    fails together counts once. What failed on a line that has been changed meanwhile,
    as with a key that has been replaced, is noted and holds nothing.
    """
    cr.execute(
        "SELECT hold_reason, retry_count, last_error_at, settings_version"
        " FROM sms_gateway_config WHERE id = %s FOR NO KEY UPDATE",
        [claim.gateway.id],
    )
    found = cr.fetchone()
    if found is None or found[0] in BY_A_PERSON:
        return
    held_for, count, known_at, version = found
    if held_for and known_at and known_at >= claim.at:
        return
    if version != claim.gateway.settings_version:
        cr.execute(
            "UPDATE sms_gateway_config SET last_error = %s, last_error_at = %s"
            " WHERE id = %s",
            [outcome.text, now, claim.gateway.id],
        )
        return
    _hold(cr, claim.gateway, held_for, count, outcome, now)


def hold_as_it_is(cr, gateway, text, now):
    """Hold a gateway with whose settings nothing can be claimed: the others go on.

    :param text: what went wrong
    """
    cr.execute(
        "SELECT hold_reason, retry_count, settings_version FROM sms_gateway_config"
        " WHERE id = %s FOR NO KEY UPDATE",
        [gateway.id],
    )
    found = cr.fetchone()
    if not found or found[0] in BY_A_PERSON or found[2] != gateway.settings_version:
        return
    _hold(cr, gateway, found[0], found[1], Outcome("", "", SETTINGS, text=text), now)


def _hold(cr, gateway, held_for, count, outcome, now):
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
            "id": gateway.id,
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

    What a person ends stays. Writes a busy gateway at most every ten seconds.
    """
    known = {
        "id": claim.gateway.id,
        "now": now,
        "at": claim.at,
        "person": list(BY_A_PERSON),
    }
    cr.execute(
        f"""
        SELECT FROM sms_gateway_config
         WHERE id = %(id)s AND (hold_reason <> ALL(%(person)s) OR {SUCCESS_IS_OLD})
        """,
        known,
    )
    if not cr.rowcount:
        return
    cr.execute(
        """
        UPDATE sms_gateway_config
           SET hold_reason = NULL, hold_text = NULL, held_since = NULL,
               hold_told = FALSE, retry_at = NULL, retry_count = 0,
               last_success_at = %(now)s
         WHERE id = %(id)s
           AND hold_reason <> ALL(%(person)s)
           AND (last_error_at IS NULL OR last_error_at < %(at)s)
        """,
        known,
    )
    cr.execute(
        f"""
        UPDATE sms_gateway_config SET last_success_at = %(now)s
         WHERE id = %(id)s AND ({SUCCESS_IS_OLD})
        """,
        known,
    )
