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
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from ..privacy import blacklist, links
from . import gate, outcome_log
from .lanes import LOOK_AHEAD, lanes, note_pace, paced_until
from .lookahead import PREFETCH
from .timing import pace
from .timing.window import Window


class Gateway(NamedTuple):
    """What the outbox needs to know of a gateway; settings of one dispatcher run.

    :ivar country: ISO code of the country by which local numbers are read
    :ivar countries: {company id: that of its messages}, where it has one of its own
    :ivar part_price: what a part costs at most, as far as is known; 0 without a daily
        budget
    :ivar sentence: puts into words what the gate has found
    """

    id: int
    chunk_size: int
    concurrency: int
    max_faults: int
    sender: str
    sanitise: bool
    country: str
    max_parts: int = 10
    promotional: bool = True
    useful_hours: int = 0
    company_id: int = 0
    window: Window | None = None
    zone: str = "UTC"
    pace: int = 0
    day_budget: float = 0.0
    part_price: float = 0.0
    block_transactional: bool = False
    settings_version: int = 0
    countries: Mapping[int, str] = MappingProxyType({})
    sentence: Callable[[object], str] = str
    probing: bool = False
    resumed: bool = False

    def country_of(self, company_id: int | None) -> str:
        """Return the country by which numbers of a company's messages are read."""
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


LOCK = """
    SELECT id, number, body, message_class, attempts, faults,
           coalesce(campaign_id, 0), company_id,
           message_class = 'promotional' OR coalesce(to_many, FALSE),
           optout_link IS TRUE,
           CASE WHEN optout_link THEN (
                SELECT token FROM sms_optout_link link
                 WHERE link.number = s.number AND link.company_id = s.company_id) END
      FROM sms_sms s
     WHERE id = ANY(%(ids)s::int[])
       AND state = 'outgoing'
       -- handed to another gateway, or told to wait, since somebody looked
       AND gateway_id = %(gateway)s
       AND to_delete IS NOT TRUE
       AND (not_before IS NULL OR not_before <= %(now)s)
  ORDER BY id
       FOR UPDATE SKIP LOCKED
"""


class Locked(NamedTuple):
    """A message that may leave now, before the gate has seen it.

    :ivar linked: it ends with a link to opt out, whose blank is to be filled in
    :ivar token: of the link, if there is one yet
    """

    id: int
    number: str
    body: str
    message_class: str
    attempts: int | None
    faults: int | None
    campaign: int
    company_id: int | None
    asks: bool  # whether an opt-out stops it
    linked: bool
    token: str | None


def claim(cr, gateway, slots, now, ahead):
    """Take the next chunks of a gateway, at most ``slots``, and mark them in process.

    Urgent before normal before bulk, then oldest first. Rows that the gate stops are
    ended on the way and never reach the wire.

    :param ahead: what earlier claims have seen of the queue
    :return: the claims, and whether anything was ended or claimed
    """
    open_lanes = {
        (lane.message_class, lane.campaign): lane
        for lane in lanes(cr, gateway, now, claiming=True)
        if lane.room > 0
    }
    most, until = (1 if gateway.probing else LOOK_AHEAD), None
    if gateway.pace:
        until = paced_until(cr, gateway, 0)
        most = min(most, pace.room(until, gateway.pace, now))
    if most < 1:
        return [], False
    chunks = _lock_chunks(cr, gateway, open_lanes, slots, most, now, ahead)
    passed, stopped = _judge(cr, gateway, chunks)
    groups, leaving = _group(open_lanes, passed, slots)
    outcome_log.record(cr, stopped, now)
    claims = [
        Claim(gateway, text, tuple(rows), now, sender or gateway.sender)
        for (_place, text, sender), rows in groups.items()
    ]
    _mark_in_process(cr, claims, now)
    _note_paces(cr, gateway, open_lanes, until, leaving, now)
    return claims, any(chunks)


def _judge(cr, gateway, chunks):
    """Let the gate judge messages.

    :return: [(place of its chunk, message, number in E.164, text)] of those that may
        leave, and the changes of those that may not
    """
    placed = [(place, each) for place, chunk in enumerate(chunks) for each in chunk]
    numbered = [
        (gate.read_number(each.number, gateway.country_of(each.company_id)), each)
        for _place, each in placed
    ]
    blocked, said_no = _blocked(cr, gateway, numbered)
    tokens = _tokens(cr, numbered, said_no)
    passed, stopped = [], []
    for (place, each), (number, _each) in zip(placed, numbered, strict=True):
        verdict = gate.judge(
            number,
            each.body,
            sanitise=gateway.sanitise,
            max_parts=gateway.max_parts,
            blocked=blocked[each.asks],
        )
        if isinstance(verdict, gate.Stop):
            state, failure_type, problem = verdict
            said = gateway.sentence(problem) if problem else None
            stopped.append(
                outcome_log.Change(each.id, None, None, state, failure_type, said)
            )
            continue
        text = verdict.text
        if each.linked:
            token = tokens.get(each.id)
            text = links.put_in(text, token) if token else links.take_out(text)
        passed.append((place, each, verdict.number, text))
    return passed, stopped


