"""What became of messages, on record: in bulk, with what it cost.

As in :mod:`.outbox`, functions take an open cursor and leave it open.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import NamedTuple

from . import transition
from .timing import schedule
from .timing.window import today


class Change(NamedTuple):
    """What a message becomes. ``token`` guards: the row must still be ours."""

    id: int
    message_id: str | None
    token: str | None
    state: str
    failure_type: str | None = None
    provider_text: str | None = None
    provider_code: str | None = None
    cost: object = None
    currency_name: str | None = None
    parts: int | None = None
    not_before: datetime | None = None
    tried: int = 0
    fault: int = 0


# What is not a message's own, and so shared by many: in this order.
SHARED = Change._fields[2:]
RECORD = """
  WITH done AS (
    UPDATE sms_sms s
       SET state = v.state,
           failure_type = v.failure_type,
           provider_text = v.provider_text,
           provider_code = v.provider_code,
           provider_message_id = coalesce(v.message_id, s.provider_message_id),
           -- reports are about an id: what was said of an earlier try is over
           report_rank = CASE WHEN v.message_id IS NULL THEN s.report_rank ELSE 0 END,
           report_status = CASE WHEN v.message_id IS NULL THEN s.report_status END,
           -- what is sent again is charged again
           cost = CASE WHEN s.currency_id = v.currency
                       THEN coalesce(s.cost, 0) + coalesce(v.cost, 0)
                       ELSE coalesce(v.cost, s.cost) END,
           currency_id = coalesce(v.currency, s.currency_id),
           parts = coalesce(v.parts, s.parts),
           not_before = v.not_before,
           attempts = coalesce(s.attempts, 0) + v.tried,
           faults = coalesce(s.faults, 0) + v.fault,
           accepted_at = CASE WHEN v.state = 'pending' THEN %(now)s
                              ELSE s.accepted_at END,
           to_publish = (v.state <> 'outgoing'
                         AND (s.mail_message_id IS NOT NULL
                              OR EXISTS (SELECT FROM sms_tracker
                                          WHERE sms_uuid = s.uuid))),
           write_date = %(now)s
      FROM (SELECT own.id, own.message_id, alike.*, res_currency.id AS currency
              FROM json_to_recordset(%(own)s)
                   AS own(id int, message_id text, kind int)
              JOIN json_to_recordset(%(alike)s)
                   AS alike(kind int, token text, state text, failure_type text,
                            provider_text text, provider_code text, cost numeric,
                            currency_name text, parts int, not_before timestamp,
                            tried int, fault int)
             USING (kind)
         LEFT JOIN res_currency ON res_currency.name = alike.currency_name) AS v
     WHERE s.id = v.id
       AND (v.token IS NULL
            OR (s.dispatch_token = v.token
                -- an outcome that comes after the lease is still the outcome
                AND (s.state = 'process'
                     OR s.failure_type = 'sms_outcome_unknown')))
 RETURNING s.company_id, s.campaign_id,
           (s.priority = '0' OR s.campaign_id IS NOT NULL) AS bulk, s.currency_id,
           v.cost
  )
  INSERT INTO sms_spending
         (company_id, campaign_id, bulk, day, currency_id, amount, messages)
  SELECT company_id, campaign_id, bulk, %(day)s, currency_id, sum(cost), count(*)
    FROM done
   WHERE cost > 0 AND company_id IS NOT NULL AND currency_id IS NOT NULL
GROUP BY company_id, campaign_id, bulk, currency_id
"""


def record(cr, changes, now, zone="UTC"):
    """Write what became of messages, and what it cost, by the day in ``zone``.

    A row that is no longer ours stays as it is, and its cost is not counted.
    """
    if not changes:
        return
    kinds, own = {}, []
    for sms_id, message_id, *shared in changes:
        kind = kinds.setdefault(tuple(shared), len(kinds))
        own.append({"id": sms_id, "message_id": message_id, "kind": kind})
    alike = [
        {"kind": kind, **dict(zip(SHARED, shared, strict=True))}
        for shared, kind in kinds.items()
    ]
    # JSON: PostgreSQL parses it much faster than arrays of thousands.
    values = {"own": json.dumps(own), "alike": json.dumps(alike, default=str)}
    cr.execute(RECORD, {"now": now, "day": today(zone, now), **values})


def changes_of(claim, outcomes, now):
    """Return the ``Change`` of each row of a claim, and the outcome that holds it.

    :param outcomes: the connector's, one for each row, in the rows' order
    :return: (changes, outcome for which the gateway must be held, or None)
    """
    changes, holding = [], None
    for row, outcome in zip(claim.rows, outcomes, strict=True):
        own_fault = (
            outcome.reason in schedule.OWN_FAULTS
            and row.attempts > 0
            # where nothing else has gone through since, the gateway may be at fault
            and not (claim.gateway.probing or claim.gateway.resumed)
        )
        holds = outcome.reason in schedule.GATEWAY_WAITS and not own_fault
        if holds and outcome.state != "refused":
            holding = outcome
        becomes = transition.after(
            outcome, own_fault, row.faults + 1, claim.gateway.max_faults
        )
        not_before = None
        if becomes == transition.TRIES_AGAIN:
            wait = schedule.growing_wait(schedule.MESSAGE_WAITS, row.faults)
            not_before = now + timedelta(seconds=wait)
        changes.append(
            Change(
                row.id,
                outcome.message_id or None,
                claim.token,
                becomes.state,
                becomes.failure_type,
                outcome.text or None,
                None if outcome.code is None else str(outcome.code),
                outcome.cost,
                outcome.currency or None,
                outcome.parts,
                not_before,
                tried=1,
                fault=int(becomes.own),
            )
        )
    return changes, holding
