"""Erase what is held about a number: texts, names, and the number itself.

The messages stay, as counts and costs of nobody; a hash tells them apart. Takes an open
cursor and neither commits nor rolls back.
"""

from __future__ import annotations

import json

from ..text import e164, spelling
from . import retention
from .suppression import hash_sql

# The fields of a post that say whose it is; another person's text may name anybody.
WHOSE = {"from", "phonenumber"}

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
# Odoo's have no company: it is their message's, else what they are about tells it.
NOTIFICATIONS = """
    SELECT n.id
      FROM mail_notification n
 LEFT JOIN sms_sms s ON s.id = n.sms_id_int
 LEFT JOIN mail_message m ON m.id = n.mail_message_id
     WHERE n.sms_number = ANY(%(numbers)s)
       AND (coalesce(s.company_id, m.record_company_id) IS NULL
            OR coalesce(s.company_id, m.record_company_id) = ANY(%(companies)s))
"""
TRACES = """
    SELECT t.id
      FROM mailing_trace t
 LEFT JOIN sms_sms s ON s.id = t.sms_id_int
 LEFT JOIN mailing_mailing m ON m.id = t.mass_mailing_id
 LEFT JOIN res_users u ON u.id = m.user_id
     WHERE t.sms_number = ANY(%(numbers)s)
       AND (coalesce(s.company_id, u.company_id) IS NULL
            OR coalesce(s.company_id, u.company_id) = ANY(%(companies)s))
"""
HASH_NOTIFICATIONS = f"""
    UPDATE mail_notification SET sms_number = {hash_sql("sms_number")}
     WHERE id = ANY(%(ids)s)
"""
HASH_TRACES = f"""
    UPDATE mailing_trace SET sms_number = {hash_sql("sms_number")}
     WHERE id = ANY(%(ids)s)
"""
# What Odoo keeps of a mailing's tests: numbers as somebody typed them.
TEST_NOTES = """
    SELECT m.id, m.body, u.company_id
      FROM mail_message m LEFT JOIN res_users u ON u.id = m.create_uid
     WHERE m.model = 'mailing.mailing' AND m.message_type = 'notification'
       AND (u.company_id IS NULL OR u.company_id = ANY(%(companies)s))
       AND m.body ~ %(typed)s
"""
TESTS = """
    SELECT t.id, t.numbers, u.company_id
      FROM mailing_sms_test t LEFT JOIN res_users u ON u.id = t.create_uid
     WHERE (u.company_id IS NULL OR u.company_id = ANY(%(companies)s))
       AND t.numbers ~ %(typed)s
"""
INCOMING = """
    SELECT id FROM sms_incoming
     WHERE number = %(number)s
       AND (company_id IS NULL OR company_id = ANY(%(companies)s))
"""
EVENTS = """
    SELECT id, payload, company_id
      FROM sms_gateway_event
     WHERE position(%(part)s IN payload) > 0
       AND (company_id IS NULL OR company_id = ANY(%(companies)s))
"""
EMPTIED = """
    UPDATE sms_gateway_event SET payload = '[]'
     WHERE id = ANY(%(events)s) AND state <> 'new'
"""
# That somebody opted out, and when, stays provable to whoever knows the number.
CONSENTS = f"""
    UPDATE sms_consent
       SET number = {hash_sql("number")}, note = NULL, evidence = NULL
     WHERE number = %(number)s
       AND (company_id = ANY(%(companies)s) OR company_id IS NULL AND NOT %(shared)s)
"""
SHARED = """
    SELECT EXISTS (SELECT FROM sms_sms WHERE number = %(number)s
                      AND company_id <> ALL(%(companies)s))
        OR EXISTS (SELECT FROM sms_incoming WHERE number = %(number)s
                      AND company_id <> ALL(%(companies)s))
        OR EXISTS (SELECT FROM sms_consent WHERE number = %(number)s
                      AND company_id <> ALL(%(companies)s))
"""
LINKS = """
    DELETE FROM sms_optout_link
     WHERE number = %(number)s AND company_id = ANY(%(companies)s)
"""
# What was pasted or uploaded has numbers as people type them: these may have it.
ROWS = """
    SELECT r.id, r.audience_id, r.cells, c.company_id
      FROM (SELECT id, audience_id, cells FROM sms_campaign_row
             WHERE tails @> %(tail)s::jsonb
             UNION ALL
            SELECT id, audience_id, cells FROM sms_campaign_row
             WHERE tails IS NULL OR %(tail)s::jsonb IS NULL) r
      JOIN sms_campaign_audience a ON a.id = r.audience_id
      JOIN sms_campaign c ON c.id = a.campaign_id
     WHERE c.company_id = ANY(%(companies)s)
       -- of a row as a whole: what is in it is looked at afterwards
       AND r.cells::text ~ %(typed)s
"""
PASTED = """
    SELECT a.id, a.numbers, c.company_id
      FROM sms_campaign_audience a
      JOIN sms_campaign c ON c.id = a.campaign_id
     WHERE c.company_id = ANY(%(companies)s) AND a.numbers ~ %(typed)s
"""
AUDIENCES = """
    SELECT r.audience_id
      FROM sms_campaign_recipient r
      JOIN sms_campaign c ON c.id = r.campaign_id
     WHERE c.company_id = ANY(%(companies)s) AND r.number = %(number)s
     UNION
    SELECT a.id
      FROM sms_campaign_audience a
      JOIN sms_campaign c ON c.id = a.campaign_id
     WHERE c.company_id = ANY(%(companies)s) AND a.kind = 'file'
       AND c.id IN (SELECT campaign_id FROM sms_sms WHERE number = %(number)s)
"""
FOUND_ROWS = "DELETE FROM sms_campaign_row WHERE id = ANY(%(rows)s)"
EXAMPLES = """
    UPDATE sms_campaign_column SET example = NULL WHERE audience_id = ANY(%(audiences)s)
"""
COUNTED = """
    DELETE FROM sms_campaign_recipient
     WHERE audience_id = ANY(%(audiences)s) AND number = %(number)s
"""


