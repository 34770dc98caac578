"""Lanes: the parts of a gateway's queue that go by their own rules.

Single transactional messages have one, promotional ones another (window, balance), and
each running campaign its own (window, pace, budget). A closed lane costs nothing,
however many messages wait in it: claims do not look into it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from .timing import pace, window

# No more than this many messages are looked at in one claim. It bounds the claim's cost
# when all texts differ; equal texts are claimed this many at a time.
LOOK_AHEAD = 1000
LATER = timedelta(minutes=15)
SOON = timedelta(seconds=1)
# The key of the advisory lock of whose turn it is; any number that nobody else uses.
TURN = 7_357_767


@dataclass
class Allowance:
    """What may still be spent today, by all lanes of a company together.

    :ivar under_way: messages on the wire, of which nobody knows yet what they cost
    """

    left: float
    under_way: int = 0


@dataclass(frozen=True)
class Lane:
    """How many messages of a class and campaign (0: of none) may leave now.

    :ivar room: 0 if it is closed
    :ivar opens: when to look again if it is closed; None: a person has to do something
    :ivar reason: why it is closed: "window", "balance", "pace", "budget",
        "day_budget"
    :ivar price: what a message costs at most, or a part of it if ``by_part``; 0 if
        nobody knows
    :ivar allowances: {company id: its Allowance}, which lanes of a company share
    :ivar without: ids of companies whose messages stay, as their allowance is empty
    """

    message_class: str
    campaign: int
    room: int
    sender: str = ""
    opens: datetime | None = None
    reason: str = ""
    pace: int = 0
    until: datetime | None = None
    price: float = 0.0
    by_part: bool = False
    allowances: Mapping[int, Allowance] | None = None
    without: tuple[int, ...] = ()

    def pay(self, company: int | None, parts: int) -> bool:
        """Take a message's price out of the allowance; tell whether it was enough.

        Of a text whose parts are only now counted, enough for one part is enough: else
        a long text would stop all that is behind it.
        """
        allowance = self.allowances.get(company) if self.allowances else None
        if allowance is None:
            return True
        if allowance.left < self.price - 1e-6:
            return False
        allowance.left -= self.price * parts if self.by_part else self.price
        return True


def lanes(cr, gateway, now, claiming=False):
    """Return the lanes of a gateway, those of paused campaigns left out.

    :param claiming: until the transaction ends, let nobody pause these campaigns, and
        no other dispatcher claim where a pace or budget is counted
    """
    cr.execute(
        f"""
          SELECT c.id, c.company_id, c.message_class,
                 -- a sender ID is registered with one account
                 CASE WHEN c.gateway_id = %(gateway)s THEN c.sender_id END,
                 c.within_window, coalesce(c.pace, 0), coalesce(c.budget, 0),
                 coalesce(c.message_price, 0)
            FROM sms_campaign c
           WHERE c.state = 'sending'
             -- another's, where this gateway has taken over
             AND (c.gateway_id = %(gateway)s
                  OR EXISTS (SELECT FROM sms_sms s
                              WHERE s.state = 'outgoing'
                                AND s.gateway_id = %(gateway)s
                                AND s.message_class = c.message_class
                                AND coalesce(s.campaign_id, 0) = c.id))
        ORDER BY c.id
        -- who is just pausing one need not wait, nor need we: it is paused
        {"FOR SHARE OF c SKIP LOCKED" if claiming else ""}
        """,
        {"gateway": gateway.id},
    )
    campaigns = [_Campaign(*row) for row in cr.fetchall()]
    limited = gateway.pace or gateway.day_budget
    if claiming and (limited or any(c.pace or c.budget for c in campaigns)):
        # The last lock of the transaction, so that no two can wait for each other.
        cr.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])
    allowances = _allowances(cr, gateway, now)
    found = [Lane("transactional", 0, LOOK_AHEAD)]
    promotional = Lane(
        "promotional", 0, LOOK_AHEAD, price=gateway.part_price, by_part=True
    )
    promotional = _by_gateway(gateway, promotional, now)
    if gateway.company_id:
        company = gateway.company_id
        promotional = _by_day(gateway, promotional, company, allowances[company], now)
    else:
        promotional = _by_day_of_each(gateway, promotional, allowances)
    found.append(promotional)
    for campaign in campaigns:
        allowance = allowances[campaign.company_id]
        found.append(_campaign(cr, gateway, campaign, allowance, now))
    return found


class _Campaign(NamedTuple):
    id: int
    company_id: int
    message_class: str
    sender: str | None
    within_window: bool
    pace: int
    budget: float
    price: float


def _campaign(cr, gateway, campaign, allowance, now):
    lane = Lane(
        campaign.message_class,
        campaign.id,
        LOOK_AHEAD,
        campaign.sender or "",
        price=campaign.price or gateway.part_price,
    )
    if campaign.message_class == "promotional" or campaign.within_window:
        lane = _by_gateway(gateway, lane, now)
    lane = _by_day(gateway, lane, campaign.company_id, allowance, now)
    if lane.room and campaign.budget:
        left = left_of_budget(cr, campaign.id, campaign.budget, campaign.price)
        lane = _by_money(gateway, lane, left, None, "budget")
    if lane.room and campaign.pace:
        until = paced_until(cr, gateway, campaign.id)
        room = min(lane.room, pace.room(until, campaign.pace, now))
        lane = replace(lane, pace=campaign.pace, until=until, room=room)
        if not room:
            opens = pace.opens(until, campaign.pace, now)
            lane = replace(lane, opens=opens, reason="pace")
    return lane


def _by_gateway(gateway, lane, now):
    """Close a lane of promotional messages by the gateway's balance and window."""
    if lane.message_class == "promotional" and not gateway.promotional:
        return replace(lane, room=0, opens=now + LATER, reason="balance")
    if gateway.window and not window.is_open(gateway.window, now):
        opens = window.next_open(gateway.window, now)
        return replace(lane, room=0, opens=opens, reason="window")
    return lane


