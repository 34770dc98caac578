"""The outbox in SQL: claim what leaves next, record what became of it.

`sms_sms` is the queue. Sets beat records here: a claim looks at thousands of rows and
a chunk has hundreds, so each step is one statement. Callers flush the ORM before and
invalidate it after.

Every function takes an open cursor and neither commits nor rolls back. Claims want
READ COMMITTED (:func:`read_committed`): with Odoo's REPEATABLE READ, two dispatchers
that meet on a row would fail each other instead of taking turns.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from ..text import segments
from . import fate, gate, pace, schedule, suppression
from .lanes import LOOK_AHEAD, keep_pace, lanes, paced_until
from .window import Window, today


class Gateway(NamedTuple):
    """What the outbox needs to know of a gateway; settings of one dispatcher run."""

    id: int
    chunk_size: int
    concurrency: int
    max_attempts: int
    sender: str
    sanitise: bool
    country: str
    promotional: bool = True
    useful_hours: int = 0
    company_id: int = 0
    window: Window | None = None
    zone: str = "UTC"
    pace: int = 0
    day_budget: float = 0.0
    block_transactional: bool = False
    probing: bool = False
    resumed: bool = False


class Row(NamedTuple):
    """A claimed message: its id, its number in E.164 and what it has been through.

    ``attempts`` counts its tries; ``faults`` those that failed for it alone.
    """

    id: int
    number: str
    attempts: int
    faults: int


@dataclass(frozen=True)
class Claim:
    """Rows that share one request, claimed at ``at``.

    ``token`` is the request's Idempotency-Key.
    """

    gateway: Gateway
    text: str = field(repr=False)
    rows: tuple[Row, ...] = field(repr=False)
    at: datetime
    sender: str = ""
    token: str = field(default_factory=lambda: uuid.uuid4().hex)


class Change(NamedTuple):
    """What a message becomes. ``token`` guards: the row must still be ours."""

    id: int
    token: str
    state: str
    failure_type: str | None = None
    provider_text: str | None = None
    provider_code: str | None = None
    message_id: str | None = None
    cost: object = None
    currency: str | None = None
    parts: int | None = None
    not_before: datetime | None = None
    tried: int = 0
    fault: int = 0


def read_committed(cr):
    """Let this transaction, just begun, see what others commit while it runs."""
    cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")


CANDIDATES = """
    WITH lanes AS (
        SELECT * FROM json_to_recordset(%(lanes)s)
               AS l(message_class text, campaign int, sender text, room int,
                    without int[])
    ), head AS MATERIALIZED (
        SELECT picked.*, lanes.campaign, lanes.sender
          FROM lanes
    CROSS JOIN LATERAL (
                SELECT id, priority, number, md5(body) AS text, attempts
                  FROM sms_sms
                 WHERE state = 'outgoing'
                   AND gateway_id = %(gateway)s
                   AND message_class = lanes.message_class
                   AND coalesce(campaign_id, 0) = lanes.campaign
                   AND coalesce(company_id, 0) <> ALL(lanes.without)
                   AND to_delete IS NOT TRUE
                   AND (not_before IS NULL OR not_before <= %(now)s)
                   AND (%(ids)s IS NULL OR id = ANY(%(ids)s))
              -- a probe is the message tried least: none can block all others
              ORDER BY CASE WHEN %(probing)s THEN coalesce(attempts, 0) END,
                       priority DESC, id
                 LIMIT lanes.room
               ) AS picked
      ORDER BY CASE WHEN %(probing)s THEN coalesce(attempts, 0) END,
               priority DESC, id
         LIMIT %(look)s
    ), copies AS (
        -- a number may stand only once in a request: AT answers by number
        SELECT *, row_number() OVER (
                   PARTITION BY priority, text, sender, number ORDER BY id) AS copy
          FROM head
    ), places AS (
        SELECT *, (row_number() OVER (
                   PARTITION BY priority, text, sender, copy ORDER BY id) - 1)
                   / %(size)s AS nth
          FROM copies
    ), firsts AS (
        SELECT *, min(id) OVER (
                   PARTITION BY priority, text, sender, copy, nth) AS first
          FROM places
    ), chunks AS (
        SELECT id, campaign, sender,
               dense_rank() OVER (ORDER BY priority DESC, first) AS chunk
          FROM firsts
    )
    SELECT s.id, s.number, s.body, s.message_class, s.attempts, s.faults,
           chunks.chunk, chunks.sender, chunks.campaign, country.code
      FROM chunks
      JOIN sms_sms s USING (id)
 LEFT JOIN res_company company ON company.id = s.company_id
 LEFT JOIN res_partner partner ON partner.id = company.partner_id
 LEFT JOIN res_country country ON country.id = partner.country_id
     WHERE chunks.chunk <= %(slots)s
       AND s.state = 'outgoing'
       -- handed to another gateway, or told to wait, while we looked
       AND s.gateway_id = %(gateway)s
       AND (s.not_before IS NULL OR s.not_before <= %(now)s)
  ORDER BY chunks.chunk, s.id
       FOR UPDATE OF s SKIP LOCKED