def _group(open_lanes, passed, slots):
    """Put messages of a chunk, a text and a sender together, at most ``slots`` groups.

    :return: {(place, text, sender): [Row]}, and how many leave in each lane
    """
    groups, leaving = defaultdict(list), Counter()
    for place, each, number, text in passed:
        key = (each.message_class, each.campaign)
        lane = open_lanes[key]
        group = (place, text, lane.sender)
        # A text that was changed since somebody looked makes a chunk more.
        parts = gate.parts(text) if lane.by_part and lane.allowances else 1
        fits = group in groups or len(groups) < slots
        if fits and lane.pay(each.company_id, parts):
            row = Row(each.id, number, each.attempts or 0, each.faults or 0)
            groups[group].append(row)
            leaving[key] += 1
    return groups, leaving


def _lock_chunks(cr, gateway, open_lanes, slots, most, now, ahead):
    """Lock the next chunks that nobody else has; return them in lists."""
    rooms = [lane.room for lane in open_lanes.values()]
    # A probe, a pace, a budget: what may go now has to be counted now.
    counted = min([most, *rooms]) < LOOK_AHEAD
    new = counted or ahead.is_stale
    while True:
        if new:
            chunks = slots if counted else PREFETCH
            ahead.refill(cr, gateway, open_lanes.values(), now, most, chunks)
        while chunks := ahead.pop(slots):
            if locked := _lock(cr, gateway, open_lanes, chunks, now):
                return [[locked[i] for i in chunk if i in locked] for chunk in chunks]
            if not new:
                # Others were quicker, or these may not leave any more: look again.
                break
        if new:
            return []
        new = True


def _lock(cr, gateway, open_lanes, chunks, now):
    """Return {id: message} of those that nobody else has and that may leave now."""
    ids = ",".join(str(sms_id) for chunk in chunks for sms_id in chunk)
    cr.execute(LOCK, {"ids": f"{{{ids}}}", "gateway": gateway.id, "now": now})
    locked = {}
    for each in map(Locked._make, cr.fetchall()):
        lane = open_lanes.get((each.message_class, each.campaign))
        if lane and (each.company_id or 0) not in lane.without:
            locked[each.id] = each
    return locked


def _note_paces(cr, gateway, open_lanes, until, leaving, now):
    for key, lane in open_lanes.items():
        if lane.pace and leaving[key]:
            count = leaving[key]
            note_pace(cr, gateway, lane.campaign, lane.pace, lane.until, count, now)
    if gateway.pace and leaving:
        note_pace(cr, gateway, 0, gateway.pace, until, leaving.total(), now)


def unclaim(cr, claims):
    """Put claims back that were never put on the wire."""
    if claims:
        cr.execute(
            "UPDATE sms_sms SET state = 'outgoing', dispatch_token = NULL"
            " WHERE state = 'process' AND dispatch_token = ANY(%s)",
            [[claim.token for claim in claims]],
        )


def _blocked(cr, gateway, numbered):
    """Return whom the blacklist concerns.

    :return: {whether an opt-out stops them: numbers to which messages may not go}, and
        whose owners said no
    """
    strict = gateway.block_transactional
    listed = blacklist.listed_among(
        cr,
        {
            number
            for number, each in numbered
            if isinstance(number, str) and (strict or each.asks or each.linked)
        },
    )
    said_no = {number for number, no_claim in listed.items() if not no_claim}
    blocked = {True: frozenset(listed), False: said_no if strict else frozenset()}
    return blocked, said_no


def _tokens(cr, numbered, said_no):
    """Return {id of a message: the token of its link}; none to who said no already."""
    found, missing = {}, {}
    for number, each in numbered:
        if not (each.linked and isinstance(number, str)) or number in said_no:
            continue
        if each.token and number == each.number:
            found[each.id] = each.token
        elif each.company_id:
            missing[each.id] = (number, each.company_id)
    # Made with the message as a rule: retention or an erasure has removed these.
    made = links.tokens(cr, missing.values())
    return found | {sms_id: made[owner] for sms_id, owner in missing.items()}


def _mark_in_process(cr, claims, now):
    # Not every answer says how many parts it was: our own count stands till then.
    chunks = [
        {
            "ids": [row.id for row in each.rows],
            "numbers": [row.number for row in each.rows],
            "token": each.token,
            "sender": each.sender,
            "parts": gate.parts(each.text),
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
