"""Keep less: texts go first, then numbers, then the messages, and totals stay.

Each step takes one batch in one transaction and says where the next begins; killed at
any line it has either done its batch or not touched it. Messages that wait or are on
the wire are left alone, and so is what somebody else is at.

Every function takes an open cursor and neither commits nor rolls back.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .suppression import HASHED, hash_sql

#: states in which a message waits for nothing but a report, which has its own hours
AT_REST = ("pending", "sent", "error", "canceled")


#: days beyond which nobody reckons: a hundred years
LONGEST = 36_500


@dataclass(frozen=True)
class Ages:
    """Days after which something goes, or None; each is no longer than the next."""

    text: int | None
    number: int | None
    message: int | None
    event: int | None

    @classmethod
    def of(cls, body_days, number_days, message_days, event_days):
        """Read a gateway's settings: 0 is "with the next step", and last "never"."""
        message = _least(message_days)
        number = _least(number_days, message)
        text = _least(body_days, number)
        return cls(text, number, message, _least(event_days, text))


def _least(*days):
    found = min(filter(None, days), default=None)
    return found and min(found, LONGEST)


@dataclass(frozen=True)
class Batch:
    """What a step needs: whose messages, where to begin, how many, and the words.

    :ivar keys: from ``suppression.pads``
    :ivar zones: {company id: name of its time zone}
    :ivar notice: HTML that takes a text's place in the chatter
    """

    gateway_id: int
    ages: Ages
    now: datetime
    after: int
    limit: int
    keys: dict[str, bytes]
    zones: dict[int, str]
    notice: str

    def before(self, days):
        """Return the time before which something is too old."""
        return self.now - timedelta(days=days)


def _lock_ids(cr, sql, batch, days, **more):
    """Return the ids of a batch's rows, in their order, locked."""
    if days is None:
        return []
    cr.execute(
        sql,
        {
            "gateway": batch.gateway_id,
            "after": batch.after,
            "before": batch.before(days),
            "limit": batch.limit,
            **more,
        },
    )
    return [row_id for (row_id,) in cr.fetchall()]


def _lock_messages(cr, batch, days, condition):
    sql = f"""
          SELECT id FROM sms_sms
           WHERE gateway_id = %(gateway)s AND id > %(after)s
             AND state = ANY(%(at_rest)s)
             AND greatest(create_date, queued_at, dispatched_at) < %(before)s
             AND {condition}
        ORDER BY id LIMIT %(limit)s
             FOR UPDATE SKIP LOCKED
    """
    return _lock_ids(cr, sql, batch, days, at_rest=list(AT_REST), hashed=HASHED)


HAS_TEXT = "body <> ''"
HAS_PERSON = """coalesce(body, '') = ''
    AND ((number <> '' AND number !~ %(hashed)s)
         OR partner_id IS NOT NULL OR recipient IS NOT NULL
         OR res_id IS NOT NULL OR mail_message_id IS NOT NULL)"""
HAS_NOBODY = """coalesce(body, '') = '' AND partner_id IS NULL
    AND (coalesce(number, '') = '' OR number ~ %(hashed)s)"""


def blank_texts(cr, batch):
    """Blank the texts of messages, and of their copies in the chatter.

    :return: ids of the messages
    """
    ids = _lock_messages(cr, batch, batch.ages.text, HAS_TEXT)
    blank(cr, ids, batch.notice)
    return ids


def blank(cr, ids, notice):
    """Blank the texts of these messages.

    One of several recipients' keeps the common copy until the last one's turn.
    """
    cr.execute(
        "UPDATE sms_sms SET body = NULL WHERE id = ANY(%s) RETURNING mail_message_id",
        [ids],
    )
    copies = list({copy for (copy,) in cr.fetchall() if copy})
    cr.execute(
        """
        UPDATE mail_message m SET body = %s
         WHERE m.id = ANY(%s) AND m.message_type = 'sms'
           AND NOT EXISTS (SELECT FROM sms_sms s
                            WHERE s.mail_message_id = m.id AND s.body <> '')
        """,
        [notice, copies],
    )


