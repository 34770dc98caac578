"""What time does to the outbox, in SQL: age, leases, another gateway, what is next.

Like the outbox: takes an open cursor, neither commits nor rolls back, skips rows that
somebody else is at.
"""

from __future__ import annotations

from datetime import timedelta

from . import schedule


def expire_old(cr, now):
    """Give up messages that wait longer than their gateway says they are useful.

    :return: how many
    """
    cr.execute(
        """
        UPDATE sms_sms
           SET state = 'error', failure_type = 'sms_too_old', to_publish = TRUE,
               write_date = %(now)s
         WHERE id IN (
            SELECT sms.id
              FROM sms_sms sms
              JOIN sms_gateway_config gateway ON gateway.id = sms.gateway_id
             WHERE sms.state = 'outgoing'
               AND gateway.useful_hours > 0
               AND greatest(sms.create_date, sms.queued_at)
                   < %(now)s - gateway.useful_hours * interval '1 hour'
               FOR UPDATE OF sms SKIP LOCKED)
        """,
        {"now": now},
    )
    return cr.rowcount


def fail_over(cr, reasons, now):
    """Hand what waits for a gateway that can't send to the one that takes over.

    Only what is still outgoing, so certainly not sent, and only once.

    :param reasons: hold reasons for which this may be done
    :return: how many
    """
    cr.execute(
        """
        UPDATE sms_sms s
           SET gateway_id = v.heir, failed_over_from_id = v.gateway, attempts = 0,
               not_before = NULL, write_date = %(now)s
          FROM (SELECT sms.id, gateway.id AS gateway, heir.id AS heir
                  FROM sms_sms sms
                  JOIN sms_gateway_config gateway ON gateway.id = sms.gateway_id
                  JOIN sms_gateway_config heir ON heir.id = gateway.failover_id
                 WHERE sms.state = 'outgoing'
                   AND sms.failed_over_from_id IS NULL
                   AND gateway.hold_reason = ANY(%(reasons)s)
                   AND gateway.held_since
                       < %(now)s - gateway.failover_minutes * interval '1 minute'
                   AND heir.active
                   AND heir.hold_reason IS NULL
                   FOR UPDATE OF sms SKIP LOCKED) AS v
         WHERE s.id = v.id
        """,
        {"now": now, "reasons": reasons},
    )
    return cr.rowcount


def expire_leases(cr, now):
    """Settle what a killed dispatcher left in process as outcome unknown.

    :return: how many
    """
    cr.execute(
        """
        UPDATE sms_sms
           SET state = 'error', failure_type = 'sms_outcome_unknown',
               provider_text = 'The server stopped while this was being sent.',
               to_publish = TRUE, write_date = %(now)s
         WHERE id IN (SELECT id FROM sms_sms
                       WHERE state = 'process' AND gateway_id IS NOT NULL
                         AND dispatched_at < %(before)s
                  FOR UPDATE SKIP LOCKED)
        """,
        {"now": now, "before": now - timedelta(seconds=schedule.LEASE_SECONDS)},
    )
    return cr.rowcount


def next_due(cr, now):
    """Give when the outbox should next be looked at, or None if nothing waits.

    ``now`` or earlier means at once. Rows behind a held gateway count from its next
    probe; behind a paused one they wait for a person.
    """
    cr.execute(
        """
        SELECT min(greatest(sms.not_before, gateway.retry_at, %(now)s))
          FROM sms_sms sms
          JOIN sms_gateway_config gateway ON gateway.id = sms.gateway_id
         WHERE sms.state = 'outgoing'
           AND sms.to_delete IS NOT TRUE
           AND gateway.active
           AND gateway.hold_reason IS DISTINCT FROM 'paused'
        """,
        {"now": now},
    )
    return cr.fetchone()[0]