class OnTheWire(Exception):
    """A message to this number is just leaving; its outcome is not known yet."""


def find_events(cr, number, countries):
    """Find what the provider posted about a number of these companies.

    :param number: in E.164, or as it is held
    :param countries: {company id: region by which its local numbers are read}
    :return: ids of events
    """
    split = e164.parts(number)
    part = split[1] if split else json.dumps(number)[1:-1]
    cr.execute(EVENTS, {"part": part, "companies": list(countries)})
    return [
        event
        for event, payload, company in cr.fetchall()
        if any(
            name.lower() in WHOSE
            and spelling.spells(value, number, countries.get(company))
            for name, value in json.loads(payload)
        )
    ]


def is_shared(cr, number, companies):
    """Tell whether companies but these hold something about a number, in full."""
    cr.execute(SHARED, {"number": number, "companies": list(companies)})
    return cr.fetchone()[0]


def find_notifications(cr, numbers, companies):
    """Return the ids of Odoo's notifications of SMS to these numbers.

    :param numbers: in E.164, or as they are held
    :param companies: ids; what is of another company is not given
    """
    cr.execute(NOTIFICATIONS, {"numbers": numbers, "companies": list(companies)})
    return [row_id for (row_id,) in cr.fetchall()]


def find_traces(cr, numbers, companies):
    """Return the ids of Odoo's traces of mailings; as ``find_notifications``."""
    cr.execute(TRACES, {"numbers": numbers, "companies": list(companies)})
    return [row_id for (row_id,) in cr.fetchall()]