def hash_numbers(cr, batch):
    """Put hashes for numbers, and drop names and links to people and records.

    :return: ids of the messages
    """
    ids = _lock_messages(cr, batch, batch.ages.number, HAS_PERSON)
    depersonalise(cr, ids, batch.keys)
    return ids


def depersonalise(cr, ids, keys):
    """Put a hash for these messages' numbers, also where Odoo tracks them."""
    cr.execute(
        f"""
        WITH messages AS (
            UPDATE sms_sms
               SET number = CASE WHEN number <> '' AND number !~ %(hashed)s
                                 THEN {hash_sql("number")} ELSE number END,
                   recipient = NULL, partner_id = NULL, res_model = NULL,
                   res_id = NULL, mail_message_id = NULL
             WHERE id = ANY(%(ids)s)
         RETURNING uuid, number
        ), tracked AS (
            SELECT t.mail_notification_id, t.mailing_trace_id, messages.number
              FROM messages JOIN sms_tracker t ON t.sms_uuid = messages.uuid
        ), notifications AS (
            UPDATE mail_notification n SET sms_number = tracked.number
              FROM tracked WHERE n.id = tracked.mail_notification_id
        )
        UPDATE mailing_trace trace SET sms_number = tracked.number
          FROM tracked WHERE trace.id = tracked.mailing_trace_id
        """,
        {"ids": ids, "hashed": HASHED, **keys},
    )


COUNT = """
    INSERT INTO sms_statistic
           (day, company_id, gateway_id, campaign_id, mailing_id, user_id,
            message_class, network, sender_id, state, failure_type, left_out,
            currency_id, messages, parts, cost)
    SELECT (coalesce(s.accepted_at, s.create_date) AT TIME ZONE 'UTC'
            AT TIME ZONE coalesce(zone.value, 'UTC'))::date,
           s.company_id, s.gateway_id, s.campaign_id, s.mailing_id, s.create_uid,
           s.message_class, s.network, s.sender_id, s.state, s.failure_type,
           coalesce(s.left_out, FALSE), s.currency_id,
           count(*), sum(coalesce(s.parts, 0)), sum(coalesce(s.cost, 0))
      FROM {source} s
 LEFT JOIN json_each_text(%(zones)s) zone ON zone.key = s.company_id::text
     WHERE s.id = ANY(%(ids)s) AND s.gateway_id IS NOT NULL
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13
"""


def remove(cr, batch):
    """Remove messages whose person is forgotten, and add them to the totals.

    One statement, so that no message is in neither or in both.

    :return: ids of the messages
    """
    ids = _lock_messages(cr, batch, batch.ages.message, HAS_NOBODY)
    cr.execute(
        f"""
        WITH gone AS (
            DELETE FROM sms_sms WHERE id = ANY(%(ids)s) RETURNING *
        ), trackers AS (
            DELETE FROM sms_tracker t USING gone WHERE t.sms_uuid = gone.uuid
        )
        {COUNT.format(source="gone")}
        """,
        {"ids": ids, "zones": json.dumps(batch.zones)},
    )
    return ids


def count(cr, ids, zones):
    """Add these messages to the totals, for those who delete them another way."""
    cr.execute(COUNT.format(source="sms_sms"), {"ids": ids, "zones": json.dumps(zones)})


INCOMING = """
      SELECT id FROM sms_incoming
       WHERE gateway_id = %(gateway)s AND id > %(after)s
         AND create_date < %(before)s AND {condition}
    ORDER BY id LIMIT %(limit)s
         FOR UPDATE SKIP LOCKED
"""


def blank_incoming(cr, batch):
    """Blank the texts of incoming messages, and of their notes in the chatter."""
    sql = INCOMING.format(condition="body <> ''")
    ids = _lock_ids(cr, sql, batch, batch.ages.text)
    forget_notes(cr, ids, batch.notice)
    cr.execute("UPDATE sms_incoming SET body = NULL WHERE id = ANY(%s)", [ids])
    return ids


def forget_notes(cr, ids, notice):
    """Blank the chatter's notes of incoming messages; they hold text and number."""
    cr.execute(
        """
        UPDATE mail_message m SET body = %s
          FROM sms_incoming i
         WHERE i.id = ANY(%s) AND m.id = i.mail_message_id
        """,
        [notice, ids],
    )


