"""Erase what is held about a number: texts, names, and the number itself.

The messages stay, as counts and costs of nobody; a hash tells them apart. Takes an open
cursor and neither commits nor rolls back.
"""

from __future__ import annotations

from . import retention
from .suppression import hash_sql

# A number must be told from others in what the provider posted.
FEWEST_DIGITS = 7

LOCK = """
      SELECT id, state FROM sms_sms
       WHERE number = %(number)s
         AND (company_id IS NULL OR company_id = ANY(%(companies)s))
    ORDER BY id
         FOR UPDATE
"""
COPIES = """
    UPDATE mail_message m SET body = %(notice)s
      FROM sms_sms s
     WHERE s.id = ANY(%(ids)s) AND m.id = s.mail_message_id AND m.message_type = 'sms'
"""
NOTIFICATIONS = f"""
    UPDATE mail_notification SET sms_number = {hash_sql("sms_number")}
     WHERE sms_number = %(number)s
"""
TRACES = f"""
    UPDATE mailing_trace SET sms_number = {hash_sql("sms_number")}
     WHERE sms_number = %(number)s
"""
INCOMING = """
    SELECT id FROM sms_incoming
     WHERE number = %(number)s
       AND (company_id IS NULL OR company_id = ANY(%(companies)s))
"""
EVENTS = """
    UPDATE sms_gateway_event SET payload = '[]'
     WHERE state <> 'new' AND payload LIKE %(digits)s
       AND (company_id IS NULL OR company_id = ANY(%(companies)s))
"""


class OnTheWire(Exception):
    """A message to this number is just leaving; its outcome is not known yet."""


def digits_of(number):
    """Give the pattern of a number in what was posted, or None if it says too little.

    The provider writes numbers with and without their plus.
    """
    digits = number.lstrip("+")
    if not digits.isdigit() or len(digits) < FEWEST_DIGITS:
        return None
    return f"%{digits}%"


def erase(cr, number, companies, keys, notice):
    """Erase a number in the records of these companies.

    Odoo's notifications and traces have no company: theirs are all erased.

    :param number: in E.164, or as it is held
    :param companies: list of ids
    :param keys: from ``suppression.pads``
    :param notice: HTML that takes a text's place in the chatter
    :return: {"messages": how many, "incoming": ..., "events": ...}
    :raise OnTheWire: nothing is changed then
    """
    given = {"number": number, "companies": companies, "notice": notice, **keys}
    cr.execute(LOCK, given)
    rows = cr.fetchall()
    if any(state == "process" for _id, state in rows):
        raise OnTheWire
    ids = [row_id for row_id, _state in rows]
    cr.execute(COPIES, given | {"ids": ids})
    cr.execute(
        "UPDATE sms_sms SET body = NULL, provider_text = NULL WHERE id = ANY(%s)", [ids]
    )
    retention.depersonalise(cr, ids, keys)
    cr.execute(NOTIFICATIONS, given)
    cr.execute(TRACES, given)
    cr.execute(INCOMING, given)
    incoming = [row_id for (row_id,) in cr.fetchall()]
    retention.forget_notes(cr, incoming, notice)
    cr.execute("DELETE FROM sms_incoming WHERE id = ANY(%s)", [incoming])
    events = 0
    if digits := digits_of(number):
        cr.execute(EVENTS, given | {"digits": digits})
        events = cr.rowcount
    return {"messages": len(ids), "incoming": len(incoming), "events": events}
