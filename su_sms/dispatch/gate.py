"""The checks that every message passes at the moment it would leave.

Pure: what needs the database (who opted out) is passed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from ..text import phone, placeholders, segments


class Pass(NamedTuple):
    """The message may leave, to this number with this text."""

    number: str
    text: str


@dataclass(frozen=True)
class TooManyParts:
    """A text takes more parts than a message may."""

    parts: int
    most: int
    reason: Literal["too_many_parts"] = "too_many_parts"


class Stop(NamedTuple):
    """The message may not leave: the ``sms.sms`` state and failure type.

    :ivar problem: what more there is to say, if anything
    """

    state: str
    failure_type: str
    problem: phone.PhoneError | TooManyParts | None = None


# What phone.py can't take as a mobile number, in Odoo's failure types.
MISSING = "sms_number_missing"
MALFORMED = "sms_number_format"
NOT_MOBILE = "sms_invalid_destination"
FAILURE_BY_REASON = {"empty": MISSING, "not_mobile": NOT_MOBILE}


@lru_cache(maxsize=16)
def prepare(body, sanitise):
    """Return the text that leaves for a message's body.

    Control characters, which no handset shows and some networks refuse, are
    dropped; with ``sanitise`` typographic characters become their plain ones, which
    keeps a text in GSM-7. Remembers the last few: a mailing has one for thousands.
    """
    text = segments.clean(body or "")
    return segments.sanitise(text) if sanitise else text


@lru_cache(maxsize=16)
def parts(text):
    """Return how many parts a text takes that :func:`prepare` has given."""
    return segments.count(text).parts


def is_too_long(body):
    """Tell whether nothing may read this: no gateway lets so many parts pass.

    Reading takes time, and may take more than its length.
    """
    return len(body or "") > placeholders.LONGEST


def read_number(number, country):
    """Return a message's number in E.164, or ``Stop``.

    :param country: ISO code by which numbers without prefix are read
    """
    try:
        return phone.normalise(number or "", country)
    except phone.PhoneError as error:
        failure_type = FAILURE_BY_REASON.get(error.reason, MALFORMED)
        return Stop("error", failure_type, error)


def judge(number, body, *, sanitise, blocked, max_parts):
    """Decide on one message: ``Pass`` or ``Stop``.

    :param number: from :func:`read_number`
    :param blocked: the E.164 numbers to which messages of this class may not go
    :param max_parts: parts that a message may take
    """
    if isinstance(number, Stop):
        return number
    if number in blocked:
        return Stop("canceled", "sms_blacklist")
    if is_too_long(body):
        return Stop("error", "sms_too_long")
    text = prepare(body, sanitise)
    if not text.strip():
        return Stop("error", "sms_empty")
    if parts(text) > max_parts:
        problem = TooManyParts(parts(text), max_parts)
        return Stop("error", "sms_too_long", problem)
    return Pass(number, text)
