"""The checks that every message passes at the moment it would leave.

Pure: what needs the database (who opted out) is passed in.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from ..text import phone, segments


class Pass(NamedTuple):
    """The message may leave, to this number with this text."""

    number: str
    text: str


class Stop(NamedTuple):
    """The message may not leave: the ``sms.sms`` state, failure type and why."""

    state: str
    failure_type: str
    reason: str


# What phone.py can't take as a mobile number, in Odoo's failure types.
MISSING = "sms_number_missing"
MALFORMED = "sms_number_format"
NOT_MOBILE = "sms_invalid_destination"
FAILURE_BY_REASON = {"empty": MISSING, "not_mobile": NOT_MOBILE}

# Reasons to be on the blacklist that are nobody's no: they stop promotional messages,
# which would not arrive, and nothing else.
NO_CLAIM = ("operator", "unreachable")


@lru_cache(maxsize=16)
def prepare(body, sanitise):
    """Give the text that leaves for a message's body.

    Control characters, which no handset shows and some networks refuse, are
    dropped; with ``sanitise`` typographic characters become their plain ones, which
    keeps a text in GSM-7. Remembers the last few: a mailing has one for thousands.
    """
    text = segments.clean(body or "")
    return segments.sanitise(text) if sanitise else text


def read_number(number, country):
    """Give a message's number in E.164, or ``Stop``.

    :param country: ISO code by which numbers without prefix are read
    """
    try:
        return phone.normalise(number or "", country)
    except phone.PhoneError as error:
        failure_type = FAILURE_BY_REASON.get(error.reason, MALFORMED)
        return Stop("error", failure_type, str(error))


def judge(number, body, *, sanitise, blocked):
    """Decide on one message: ``Pass`` or ``Stop``.

    :param number: from :func:`read_number`
    :param blocked: the E.164 numbers to which messages of this class may not go
    """
    if isinstance(number, Stop):
        return number
    if number in blocked:
        return Stop("canceled", "sms_blacklist", "")
    text = prepare(body, sanitise)
    if not text.strip():
        return Stop("error", "sms_empty", "")
    return Pass(number, text)