def find_audiences(cr, number, countries):
    """Find a number in what was pasted or uploaded for campaigns of these companies.

    :return: (ids of rows, ids of audiences)
    """
    given = _typed(number, countries)
    if not given:
        return [], []
    cr.execute(ROWS, given)
    rows = [
        (row, audience)
        for row, audience, cells, company in cr.fetchall()
        if any(
            spelling.has(str(cell), number, countries[company])
            for cell in cells.values()
            if cell
        )
    ]
    cr.execute(AUDIENCES, given)
    audiences = {audience for (audience,) in cr.fetchall()}
    audiences |= {audience for _row, audience in rows}
    audiences |= {audience for audience, _rest in _pasted(cr, number, countries)}
    return [row for row, _audience in rows], sorted(audiences)


def _pasted(cr, number, countries):
    """Return [(id of audience, its pasted text without the number)]."""
    cr.execute(PASTED, _typed(number, countries))
    return [
        (audience, spelling.without(text, number, countries[company]))
        for audience, text, company in cr.fetchall()
        if spelling.has(text, number, countries[company])
    ]


def forget_audiences(cr, number, countries):
    """Drop a number from what was pasted or uploaded for campaigns.

    Has to come before the messages' numbers are gone.

    :return: ids of the audiences, whose uploaded files have to go as well
    """
    rows, audiences = find_audiences(cr, number, countries)
    if audiences:
        given = _typed(number, countries) | {"rows": rows, "audiences": audiences}
        for audience, rest in _pasted(cr, number, countries):
            cr.execute(
                "UPDATE sms_campaign_audience SET numbers = %s WHERE id = %s",
                [rest, audience],
            )
        for statement in (FOUND_ROWS, EXAMPLES, COUNTED):
            cr.execute(statement, given)
    return audiences


def _forget_tests(cr, number, countries):
    """Drop a number from what Odoo keeps of the tests of mailings."""
    given = _typed(number, countries)
    if not given:
        return
    cr.execute(TEST_NOTES, given)
    for note, body, company in cr.fetchall():
        rest = spelling.replaced(body, number, countries.get(company), "•••")
        if rest != body:
            cr.execute("UPDATE mail_message SET body = %s WHERE id = %s", [rest, note])
    cr.execute(TESTS, given)
    tests = [
        test
        for test, numbers, company in cr.fetchall()
        if spelling.has(numbers, number, countries.get(company))
    ]
    cr.execute("DELETE FROM mailing_sms_test WHERE id = ANY(%s)", [tests])


def _typed(number, countries):
    """Return parameters by which a number may be found, or None if it isn't E.164."""
    typed, tail = spelling.pattern(number), spelling.tail(number)
    return typed and {
        "number": number,
        "companies": list(countries),
        "typed": typed,
        "tail": tail and json.dumps([tail]),
    }


def erase(cr, number, countries, keys, notice):
    """Erase a number in the records of these companies.

    :param number: in E.164, or as it is held
    :param countries: {company id: region by which its local numbers are read}
    :param keys: from ``suppression.pads``
    :param notice: HTML that takes a text's place in the chatter
    :return: {"messages": how many, "incoming": ..., "events": ...}
    :raise OnTheWire: nothing is changed then
    """
    companies = list(countries)
    given = {"number": number, "companies": companies, "notice": notice, **keys}
    given["shared"] = is_shared(cr, number, companies)
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
    told = find_notifications(cr, [number], companies)
    cr.execute(HASH_NOTIFICATIONS, keys | {"ids": told})
    cr.execute(HASH_TRACES, keys | {"ids": find_traces(cr, [number], companies)})
    cr.execute(CONSENTS, given)
    cr.execute(LINKS, given)
    _forget_tests(cr, number, countries)
    cr.execute(INCOMING, given)
    incoming = [row_id for (row_id,) in cr.fetchall()]
    retention.forget_notes(cr, incoming, notice)
    cr.execute("DELETE FROM sms_incoming WHERE id = ANY(%s)", [incoming])
    cr.execute(EMPTIED, {"events": find_events(cr, number, countries)})
    events = cr.rowcount
    return {"messages": len(ids), "incoming": len(incoming), "events": events}