"""


class Candidate(NamedTuple):
    """A message that may leave now, before the gate has seen it."""

    id: int
    number: str
    body: str
    message_class: str
    attempts: int | None
    faults: int | None
    chunk: int
    sender: str
    campaign: int
    country: str | None


def claim(cr, gateway, slots, now, ids=None):
    """Take the next chunks of a gateway, at most ``slots``, and mark them in process.

    Urgent before normal before bulk, then oldest first. Rows that the gate stops are
    settled on the way and never reach the wire.

    :param ids: only these messages (a list), or None for any
    :return: the claims, and whether anything was settled or claimed
    """
    open_lanes = {
        (lane.message_class, lane.campaign): lane
        for lane in lanes(cr, gateway, now, claiming=True)
        if lane.room > 0
    }
    look, until = (1 if gateway.probing else LOOK_AHEAD), None
    if gateway.pace:
        until = paced_until(cr, gateway, 0)
        look = min(look, pace.room(until, gateway.pace, now))
    if look < 1:
        return [], False
    candidates = _candidates(cr, gateway, open_lanes, slots, look, now, ids)
    numbers = [
        gate.read_number(each.number, each.country or gateway.country)
        for each in candidates
    ]
    blocked = _blocked(cr, gateway, zip(numbers, candidates, strict=True))
    groups = defaultdict(list)
    stopped = []
    leaving = Counter()
    for number, each in zip(numbers, candidates, strict=True):
        verdict = gate.judge(
            number,
            each.body,
            sanitise=gateway.sanitise,
            blocked=blocked[each.message_class == "promotional"],
        )
        if isinstance(verdict, gate.Stop):
            stopped.append(Change(each.id, None, *verdict))
        elif open_lanes[each.message_class, each.campaign].pay():
            row = Row(each.id, verdict.number, each.attempts or 0, each.faults or 0)
            groups[each.chunk, verdict.text, each.sender].append(row)
            leaving[each.message_class, each.campaign] += 1
    record(cr, stopped, now)
    claims = [
        Claim(gateway, text, tuple(rows), now, sender or gateway.sender)
        for (_chunk, text, sender), rows in groups.items()
    ]
    _mark_in_process(cr, claims, now)
    _keep_pace(cr, gateway, open_lanes, until, leaving, now)
    return claims, bool(candidates)


def _candidates(cr, gateway, open_lanes, slots, look, now, ids):
    cr.execute(
        CANDIDATES,
        {
            "lanes": json.dumps(
                [
                    {
                        "message_class": lane.message_class,
                        "campaign": lane.campaign,
                        "sender": lane.sender,
                        "room": lane.room,
                        "without": lane.without,
                    }
                    for lane in open_lanes.values()
                ]
            ),
            "gateway": gateway.id,
            "probing": gateway.probing,
            "now": now,
            "ids": ids,
            "look": look,
            "size": gateway.chunk_size,
            "slots": slots,
        },
    )
    return [Candidate(*row) for row in cr.fetchall()]


def _keep_pace(cr, gateway, open_lanes, until, leaving, now):
    for key, lane in open_lanes.items():
        if lane.pace and leaving[key]:
            count = leaving[key]
            keep_pace(cr, gateway, lane.campaign, lane.pace, lane.until, count, now)
    if gateway.pace and leaving:
        keep_pace(cr, gateway, 0, gateway.pace, until, leaving.total(), now)


def unclaim(cr, claims):
    """Put claims back that were never put on the wire."""
    if claims:
        cr.execute(
            "UPDATE sms_sms SET state = 'outgoing', dispatch_token = NULL"
            " WHERE state = 'process' AND dispatch_token = ANY(%s)",
            [[claim.token for claim in claims]],
        )


def _blocked(cr, gateway, candidates):
    """Give {promotional: the numbers to which such messages may not go}."""
    strict = gateway.block_transactional
    listed = listed_among(
        cr,
        {
            number
            for number, each in candidates
            if isinstance(number, str)
            and (strict or each.message_class == "promotional")
        },
    )
    said_no = {number for number, no_claim in listed.items() if not no_claim}
    return {True: frozenset(listed), False: said_no if strict else frozenset()}


def blocked_among(cr, numbers, promotional=True):
    """Give those of these E.164 numbers that get no messages of a class.

    :param promotional: else transactional ones, of a gateway that blocks them as well
    """
    listed = listed_among(cr, numbers)
    return frozenset(
        number for number, no_claim in listed.items() if promotional or not no_claim
    )


def listed_among(cr, numbers):
    """Give those of these E.164 numbers that are on the blacklist, and how.

    :return: {number: whether that is nobody's no, but only a block}
    """
    if not numbers:
        return {}
    # One string is ten times as fast to hand over as an array; E.164 has no comma.
    cr.execute(
        """
        SELECT phone.number,
               (SELECT entry.reason = ANY(%s) FROM sms_blacklist entry
                 WHERE entry.phone_blacklist_id = phone.id)
          FROM phone_blacklist phone
         WHERE phone.active AND phone.number = ANY(string_to_array(%s, ','))
        """,
        [list(gate.NO_CLAIM), ",".join(numbers)],
    )
    listed = dict(cr.fetchall())
    # Who said no and was erased is known by a hash alone.
    erased = suppression.blocked_hashes(cr, numbers)
    return listed | dict.fromkeys(erased, False)


def _mark_in_process(cr, claims, now):
    # Not every answer says how many parts it was: our own count stands till then.
    chunks = [
        {
            "ids": [row.id for row in each.rows],
            "numbers": [row.number for row in each.rows],
            "token": each.token,
            "sender": each.sender,
            "parts": segments.count(each.text).parts,
        }
        for each in claims
    ]
    if not chunks:
        return
    cr.execute(
        """
        UPDATE sms_sms s
           SET state = 'process', dispatch_token = chunk.token, dispatched_at = %s,
               number = v.number, sender_id = nullif(chunk.sender, ''),
               parts = chunk.parts,
               failure_type = NULL, write_date = %s
          FROM json_to_recordset(%s)
               AS chunk(ids int[], numbers text[], token text, sender text, parts int)
    CROSS JOIN LATERAL unnest(chunk.ids, chunk.numbers) AS v(id, number)
         WHERE s.id = v.id
        """,
        [now, now, json.dumps(chunks)],
    )


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
      FROM json_to_recordset(%(changes)s)
           AS v(id int, token text, state text, failure_type text,
                provider_text text, provider_code text, message_id text,
                cost numeric, currency int, parts int, not_before timestamp,
                tried int, fault int)
     WHERE s.id = v.id
       AND (v.token IS NULL
            OR (s.dispatch_token = v.token
                -- an outcome that comes after the lease is still the outcome
                AND (s.state = 'process'
                     OR s.failure_type = 'sms_outcome_unknown')))
 RETURNING s.company_id, s.campaign_id, s.priority = '0' AS bulk, s.currency_id,
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
    cr.execute(
        "SELECT name, id FROM res_currency WHERE name = ANY(%s)",
        [list({change.currency for change in changes if change.currency})],
    )
    currencies = dict(cr.fetchall())
    rows = [change._asdict() for change in changes]
    for row in rows:
        row["currency"] = currencies.get(row["currency"])
    # One JSON value: PostgreSQL parses it much faster than arrays of thousands.
    rows = json.dumps(rows, default=str)
    cr.execute(RECORD, {"now": now, "day": today(zone, now), "changes": rows})


def changes_of(claim, outcomes, now):
    """Give the ``Change`` of each row of a claim, and the outcome that holds it.

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
        becomes = fate.of(
            outcome, own_fault, row.faults + 1, claim.gateway.max_attempts
        )
        # WAITS and TRIES_AGAIN are equal, not the same.
        alone = becomes is fate.TRIES_AGAIN or becomes is fate.GIVEN_UP
        not_before = None
        if becomes is fate.TRIES_AGAIN:
            wait = schedule.growing_wait(schedule.MESSAGE_WAITS, row.faults)
            not_before = now + timedelta(seconds=wait)
        changes.append(
            Change(
                row.id,
                claim.token,
                becomes.state,
                becomes.failure_type,
                outcome.text or None,
                None if outcome.code is None else str(outcome.code),
                outcome.message_id or None,
                outcome.cost,
                outcome.currency or None,
                outcome.parts,
                not_before,
                tried=1,
                fault=int(alone),
            )
        )
    return changes, holding