# ------------------------------------------------------------
# Money
# ------------------------------------------------------------


def left_of_budget(cr, campaign_id, budget, price):
    """Return what is left of a campaign's budget if all that is on its way is charged.

    One statement, so that what another dispatcher just records is counted once. What
    became of a message of unknown outcome nobody knows: it may have been charged.
    """
    cr.execute(
        """
        SELECT (SELECT coalesce(sum(amount), 0) FROM sms_spending
                 WHERE campaign_id = %(id)s),
               (SELECT count(*) FROM sms_sms
                 WHERE campaign_id = %(id)s
                   AND (state = 'process'
                        OR (state = 'error' AND cost IS NULL
                            AND failure_type = 'sms_outcome_unknown')))
        """,
        {"id": campaign_id},
    )
    spent, under_way = cr.fetchone()
    return budget - float(spent) - under_way * price


def _allowances(cr, gateway, now):
    """Return {company id: what is left of its daily budget, or None: no budget}."""
    if not gateway.day_budget:
        return defaultdict(lambda: None)
    cr.execute(
        """
          SELECT company_id, sum(amount), sum(unpriced)
            FROM (SELECT company_id, amount, 0 AS unpriced FROM sms_spending
                   WHERE day = %(today)s AND bulk
                   UNION ALL
                  SELECT company_id, price, (price = 0)::int
                    FROM (SELECT s.company_id,
                                 coalesce(nullif(c.message_price, 0),
                                          %(price)s * greatest(s.parts, 1)) AS price
                            FROM sms_sms s
                       LEFT JOIN sms_campaign c ON c.id = s.campaign_id
                           WHERE s.state = 'process'
                             -- of an urgent campaign as well
                             AND (s.priority = '0' OR s.campaign_id IS NOT NULL)
                         ) AS under_way) AS spent
           WHERE company_id IS NOT NULL
        GROUP BY company_id
        """,
        {"today": window.today(gateway.zone, now), "price": gateway.part_price},
    )
    allowances = defaultdict(lambda: Allowance(gateway.day_budget))
    for company_id, spent, unpriced in cr.fetchall():
        allowance = allowances[company_id]
        allowance.left -= float(spent)
        allowance.under_way = unpriced
    return allowances


def _by_day(gateway, lane, company, allowance, now):
    """Close a lane when the company's budget of the day is spent."""
    if not (lane.room and allowance):
        return lane
    lane = replace(lane, allowances={company: allowance})
    if not lane.price and allowance.under_way:
        # Its price is told with the answer.
        return replace(lane, room=0, opens=now + SOON, reason="day_budget")
    tomorrow = window.tomorrow(gateway.zone, now)
    return _by_money(gateway, lane, allowance.left, tomorrow, "day_budget")


def _by_day_of_each(gateway, lane, allowances):
    """Leave the companies out whose budget of the day is spent, of a shared gateway."""
    if not gateway.day_budget:
        return lane
    spent = tuple(
        company
        for company, allowance in allowances.items()
        if allowance.left < max(lane.price, 1e-6)
        or (not lane.price and allowance.under_way)
    )
    # The others have no more together than what one of them has.
    left = min(
        (each.left for company, each in allowances.items() if company not in spent),
        default=gateway.day_budget,
    )
    room = _affordable(gateway, lane, left)
    return replace(
        lane, without=spent, room=min(lane.room, room), allowances=allowances
    )


def _affordable(gateway, lane, left):
    """Return how many messages there is money for.

    Of a price that nobody knows, no more than a request tells.
    """
    if lane.price:
        return int(min(left / lane.price, LOOK_AHEAD) + 1e-6)
    return gateway.chunk_size if left > 0 else 0


def _by_money(gateway, lane, left, opens, reason):
    room = _affordable(gateway, lane, left)
    if room > 0:
        return replace(lane, room=min(lane.room, room))
    return replace(lane, room=0, opens=opens, reason=reason)


# ------------------------------------------------------------
# Pace
# ------------------------------------------------------------


def paced_until(cr, gateway, campaign_id):
    """Return until when the pace of a gateway (or its campaign, not 0) is filled."""
    cr.execute(
        "SELECT paced_until FROM sms_pace"
        " WHERE gateway_id = %s AND coalesce(campaign_id, 0) = %s",
        [gateway.id, campaign_id],
    )
    found = cr.fetchone()
    return found and found[0]


def note_pace(cr, gateway, campaign_id, per_minute, until, count, now):
    """Note that so many messages leave now."""
    cr.execute(
        """
        INSERT INTO sms_pace (gateway_id, campaign_id, paced_until)
             VALUES (%s, %s, %s)
        ON CONFLICT (gateway_id, coalesce(campaign_id, 0))
          DO UPDATE SET paced_until = excluded.paced_until
        """,
        [gateway.id, campaign_id or None, pace.after(until, per_minute, now, count)],
    )