def hash_incoming(cr, batch):
    """Put hashes for the numbers of incoming messages, and drop their contacts."""
    sql = INCOMING.format(condition="coalesce(body, '') = '' AND number !~ %(hashed)s")
    ids = _lock_ids(cr, sql, batch, batch.ages.number, hashed=HASHED)
    cr.execute(
        f"""
        UPDATE sms_incoming
           SET number = {hash_sql("number")}, partner_id = NULL, mail_message_id = NULL,
               doubtful = FALSE
         WHERE id = ANY(%(ids)s)
        """,
        {"ids": ids, **batch.keys},
    )
    return ids


def remove_incoming(cr, batch):
    """Remove incoming messages whose person is forgotten."""
    sql = INCOMING.format(condition="number ~ %(hashed)s")
    ids = _lock_ids(cr, sql, batch, batch.ages.message, hashed=HASHED)
    cr.execute("DELETE FROM sms_incoming WHERE id = ANY(%s)", [ids])
    return ids


def remove_events(cr, batch):
    """Remove what the provider posted; it holds numbers and texts."""
    ids = _lock_ids(
        cr,
        """
          SELECT id FROM sms_gateway_event
           WHERE gateway_id = %(gateway)s AND id > %(after)s
             AND state IN ('applied', 'unmatched', 'failed')
             AND received_at < %(before)s
        ORDER BY id LIMIT %(limit)s
             FOR UPDATE SKIP LOCKED
        """,
        batch,
        batch.ages.event,
    )
    cr.execute("DELETE FROM sms_gateway_event WHERE id = ANY(%s)", [ids])
    return ids


AUDIENCES = """
      SELECT a.id
        FROM sms_campaign_audience a
        JOIN sms_campaign c ON c.id = a.campaign_id
       WHERE c.gateway_id = %(gateway)s AND a.id > %(after)s
         AND c.state IN ('draft', 'approval', 'done', 'cancelled')
         AND greatest(c.write_date, a.write_date) < %(before)s
         AND (a.numbers <> ''
              OR EXISTS (SELECT FROM sms_campaign_row WHERE audience_id = a.id)
              OR EXISTS (SELECT FROM sms_campaign_recipient WHERE audience_id = a.id)
              OR EXISTS (SELECT FROM ir_attachment
                          WHERE res_model = 'sms.campaign.audience'
                            AND res_field = 'file' AND res_id = a.id))
    ORDER BY a.id LIMIT %(limit)s
         FOR UPDATE OF a SKIP LOCKED
"""


def lock_audiences(cr, batch):
    """Return the ids of audiences untouched for as long as texts are kept.

    What was pasted or uploaded holds numbers, names and what texts are made of.
    """
    return _lock_ids(cr, AUDIENCES, batch, batch.ages.text)


def remove_links(cr, batch):
    """Remove opt-out links of numbers to which no message is kept any more."""
    ids = _lock_ids(
        cr,
        """
          SELECT link.id FROM sms_optout_link link
            JOIN sms_gateway_config gateway ON gateway.id = %(gateway)s
           WHERE link.id > %(after)s AND link.create_date < %(before)s
             AND link.company_id = coalesce(gateway.company_id, link.company_id)
             AND NOT EXISTS (SELECT FROM sms_sms WHERE number = link.number)
        ORDER BY link.id LIMIT %(limit)s
             FOR UPDATE OF link SKIP LOCKED
        """,
        batch,
        batch.ages.number,
    )
    cr.execute("DELETE FROM sms_optout_link WHERE id = ANY(%s)", [ids])
    return ids


#: In this order a message that is overdue for all of it goes in one run.
STEPS: dict[str, Any] = {
    "events removed": remove_events,
    "texts blanked": blank_texts,
    "numbers hashed": hash_numbers,
    "messages removed": remove,
    "incoming texts blanked": blank_incoming,
    "incoming numbers hashed": hash_incoming,
    "incoming messages removed": remove_incoming,
    "opt-out links removed": remove_links,
}
