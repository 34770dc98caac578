"""The outbox in SQL: claim what leaves next, past the gate.

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
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from ..text import segments
from . import blacklist, gate, journal, pace
from .lanes import LOOK_AHEAD, keep_pace, lanes, paced_until
from .window import Window


class Gateway(NamedTuple):
    """What the outbox needs to know of a gateway; settings of one dispatcher run.

    :ivar country: ISO code of the country by which local numbers are read
    :ivar countries: {company id: that of its messages}, where it has one of its own
    """

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
    line_version: int = 0
    countries: Mapping[int, str] = MappingProxyType({})
    probing: bool = False
    resumed: bool = False

    def country_of(self, company_id: int | None) -> str:
        """Give the country by which numbers of a company's messages are read."""
        return self.countries.get(company_id, self.country)


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
                SELECT id, priority, number, md5(body)::uuid AS text, attempts
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
    ), texts AS (
        -- a text makes one chunk or more, so no more texts are needed than chunks
        SELECT priority, text, sender, array_agg(id) AS ids,
               array_agg(number) AS numbers, array_agg(campaign) AS campaigns
          FROM head
      GROUP BY priority, text, sender
      ORDER BY priority DESC, min(id)
         LIMIT %(slots)s
    ), copies AS (
        -- a number may stand only once in a request: AT answers by number
        SELECT priority, text, sender, own.*, row_number() OVER (
                   PARTITION BY priority, text, sender, number ORDER BY id) AS copy
          FROM texts
    CROSS JOIN LATERAL unnest(ids, numbers, campaigns) AS own(id, number, campaign)
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
           chunks.chunk, chunks.sender, chunks.campaign, s.company_id
      FROM chunks
      JOIN sms_sms s USING (id)
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
    company_id: int | None


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
        gate.read_number(each.number, gateway.country_of(each.company_id))
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
            stopped.append(journal.Change(each.id, None, None, *verdict))
        elif open_lanes[each.message_class, each.campaign].pay():
            row = Row(each.id, verdict.number, each.attempts or 0, each.faults or 0)
            groups[each.chunk, verdict.text, each.sender].append(row)
            leaving[each.message_class, each.campaign] += 1
    journal.record(cr, stopped, now)
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
    listed = blacklist.listed_among(
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
