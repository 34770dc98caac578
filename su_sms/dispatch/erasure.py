"""Erase what is held about a number: texts, names, and the number itself.

The messages stay, as counts and costs of nobody; a hash tells them apart. Takes an open
cursor and neither commits nor rolls back.
"""

from __future__ import annotations

from ..text import e164
from . import retention
from .suppression import hash_sql

# A number must be told from others in what the provider posted.
FEWEST_DIGITS = 7
# What people write between the digits of a number, and between numbers.
BETWEEN_DIGITS, BETWEEN_NUMBERS = "[ ().-]{0,2}", "[^\n,;]*"
# Of a number: the plus, the country or a zero, before the digits that they share.
BEFORE_DIGITS = "[+(]{0,2}[0-9]{0,4}" + BETWEEN_DIGITS

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
# What Odoo keeps of a mailing's tests: numbers as somebody typed them.
TEST_NOTES = """
    UPDATE mail_message SET body = regexp_replace(body, %(typed_alone)s, '•••', 'g')
     WHERE model = 'mailing.mailing' AND message_type = 'notification'
       AND body ~ %(typed_alone)s
"""
TESTS = "DELETE FROM mailing_sms_test WHERE numbers ~ %(typed_alone)s"
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


# That somebody opted out, and when, stays provable to whoever knows the number.
CONSENTS = f"""
    UPDATE sms_consent
       SET number = {hash_sql("number")}, note = NULL, evidence = NULL
     WHERE number = %(number)s
       AND (company_id IS NULL OR company_id = ANY(%(companies)s))
"""
LINKS = """
    DELETE FROM sms_optout_link
     WHERE number = %(number)s AND company_id = ANY(%(companies)s)
"""
# What was pasted or uploaded has numbers as people type them.
ROWS = """
    SELECT r.id, r.audience_id
      FROM sms_campaign_row r
      JOIN sms_campaign_audience a ON a.id = r.audience_id
      JOIN sms_campaign c ON c.id = a.campaign_id
     WHERE c.company_id = ANY(%(companies)s)
       AND EXISTS (SELECT FROM jsonb_each_text(r.cells) cell
                    WHERE regexp_replace(cell.value, '\\D', '', 'g')
                          LIKE '%%' || %(national)s)
"""
AUDIENCES = """
    SELECT a.id
      FROM sms_campaign_audience a
      JOIN sms_campaign c ON c.id = a.campaign_id
     WHERE c.company_id = ANY(%(companies)s)
       AND (a.numbers ~ %(typed)s
            OR EXISTS (SELECT FROM sms_campaign_recipient r
                        WHERE r.audience_id = a.id AND r.number = %(number)s)
            OR a.kind = 'file' AND EXISTS (
               SELECT FROM sms_sms s
                WHERE s.campaign_id = c.id AND s.number = %(number)s))
"""
FOUND_ROWS = "DELETE FROM sms_campaign_row WHERE id = ANY(%(rows)s)"
PASTED = """
    UPDATE sms_campaign_audience
       SET numbers = regexp_replace(numbers, %(typed)s, '', 'g')
     WHERE id = ANY(%(audiences)s)
"""
EXAMPLES = """
    UPDATE sms_campaign_column SET example = NULL WHERE audience_id = ANY(%(audiences)s)
"""
CHECKED = """
    DELETE FROM sms_campaign_recipient
     WHERE audience_id = ANY(%(audiences)s) AND number = %(number)s
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


def find_audiences(cr, number, companies):
    """Find a number in what was pasted or uploaded for campaigns of these companies.

    :return: (ids of rows, ids of audiences)
    """
    given = _typed(number, companies)
    if not given:
        return [], []
    cr.execute(ROWS, given)
    rows = cr.fetchall()
    cr.execute(AUDIENCES, given)
    audiences = {audience for (audience,) in cr.fetchall()}
    return [row for row, _audience in rows], sorted(
        audiences | {audience for _row, audience in rows}
    )


def forget_audiences(cr, number, companies):
    """Drop a number from what was pasted or uploaded for campaigns.

    Has to come before the messages' numbers are gone.

    :return: ids of the audiences, whose uploaded files have to go as well
    """
    rows, audiences = find_audiences(cr, number, companies)
    if audiences:
        given = _typed(number, companies) | {"rows": rows, "audiences": audiences}
        for statement in (FOUND_ROWS, PASTED, EXAMPLES, CHECKED):
            cr.execute(statement, given)
    return audiences


def _typed(number, companies):
    """Give the parameters by which a number is found as people type it, or nothing."""
    split = e164.parts(number)
    if not split:
        return None
    digits = BETWEEN_DIGITS.join(split[1])
    return {
        "number": number,
        "companies": companies,
        "national": split[1],
        "typed": BETWEEN_NUMBERS + digits + BETWEEN_NUMBERS,
        "typed_alone": BEFORE_DIGITS + digits + "(?![0-9])",
    }


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
    cr.execute(CONSENTS, given)
    cr.execute(LINKS, given)
    if typed := _typed(number, companies):
        cr.execute(TEST_NOTES, typed)
        cr.execute(TESTS, typed)
    cr.execute(INCOMING, given)
    incoming = [row_id for (row_id,) in cr.fetchall()]
    retention.forget_notes(cr, incoming, notice)
    cr.execute("DELETE FROM sms_incoming WHERE id = ANY(%s)", [incoming])
    events = 0
    if digits := digits_of(number):
        cr.execute(EVENTS, given | {"digits": digits})
        events = cr.rowcount
    return {"messages": len(ids), "incoming": len(incoming), "events": events}
