"""The links to opt out in what leaves: on record stands a blank, on the wire the token.

Whoever reads a message's text in Odoo, or a copy of it, can follow no link in it: only
the phone that it was sent to can.
"""

from __future__ import annotations

import random
import re
import string

ROUTE = "/o/"
# 12 of 62 characters: 71 bits, and short enough for an SMS.
TOKEN_LENGTH = 12
ALPHABET = string.ascii_letters + string.digits
# As long as a token, in septets as well, and none.
BLANK = "_" * TOKEN_LENGTH
TOKEN = re.compile(rf"{ROUTE}[A-Za-z0-9]{{{TOKEN_LENGTH}}}(?![A-Za-z0-9])")

_random = random.SystemRandom()

MAKE = """
    INSERT INTO sms_optout_link (number, token, company_id, create_date, write_date)
    SELECT number, token, company, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
      FROM unnest(%(numbers)s::text[], %(companies)s::int[], %(tokens)s::text[])
           AS new(number, company, token)
     WHERE NOT EXISTS (SELECT FROM sms_optout_link known
                        WHERE known.number = new.number
                          AND known.company_id = new.company)
        ON CONFLICT (number, company_id) DO NOTHING
"""
READ = """
    SELECT link.number, link.company_id, link.token
      FROM unnest(%(numbers)s::text[], %(companies)s::int[]) AS owner(number, company)
      JOIN sms_optout_link link
        ON link.number = owner.number AND link.company_id = owner.company
"""


def new_token():
    """Return a token that nobody guesses."""
    return "".join(_random.choices(ALPHABET, k=TOKEN_LENGTH))


def is_token(text):
    """Tell whether a text may be a token: all else need not be looked up."""
    return len(text) == TOKEN_LENGTH and text.isascii() and text.isalnum()


def make(cr, owners):
    """Let each owner of a link have one, in one statement, however many there are.

    :param owners: (E.164 number, company id) of each
    """
    if owners:
        cr.execute(MAKE, _columns(owners))


def tokens(cr, owners):
    """Return {(E.164 number, company id): token}, made where there was none."""
    if not owners:
        return {}
    make(cr, owners)
    cr.execute(READ, _columns(owners))
    return {(number, company): token for number, company, token in cr.fetchall()}


def put_in(text, token):
    """Return a text with its link's blank filled in; what a person wrote stays.

    The ending is ours and the last: who had typed a blank behind an address of their
    own would else be sent the token by whoever follows it.
    """
    before, blank, after = text.rpartition(f"{ROUTE}{BLANK}")
    return f"{before}{ROUTE}{token}{after}" if blank else text


def hide(text):
    """Return a text with blanks for tokens, such as an answer that quotes ours."""
    return TOKEN.sub(ROUTE + BLANK, text)


def take_out(text):
    """Return a text without the line that has its link, the last."""
    before, blank, _after = text.rpartition(f"{ROUTE}{BLANK}")
    return before.rpartition("\n")[0] if blank else text


def _columns(owners):
    # In one order everywhere: two who add the same must not wait for each other.
    owners = sorted(set(owners))
    return {
        "numbers": [number for number, _company in owners],
        "companies": [company for _number, company in owners],
        "tokens": [new_token() for _owner in owners],
    }
