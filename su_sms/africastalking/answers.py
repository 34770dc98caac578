"""Read what AT answered: one outcome for each number, or the balance."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from . import codes
from .codes import Meaning
from .errors import GatewayError, NotSent, OutcomeUnknown
from .retry import retry_after
from .wording import brief, clean

# Characters of an answer's values that are remembered for the next.
LONGEST_KEPT = 200
ERRORS = {error.state: error for error in (NotSent, OutcomeUnknown)}
# "KES 0.8000", "0", "USD -1.50", "KES 1,234.5000"; nothing a database would refuse.
MONEY = re.compile(
    r"([A-Z]{3})?\s*(-?\d{1,12}(?:,\d{3})*(?:[.,]\d{1,10})?)", re.A | re.I
)
NO_DIGIT = re.compile("[^0-9]")
THOUSANDS = re.compile(r"-?[1-9]\d{0,2}(,\d{3})+", re.A)
INTEGER = re.compile(r"\s*(\d{1,9})(?:\.0+)?\s*", re.A)
# The dearest first: a number listed twice was sent if either entry says so.
PRECEDENCE = {"accepted": 0, "unknown": 1, "not_sent": 2, "refused": 2}
NO_ID = frozenset({"", "none", "null"})
# Nearly all: there is nothing to clean.
USUAL_ID = re.compile(r"ATXid_\w{1,64}", re.A)
# AT's have 38 characters; an index takes no more than some kilobytes.
LONGEST_ID = 255


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold one HTTP answer. Header names are in lower case.

    :param written: whether the whole request was handed to the kernel before it
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    written: bool = True


class Outcome(NamedTuple):
    """Say what is known about one number of a chunk after trying.

    :param number: as given in the chunk
    :param state: ``accepted``, ``not_sent``, ``refused`` or ``unknown``
    :param reason: why, a reason of :mod:`.codes`; ``""`` when accepted
    :param message_id: AT's id; ``""`` unless accepted, or unknown with an id given
    :param cost: of this number, in ``currency`` (``""`` if AT named none)
    :param parts: parts AT charged; its sandbox does not say
    :param code: AT's statusCode of this number, else the HTTP status
    :param text: AT's own words or what the network did, short and safe to show
    :param retry_after: seconds AT asked to wait
    """

    number: str
    state: str
    reason: str = ""
    message_id: str = ""
    cost: Decimal | None = None
    currency: str = ""
    parts: int | None = None
    code: int | None = None
    text: str = ""
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """Hold what is left on the account."""

    amount: Decimal
    currency: str


def number_key(number: str) -> str:
    """Return what two spellings of one number share: its digits.

    AT has been seen to echo ``++254…``, and it echoes an invalid number as given.
    """
    digits = number.removeprefix("+")
    if digits.isascii() and digits.isdigit():
        return digits
    return NO_DIGIT.sub("", number)


def read_outcomes(answer: Answer, numbers: Sequence[str]) -> list[Outcome]:
    """Return one outcome for each of ``numbers``, in their order.

    Entries are matched by number, never by place. ``numbers`` are distinct.

    :raises GatewayError: the answer says nothing about single numbers
    """
    message, entries = _envelope(answer)
    listed = defaultdict(list)
    for entry in entries:
        listed[number_key(_text(entry.get("number")))].append(entry)
    unlisted = _unlisted(answer, message, len(numbers), bool(entries))
    said = brief(message)
    outcomes = []
    for number in numbers:
        found = [_outcome(number, entry) for entry in listed[number_key(number)]]
        if len(found) > 1:
            found.sort(key=lambda outcome: PRECEDENCE[outcome.state])
        outcomes.append(
            found[0]
            if found
            else Outcome(
                number,
                unlisted.state,
                unlisted.reason,
                code=answer.status,
                text=said,
            )
        )
    return outcomes


def read_balance(answer: Answer) -> Balance:
    """Return the balance. AT spells its envelope ``UserData`` or ``userData``.

    :raises GatewayError: there is none in the answer
    """
    data = _lower(_lower(_json(answer)).get("userdata"))
    amount, currency = _money(_text(data.get("balance")))
    if not 200 <= answer.status < 300 or amount is None:
        raise http_error(answer)
    return Balance(amount, currency)


def failed(error: GatewayError, numbers: Iterable[str]) -> list[Outcome]:
    """Return the outcomes of numbers whose whole request failed."""
    return [
        Outcome(
            number,
            error.state,
            error.reason,
            code=error.http_status,
            text=error.text,
            retry_after=error.retry_after,
        )
        for number in numbers
    ]


def http_error(answer: Answer) -> GatewayError:
    """Make the error that an answer without usable content stands for."""
    meaning = codes.http_meaning(answer.status)
    if meaning.state == "unknown" and not answer.written:
        # An answer to half a request: nobody can have acted on the other half.
        meaning = Meaning("not_sent", "down", "")
    return ERRORS[meaning.state](
        meaning.reason,
        _said(answer),
        http_status=answer.status,
        retry_after=retry_after(answer.headers),
    )


def _said(answer: Answer) -> str:
    said = brief(answer.body[:4096].decode("utf-8", "replace"))
    return f"HTTP {answer.status}: {said}" if said else f"HTTP {answer.status}"


def _envelope(answer: Answer) -> tuple[str, list[dict[str, Any]]]:
    """Return AT's message and its entries, whatever the HTTP status.

    AT may say "do not disturb" with HTTP 409; entries are better evidence than it.

    :raises GatewayError: no envelope, or an empty one under an HTTP error
    """
    data = _lower(_lower(_json(answer)).get("smsmessagedata"))
    recipients = data.get("recipients")
    entries = [
        _lower(entry)
        for entry in (recipients if isinstance(recipients, list) else [])
        if isinstance(entry, dict)
    ]
    if not data or (not entries and not 200 <= answer.status < 300):
        raise http_error(answer)
    return _text(data.get("message")), entries


def _unlisted(answer: Answer, message: str, asked: int, listed: bool) -> Meaning:
    """Decide what a number that the answer does not list has become.

    ``InvalidSenderId`` with no recipients is recorded; that other names of faults
    come the same way is inferred. A fault of a recipient proves nothing about any one
    of several, only that the request was turned down.
    """
    fault = codes.NAMES.get(message.strip().lower())
    if fault and fault.state != "accepted" and not listed:
        single = asked == 1 or fault.state == "not_sent"
        return fault if single else codes.PROVIDER
    if message.strip().lower().startswith("sent to 0/"):
        return codes.PROVIDER
    return codes.MISSING


class Reading(NamedTuple):
    """What an entry says apart from its number and id; see ``Outcome``."""

    state: str
    reason: str
    cost: Decimal | None
    currency: str
    parts: int | None
    code: int | None
    text: str


def _outcome(number: str, entry: dict[str, Any]) -> Outcome:
    message_id = _message_id(entry.get("messageid"))
    reading = _reading(
        _scalar(entry.get("statuscode")),
        _scalar(entry.get("status")),
        _scalar(entry.get("cost")),
        _scalar(entry.get("messageparts")),
        bool(message_id),
    )
    state, reason, *rest = reading
    has_id = state in ("accepted", "unknown")
    return Outcome(number, state, reason, message_id if has_id else "", *rest)


def _reading(code: Any, status: Any, cost: Any, parts: Any, has_id: bool) -> Reading:
    # Whatever answers in the provider's place: what is long is read and not kept.
    given = (code, status, cost, parts)
    if any(isinstance(each, str) and len(each) > LONGEST_KEPT for each in given):
        return _read(*given, has_id)
    return _kept_reading(*given, has_id)


# The entries of an answer repeat a few words and prices. Typed: True is not 1.
@lru_cache(maxsize=256, typed=True)
def _kept_reading(
    code: Any, status: Any, cost: Any, parts: Any, has_id: bool
) -> Reading:
    return _read(code, status, cost, parts, has_id)


def _read(code: Any, status: Any, cost: Any, parts: Any, has_id: bool) -> Reading:
    number, words = _integer(code), _text(status)
    amount, currency = _money(_text(cost))
    meaning = _meaning(number, words, amount, has_id)
    return Reading(
        meaning.state,
        meaning.reason,
        amount,
        currency,
        _integer(parts),
        number,
        brief(words) or meaning.name,
    )


def _meaning(
    code: int | None, status: str, cost: Decimal | None, has_id: bool
) -> Meaning:
    """Weigh one entry: the code first, then the words, then the money."""
    meaning = codes.RECIPIENT.get(code) if code is not None else None
    if code is None:
        meaning = codes.NAMES.get(status.strip().lower())
    charged = bool(has_id or cost)
    if meaning is None:
        if cost is not None and not charged:
            return codes.PROVIDER_UNKNOWN
        return codes.UNREADABLE
    if meaning.state == "not_sent" and charged:
        # AT lists what it did not send with cost 0 and id "None"; this contradicts it.
        return codes.UNREADABLE
    return meaning


def _json(answer: Answer) -> Any:
    """Parse the body; ``None`` for what is not JSON (XML, HTML, text, a cut body)."""
    try:
        return json.loads(answer.body, parse_float=Decimal, parse_constant=str)
    except (ValueError, RecursionError):
        return None


def _lower(value: Any) -> dict[str, Any]:
    """Return an object with its keys in lower case, ``{}`` for anything else."""
    if not isinstance(value, dict):
        return {}
    return dict(zip(_lower_all(tuple(value)), value.values(), strict=True))


def _lower_all(keys: tuple[str, ...]) -> tuple[str, ...]:
    if sum(map(len, keys)) > LONGEST_KEPT:
        return tuple(key.lower() for key in keys)
    return _kept_lower(keys)


@lru_cache(maxsize=16)
def _kept_lower(keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(key.lower() for key in keys)


def _scalar(value: Any) -> Any:
    """Return a value that is no object or list as it is, else None."""
    return None if isinstance(value, (dict, list)) else value


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, (dict, list)) else str(value)


def _integer(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    match = INTEGER.fullmatch(_text(value))
    return int(match[1]) if match else None


def _message_id(value: Any) -> str:
    if isinstance(value, str) and USUAL_ID.fullmatch(value):
        return value
    text = clean(_text(value))[:LONGEST_ID]
    return "" if text.lower() in NO_ID else text


def _money(text: str) -> tuple[Decimal | None, str]:
    match = MONEY.fullmatch(text.strip())
    if not match:
        return None, ""
    currency, amount = match[1] or "", match[2]
    if "." in amount or THOUSANDS.fullmatch(amount):
        amount = amount.replace(",", "")
    if amount.count(",") > 1:
        return None, ""
    return Decimal(amount.replace(",", ".")), currency.upper()
