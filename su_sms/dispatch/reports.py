"""Apply delivery reports in sets: what the network said becomes what Odoo shows.

Idempotent and free of order: a report counts only if its rank is higher than that of
what is on record, so that replays and latecomers change nothing. Messages are locked
in the order of their ids, as everywhere, so that nobody waits in a circle.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import NamedTuple

from ..africastalking.events import Report

# An unknown outcome is settled by a report for an unknown id only if there is just one
# message it can be: same gateway and number, put on the wire within this time.
SETTLES_WITHIN = timedelta(hours=1)

STATES = {"under_way": "pending", "delivered": "sent", "failed": "error"}


class Received(NamedTuple):
    """An event with the report that was read from it."""

    event_id: int
    gateway_id: int
    received_at: datetime
    report: Report


class Result(NamedTuple):
    """What becomes of an event."""

    state: str
    sms_id: int | None = None
    problem: str | None = None


def apply(cr, received, now, may_wait):
    """Apply reports to their messages.

    :param received: [Received]
    :param may_wait: how long a report may wait for its message
    :return: {event id: Result}
    """
    messages = _messages(cr, {each.report.message_id for each in received})
    messages |= _adopt(cr, [each for each in received if _key(each) not in messages])
    results, best = {}, {}
    for each in received:
        sms_id = messages.get(_key(each))
        if sms_id is None:
            waits = now - each.received_at < may_wait
            results[each.event_id] = Result("waiting" if waits else "unmatched")
            continue
        if each.report.status is None:
            word = each.report.word[:60]
            results[each.event_id] = Result(
                "failed", sms_id, f"Unknown status: {word!r}"
            )
            continue
        results[each.event_id] = Result("applied", sms_id)
        known = best.get(sms_id)
        if known is None or known.report.status.rank < each.report.status.rank:
            best[sms_id] = each
    _write(cr, best, now)
    return results


def _messages(cr, message_ids):
    """Return {(gateway id, provider's message id): id} of the messages, locked.

    One that is on the wire once more has an earlier try's id: its outcome comes first.
    """
    if not message_ids:
        return {}
    cr.execute(
        """
          SELECT gateway_id, provider_message_id, id FROM sms_sms
           WHERE provider_message_id = ANY(%s) AND state <> 'process'
        ORDER BY id
             FOR NO KEY UPDATE
        """,
        [list(message_ids)],
    )
    return {(gateway, message): sms for gateway, message, sms in cr.fetchall()}


def _key(each):
    return each.gateway_id, each.report.message_id


def _adopt(cr, orphans):
    """Return the messages of unknown outcome that reports can only be about.

    As ``_messages`` does, and they have the provider's id from now on.
    """
    if not orphans:
        return {}
    rows = [
        {
            "place": place,
            "gateway": each.gateway_id,
            "number": "+" + each.report.number.lstrip("+"),
            "first": each.received_at - SETTLES_WITHIN,
            "last": each.received_at,
        }
        for place, each in enumerate(orphans)
    ]
    cr.execute(
        """
          SELECT r.place, min(s.id)
            FROM json_to_recordset(%s)
                 AS r(place int, gateway int, number text, first timestamp,
                      last timestamp)
            JOIN sms_sms s
              ON s.gateway_id = r.gateway AND s.number = r.number
             AND s.dispatched_at BETWEEN r.first AND r.last
           WHERE s.state = 'error' AND s.failure_type = 'sms_outcome_unknown'
             AND s.provider_message_id IS NULL
             -- one that is on the wire may be what the report is about
             AND NOT EXISTS (SELECT FROM sms_sms o
                              WHERE o.state = 'process' AND o.number = r.number
                                AND o.gateway_id = r.gateway)
        GROUP BY r.place HAVING count(*) = 1
        ORDER BY r.place
        """,
        [json.dumps(rows, default=str)],
    )
    chosen, adopted = {}, {}
    for place, sms_id in cr.fetchall():
        chosen.setdefault(sms_id, _key(orphans[place]))
    for sms_id, key in sorted(chosen.items()):
        if key in adopted:
            continue
        cr.execute(
            """
            UPDATE sms_sms SET provider_message_id = %s, report_rank = 0
             WHERE id = %s AND provider_message_id IS NULL AND state = 'error'
            """,
            [key[1], sms_id],
        )
        if cr.rowcount:
            adopted[key] = sms_id
    return adopted


def _write(cr, best, now):
    rows = []
    for sms_id, each in best.items():
        report, status = each.report, each.report.status
        failed = status.outcome == "failed"
        rows.append(
            {
                "id": sms_id,
                "rank": status.rank,
                "word": status.name,
                "state": STATES[status.outcome],
                "failure_type": f"sms_{report.failure}" if failed else None,
                "text": (report.reason or status.name) if failed else None,
                "network": report.network or None,
                "at": each.received_at,
            }
        )
    if not rows:
        return
    cr.execute(
        """
        UPDATE sms_sms s
           SET state = v.state,
               failure_type = v.failure_type,
               provider_text = v.text,
               report_status = v.word,
               report_rank = v.rank,
               network = coalesce(v.network, s.network),
               delivered_at = CASE WHEN v.state = 'sent' THEN v.at
                                   ELSE s.delivered_at END,
               report_overdue = FALSE,
               -- a campaign's is shown nowhere else: an update less for each
               to_publish = (s.to_publish IS TRUE
                             OR (s.state <> v.state
                                 OR s.failure_type IS DISTINCT FROM v.failure_type)
                                AND (s.mail_message_id IS NOT NULL
                                     OR EXISTS (SELECT FROM sms_tracker
                                                 WHERE sms_uuid = s.uuid))),
               write_date = %s
          FROM json_to_recordset(%s)
               AS v(id int, rank int, word text, state text, failure_type text,
                    text text, network text, at timestamp)
         WHERE s.id = v.id
           AND coalesce(s.report_rank, 0) < v.rank
        """,
        [now, json.dumps(rows, default=str)],
    )


def record(cr, results, now, look_again_after):
    """Write what became of events; those that wait are looked at again later."""
    if not results:
        return
    rows = [{"id": event_id, **each._asdict()} for event_id, each in results.items()]
    cr.execute(
        """
        UPDATE sms_gateway_event e
           SET state = v.state, sms_id = v.sms_id, problem = v.problem,
               not_before = CASE WHEN v.state = 'waiting' THEN %s::timestamp END,
               write_date = %s
          FROM json_to_recordset(%s)
               AS v(id int, state text, sms_id int, problem text)
         WHERE e.id = v.id
        """,
        [now + look_again_after, now, json.dumps(rows)],
    )
