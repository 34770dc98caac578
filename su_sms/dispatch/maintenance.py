"""What time does to the outbox, in SQL: age, leases, another gateway, what is next.

Like the outbox: takes an open cursor, neither commits nor rolls back, skips rows that
somebody else is at.
"""

from __future__ import annotations

from datetime import timedelta

from . import holds, lanes
from .timing import pace, schedule


def expire_old(cr, now):
    """Give up messages that wait longer than their gateway says they are useful.

    :return: how many
    """
    cr.execute(
        """
        UPDATE sms_sms
           SET state = 'error', failure_type = 'sms_too_old', to_publish = TRUE,
               write_date = %(now)s
         -- an array: looked up once, however wrong the planner's statistics are
         WHERE id = ANY(ARRAY(
            SELECT sms.id
              FROM sms_sms sms
              JOIN sms_gateway_config gateway ON gateway.id = sms.gateway_id
         LEFT JOIN sms_campaign campaign ON campaign.id = sms.campaign_id
             WHERE sms.state = 'outgoing'
               -- a campaign takes as long as its window and pace want
               AND CASE WHEN campaign.id IS NOT NULL
                        THEN campaign.not_after < %(now)s
                        WHEN sms.not_after < %(now)s
                        THEN TRUE
                        ELSE gateway.useful_hours > 0
                             AND greatest(sms.create_date, sms.queued_at)
                                 < %(now)s - least(gateway.useful_hours, %(most)s)
                                             * interval '1 hour'
                   END
               FOR UPDATE OF sms SKIP LOCKED))
        """,
        {"now": now, "most": schedule.MOST_HOURS},
    )
    return cr.rowcount


def give_up(cr, gateway_id, before, now):
    """Give up what waits for a gateway since before this time.

    :return: how many
    """
    cr.execute(
        """
        UPDATE sms_sms
           SET state = 'error', failure_type = 'sms_too_old', to_publish = TRUE,
               write_date = %(now)s
         WHERE state = 'outgoing' AND gateway_id = %(gateway)s
           AND greatest(create_date, queued_at) < %(before)s
        """,
        {"gateway": gateway_id, "before": before, "now": now},
    )
    return cr.rowcount


def call_off(cr, gateway_id, now):
    """Cancel all that waits for a gateway.

    :return: how many
    """
    cr.execute(
        """
        UPDATE sms_sms
           SET state = 'canceled', to_publish = TRUE, write_date = %(now)s
         WHERE state = 'outgoing' AND gateway_id = %(gateway)s
        """,
        {"gateway": gateway_id, "now": now},
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
        WITH v AS MATERIALIZED (
            SELECT sms.id, gateway.id AS gateway, heir.id AS heir
              FROM sms_sms sms
              JOIN sms_gateway_config gateway ON gateway.id = sms.gateway_id
              JOIN sms_gateway_config heir ON heir.id = gateway.failover_id
             WHERE sms.state = 'outgoing'
               AND sms.failed_over_from_id IS NULL
               AND gateway.hold_reason = ANY(%(reasons)s)
               AND gateway.held_since
                   < %(now)s - gateway.failover_minutes * interval '1 minute'
               AND heir.active
               AND (heir.company_id IS NULL
                    OR heir.company_id IN (gateway.company_id, sms.company_id))
               AND heir.hold_reason IS NULL
               FOR UPDATE OF sms SKIP LOCKED
        )
        UPDATE sms_sms s
           SET gateway_id = v.heir, failed_over_from_id = v.gateway, attempts = 0,
               faults = 0, not_before = NULL, sender_id = NULL, write_date = %(now)s
          FROM v
         -- as above: these, and not all that there are
         WHERE s.id = v.id AND s.id = ANY(ARRAY(SELECT id FROM v))
        """,
        {"now": now, "reasons": reasons},
    )
    return cr.rowcount


def expire_leases(cr, now, text):
    """Mark what a killed dispatcher left in process as outcome unknown.

    :param text: what to say of it
    :return: how many
    """
    cr.execute(
        """
        UPDATE sms_sms
           SET state = 'error', failure_type = 'sms_outcome_unknown',
               provider_text = %(text)s,
               to_publish = TRUE, write_date = %(now)s
         WHERE id = ANY(ARRAY(
            SELECT id FROM sms_sms
             WHERE state = 'process' AND gateway_id IS NOT NULL
               AND dispatched_at < %(before)s
               FOR UPDATE SKIP LOCKED))
        """,
        {
            "now": now,
            "before": now - timedelta(seconds=schedule.LEASE_SECONDS),
            "text": text,
        },
    )
    return cr.rowcount


def next_due(cr, gateways, now):
    """Return when the outbox should next be looked at, or None if nothing waits.

    ``now`` means at once. Messages behind a held gateway count from its next probe, in
    a closed lane from when it opens; what waits for a person does not count.

    :param gateways: [outbox.Gateway]
    """
    due = [_next_of(cr, gateway, now) for gateway in gateways]
    return min(filter(None, due), default=None)


def _next_of(cr, gateway, now):
    cr.execute(
        "SELECT retry_at, hold_reason FROM sms_gateway_config"
        " WHERE id = %s AND active AND coalesce(hold_reason, '') <> ALL(%s)",
        [gateway.id, list(holds.BY_A_PERSON)],
    )
    found = cr.fetchone()
    if found is None:
        return None
    earliest = max(found[0] or now, now)
    if found[1] == holds.SETTINGS:
        # What waits can't be told from settings that are unusable.
        return earliest
    if gateway.pace:
        until = lanes.paced_until(cr, gateway, 0)
        if not pace.room(until, gateway.pace, now):
            earliest = max(earliest, pace.opens(until, gateway.pace, now))
    due = []
    for lane in lanes.lanes(cr, gateway, now):
        opens = now if lane.room > 0 else lane.opens
        ready = opens and _ready(cr, gateway, lane, now)
        if ready:
            due.append(max(earliest, opens, ready))
    return min(due, default=None)


def _ready(cr, gateway, lane, now):
    """Return when the first message of a lane may leave, or None if it has none."""
    cr.execute(
        """
          WITH lane AS NOT MATERIALIZED (
            SELECT not_before FROM sms_sms
             WHERE state = 'outgoing' AND gateway_id = %(gateway)s
               AND message_class = %(class)s
               AND coalesce(campaign_id, 0) = %(campaign)s
               AND coalesce(company_id, 0) <> ALL(%(without)s)
               AND to_delete IS NOT TRUE)
        SELECT coalesce(
            (SELECT %(now)s::timestamp FROM lane
              WHERE not_before IS NULL OR not_before <= %(now)s LIMIT 1),
            (SELECT min(not_before) FROM lane))
        """,
        {
            "gateway": gateway.id,
            "class": lane.message_class,
            "campaign": lane.campaign,
            "without": list(lane.without),
            "now": now,
        },
    )
    return cr.fetchone()[0]
