"""Lanes: the parts of a gateway's queue that go by their own rules.

Single transactional messages have one, promotional ones another (window, balance), and
each running campaign its own (window, pace, budget). A lane that is shut costs nothing,
however many messages wait in it: claims do not look into it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from . import pace, window

# No more than this many messages are looked at in one claim. It bounds the claim's cost
# when all texts differ; equal texts are claimed this many at a time.
LOOK_AHEAD = 1000
LATER = timedelta(minutes=15)


class Lane(NamedTuple):
    """How many messages of a class and campaign (0: of none) may leave now.

    :ivar room: 0 if it is shut
    :ivar opens: when to look again if it is shut; None: a person has to do something
    :ivar reason: why it is shut: "window", "balance", "pace" or "budget"
    """

    message_class: str
    campaign: int
    room: int
    sender: str = ""
    opens: datetime | None = None
    reason: str = ""
    pace: int = 0
    until: datetime | None = None


def lanes(cr, gateway, now, claiming=False):
    """Give the lanes of a gateway, those of paused campaigns left out.

    :param claiming: lock what is counted, so that dispatchers take turns
    """
    found = [Lane("transactional", 0, LOOK_AHEAD), _promotional(cr, gateway, now)]
    cr.execute(
        """
          SELECT c.id, c.message_class,
                 -- a sender ID is registered with one account
                 CASE WHEN c.gateway_id = %(gateway)s THEN c.sender_id END,
                 c.within_window, c.pace, c.budget, c.message_price
            FROM sms_campaign c
            JOIN sms_gateway_config g ON g.id = c.gateway_id
           WHERE c.state = 'sending'
             -- the other's, when this gateway has taken over
             AND (g.id = %(gateway)s OR g.failover_id = %(gateway)s)
        ORDER BY c.id
        """,
        {"gateway": gateway.id},
    )
    for campaign in cr.fetchall():
        found.append(_campaign(cr, gateway, campaign, now, claiming))
    return found


def _promotional(cr, gateway, now):
    lane = Lane("promotional", 0, LOOK_AHEAD)
    return _by_day(cr, gateway, _by_gateway(gateway, lane, now), 0.0, now)


def _campaign(cr, gateway, campaign, now, claiming):
    campaign_id, kind, sender, within_window, per_minute, budget, price = campaign
    lane = Lane(kind, campaign_id, LOOK_AHEAD, sender or "")
    if kind == "promotional" or within_window:
        lane = _by_gateway(gateway, lane, now)
    lane = _by_day(cr, gateway, lane, price or 0.0, now)
    if lane.room and budget:
        left = budget - _spent(cr, "campaign_id = %s", [campaign_id])
        under_way = _under_way(cr, "campaign_id = %s", [campaign_id])
        lane = _by_money(lane, left, price or 0.0, under_way, None)
    if lane.room and per_minute:
        until = paced_until(cr, gateway, campaign_id, claiming)
        lane = lane._replace(pace=per_minute, until=until)
        room = min(lane.room, pace.room(until, per_minute, now))
        lane = lane._replace(room=room)
        if not room:
            opens = pace.opens(until, per_minute, now)
            lane = lane._replace(opens=opens, reason="pace")
    return lane


def _by_gateway(gateway, lane, now):
    """Shut a lane of promotional messages by the gateway's balance and window."""
    if lane.message_class == "promotional" and not gateway.promotional:
        return lane._replace(room=0, opens=now + LATER, reason="balance")
    if gateway.window and not window.is_open(gateway.window, now):
        opens = window.next_open(gateway.window, now)
        return lane._replace(room=0, opens=opens, reason="window")
    return lane


def _by_day(cr, gateway, lane, price, now):
    """Shut a lane when the company's budget of the day is spent."""
    if not (lane.room and gateway.day_budget):
        return lane
    day = window.today(gateway.zone, now)
    spent = _spent(
        cr, "company_id = %s AND day = %s AND bulk", [gateway.company_id, day]
    )
    left = gateway.day_budget - spent
    under_way = _under_way(
        cr, "company_id = %s AND priority = '0'", [gateway.company_id]
    )
    tomorrow = window.tomorrow(gateway.zone, now)
    return _by_money(lane, left, price, under_way, tomorrow)


def _by_money(lane, left, price, under_way, opens):
    left -= under_way * price
    room = int(left / price + 1e-6) if price else (LOOK_AHEAD if left > 0 else 0)
    if room > 0:
        return lane._replace(room=min(lane.room, room))
    return lane._replace(room=0, opens=opens, reason="budget")


def _spent(cr, where, values):
    cr.execute(f"SELECT sum(amount) FROM sms_spending WHERE {where}", values)
    return float(cr.fetchone()[0] or 0)


def _under_way(cr, where, values):
    cr.execute(
        f"SELECT count(*) FROM sms_sms WHERE state = 'process' AND {where}", values
    )
    return cr.fetchone()[0]


# ------------------------------------------------------------
# Pace
# ------------------------------------------------------------


def paced_until(cr, gateway, campaign_id, claiming):
    """Give until when the pace of a gateway or campaign is filled.

    :param claiming: keep the row locked until the transaction ends
    """
    if claiming:
        cr.execute(
            """
            INSERT INTO sms_pace (gateway_id, campaign_id) VALUES (%s, %s)
                ON CONFLICT (gateway_id, coalesce(campaign_id, 0))
                DO UPDATE SET gateway_id = excluded.gateway_id
             RETURNING paced_until
            """,
            [gateway.id, campaign_id or None],
        )
        return cr.fetchone()[0]
    cr.execute(
        "SELECT paced_until FROM sms_pace"
        " WHERE gateway_id = %s AND coalesce(campaign_id, 0) = %s",
        [gateway.id, campaign_id],
    )
    found = cr.fetchone()
    return found and found[0]


def keep_pace(cr, gateway, campaign_id, per_minute, until, count, now):
    """Note that so many messages leave now."""
    cr.execute(
        "UPDATE sms_pace SET paced_until = %s"
        " WHERE gateway_id = %s AND coalesce(campaign_id, 0) = %s",
        [pace.after(until, per_minute, now, count), gateway.id, campaign_id],
    )
