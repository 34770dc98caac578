"""Read a phone number as people type it, for SMS.

What a number means is decided on evidence, never by guessing:

- `+` or an international prefix names the country;
- bare digits are a number of the default country, with or without its own calling
  code. They are never read as another country's: `255712345678` could be a Tanzanian
  number or a Kenyan one with a slip, and an SMS to the wrong person can't be recalled.

Only numbers that can receive SMS pass: mobile, or fixed-or-mobile where a country
doesn't tell them apart (libphonenumber's metadata). Portability makes the prefix
useless for telling the network.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal
from urllib.parse import unquote

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType, ValidationResult

from . import e164, plan

Kind = Literal["mobile", "fixed_or_mobile"]
Reason = Literal[
    "empty",
    "not_a_number",
    "rounded",
    "several_numbers",
    "doubtful",
    "extension",
    "too_short",
    "too_long",
    "unknown_country",
    "not_mobile",
    "invalid",
]

#: Problems that the same digits may not have in another country.
BY_COUNTRY: frozenset[Reason] = frozenset(
    {"too_short", "too_long", "unknown_country", "not_mobile", "invalid"}
)


@dataclass(frozen=True, slots=True)
class Phone:
    """A number that can receive SMS.

    :ivar e164: such as "+254712345678"
    :ivar country: its region, such as "KE"
    :ivar kind: "mobile", or "fixed_or_mobile" where the country doesn't tell
    """

    e164: str
    country: str
    kind: Kind


class PhoneError(ValueError):
    """A text that is no number for SMS; never carries the number itself.

    :ivar country: the region by which it was read, where that may be why; else ""
    """

    reason: Reason

    def __init__(self, reason: Reason, country: str = ""):
        super().__init__(reason)
        self.reason = reason
        self.country = country


def parse(raw: str | None, country: str | None = "KE") -> Phone:
    """Read one number.

    :param raw: as typed: digits of any script, spaces and separators, `tel:` URIs
    :param country: region of numbers without a country code ("KE"); without one only
        international numbers pass
    :raise PhoneError: with the reason why it can't be used
    """
    raw, region = raw or "", (country or "").upper()
    try:
        return _parse(raw, lambda number: _read(number, region))
    except PhoneError as error:
        if error.reason in BY_COUNTRY and not raw.strip().startswith(("+", "00")):
            error.country = region
        raise


class Reader:
    """Reads the numbers of one cell or text, where nobody asks why one is bad.

    :param country: region of numbers without a country code
    :param most: how many are looked at; what comes then is no number
    """

    def __init__(self, country: str | None, most: int | None = None):
        self._region = (country or "").upper()
        self._fewest = plan.fewest(self._region)
        self._left = most
        self._known: dict[str, Phone | None] = {}

    @property
    def is_over(self) -> bool:
        """Tell whether no more are looked at."""
        return self._left == 0

    def is_short(self, text: str) -> bool:
        """Tell whether a text has too few digits for a number."""
        if _has_digits(self._fewest).match(text):
            return False
        if _has_digits(plan.FEWEST_ABROAD).match(text):
            return not _MAY_BEGIN_ABROAD.search(text)
        return True

    def parse(self, raw: str) -> Phone:
        """Do as `parse`, but a number that can't be used is just "invalid"."""
        self._count()
        return _parse(raw, self._read)

    def find(self, raw: str) -> Phone | None:
        """Return what `parse` gives, or None."""
        try:
            if self.is_short(raw):
                self._count()
                return None
            if _SIMPLE.fullmatch(raw) and len(raw) <= LONGEST:
                self._count()
                return self._read(raw.replace(" ", ""))
            return self.parse(raw)
        except PhoneError:
            return None

    def _count(self) -> None:
        if self.is_over:
            raise PhoneError("invalid")
        if self._left is not None:
            self._left -= 1

    def _read(self, number: str) -> Phone:
        if number not in self._known:
            if len(self._known) == _REMEMBERED:
                self._known.clear()
            self._known[number] = self._try(number)
        found = self._known[number]
        if found is None:
            raise PhoneError("invalid")
        return found

    def _try(self, number: str) -> Phone | None:
        if region := e164.mobile_region(number):
            return Phone(number, region, "mobile")
        if not plan.may_be_mobile(number, self._region):
            return None
        try:
            return _read(number, self._region)
        except PhoneError:
            return None


def normalise(raw: str | None, country: str | None = "KE") -> str:
    """Return the E.164 form of a number, or raise as `parse` does."""
    return parse(raw, country).e164


def masked(number: str | None) -> str:
    """Hide a number for logs: `+254••••••678`, country code and last three digits.

    Anything but an E.164 number with at least four digits left to hide is hidden
    entirely, its length included.
    """
    parts = e164.parts(number or "")
    if not parts or len(parts[1]) < 7:
        return "•••"
    code, national = parts
    return f"+{code}{'•' * (len(national) - 3)}{national[-3:]}"


def ending(raw: str | None) -> str:
    """Tell a text that is no number from others, by its last two characters: `…78`."""
    return f"…{(raw or '').strip()[-2:]}"


def _parse(raw: str, read: Callable[[str], Phone]) -> Phone:
    if region := e164.mobile_region(raw):
        return Phone(raw, region, "mobile")
    if len(raw) > LONGEST:
        raise PhoneError("too_long")
    text = _plain(raw)
    try:
        return read(_digits(text))
    except PhoneError:
        if sum(len(_DIGIT.findall(one)) >= 7 for one in _BETWEEN.split(text)) > 1:
            raise PhoneError("several_numbers") from None
        raise


def _plain(raw: str) -> str:
    """Return ASCII for full-width forms, digits of any script, spaces and dashes.

    Invisible characters (zero-width, direction marks) are dropped.
    """
    text = raw if raw.isascii() else "".join(map(_ascii, raw))
    return _DECIMALS.sub(r"\1", text.strip(" \t\r\n'"))


@cache
def _has_digits(count: int) -> re.Pattern[str]:
    return re.compile(rf"(?:\D*\d){{{count}}}")


@lru_cache(maxsize=1024)
def _ascii(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category in _PLAIN:
        return _PLAIN[category]
    if "\uff01" <= character <= "\uff5e":
        return chr(ord(character) - 0xFEE0)
    return character


def _digits(text: str) -> str:
    """Reduce a plain text to its digits, with + in front if it was there."""
    scheme = _SCHEME.match(text)
    if scheme:
        text = _without_parameters(unquote(text[scheme.end() :]))
    if not text:
        raise PhoneError("empty")
    for reason, shape in _REFUSED.items() if _MAY_BE_REFUSED.search(text) else ():
        if shape.search(text):
            raise PhoneError(reason)
    if not _NUMBER.fullmatch(text) or not _DIGIT.search(text):
        raise PhoneError("not_a_number")
    text = _TRUNK.sub(r"\1", text)
    return ("+" if "+" in text else "") + "".join(_DIGIT.findall(text))


def _without_parameters(uri: str) -> str:
    """Apply the parameters of RFC 3966: the context is the missing country code."""
    number, *parameters = uri.split(";")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.lower() == "ext":
            raise PhoneError("extension")
        if len(_DIGIT.findall(name)) >= 7:
            raise PhoneError("several_numbers")
        if name.lower() == "phone-context" and value.startswith("+"):
            number = value + number
    return number.strip()


def _read(number: str, region: str) -> Phone:
    """Read digits by the rules of a region, or, after 00, as an international number.

    00 is what most of the world dials and what people type, also where the way out is
    another (000 in Kenya: docs/africastalking.md, "Phone numbers"). Readings that
    disagree are no evidence.
    """
    if not number.startswith("00"):
        return _valid(number, region)
    phones, errors = [], []
    for reading in (number, f"+{number[2:]}"):
        try:
            phones.append(_valid(reading, region))
        except PhoneError as error:
            errors.append(error)
    if not phones:
        raise errors[-1]
    if len(set(phones)) > 1:
        raise PhoneError("unknown_country")
    return phones[0]


def _valid(number: str, region: str) -> Phone:
    if len(number) > _MOST_DIGITS:
        known = plan.has_country(number, region)
        raise PhoneError("too_long" if known else "unknown_country")
    try:
        parsed = phonenumbers.parse(number, region)
    except NumberParseException as error:
        raise PhoneError(_UNREADABLE[error.error_type]) from None
    kind = phonenumbers.number_type(parsed)
    if kind in _KINDS:
        return Phone(
            phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164),
            phonenumbers.region_code_for_number(parsed),
            _KINDS[kind],
        )
    if kind != PhoneNumberType.UNKNOWN:
        raise PhoneError("not_mobile")
    possible = phonenumbers.is_possible_number_for_type_with_reason(
        parsed, PhoneNumberType.MOBILE
    )
    raise PhoneError(_IMPOSSIBLE.get(possible, "invalid"))


LONGEST = 200  # characters; nothing longer is a number that somebody typed
# More digits than any number has, with all that may be dialled before it.
_MOST_DIGITS = 36
_REMEMBERED = 1000

_KINDS: dict[int, Kind] = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_or_mobile",
}
_UNREADABLE: dict[int, Reason] = {
    NumberParseException.INVALID_COUNTRY_CODE: "unknown_country",
    NumberParseException.NOT_A_NUMBER: "too_short",
    NumberParseException.TOO_SHORT_AFTER_IDD: "too_short",
    NumberParseException.TOO_SHORT_NSN: "too_short",
    NumberParseException.TOO_LONG: "too_long",
}
_IMPOSSIBLE: dict[int, Reason] = {
    ValidationResult.TOO_SHORT: "too_short",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "too_short",
    ValidationResult.TOO_LONG: "too_long",
}
# By Unicode category: format characters, spaces, dashes.
_PLAIN = {"Cf": "", "Zs": " ", "Zl": "\n", "Zp": "\n", "Pd": "-"}

_DIGIT = re.compile("[0-9]")
# Or something that becomes a plus.
_MAY_BEGIN_ABROAD = re.compile(r"[+%]|[^\x00-\x7f]")
_SIMPLE = re.compile("[+]?[0-9][0-9 ]*")
# A spreadsheet's number made text: 712345678.0, 712,345,678.00
_DECIMALS = re.compile(r"^(\+?(?:[0-9]{7,}|[0-9]{1,3}(?:,[0-9]{3}){2,}))[.,]0{1,2}$")
_SCHEME = re.compile(
    r"(?:(?:tel|sms|callto)\s*:|(?:tel|phone|mobile|mob|cell)\b\s*[.:]?)\s*",
    re.IGNORECASE,
)
# The trunk prefix that is not dialled after a country code: +254 (0)712 ...
_TRUNK = re.compile(r"^([(\[]?(?:\+|00)[\s+0]*[0-9]{1,3}[)\]\s.-]*)\(0\)")
_NUMBER = re.compile(r"[(\[]?\+*[0-9\s()\[\].,;/_-]*")
_REFUSED: dict[Reason, re.Pattern[str]] = {
    "rounded": re.compile(r"^\+?[0-9]+([.,][0-9]+)?e\+?[0-9]{1,2}$", re.IGNORECASE),
    "extension": re.compile(
        r"[0-9)]\s*(?:[,;]\s*)?(ext(ension|n)?|x|#)[\s.:=]*[0-9]{1,7}$", re.IGNORECASE
    ),
}
_MAY_BE_REFUSED = re.compile("[eExX#]")
# What stands between two numbers; "au" and "na" are Swahili for "or" and "and".
_BETWEEN = re.compile(
    r"[/,;|&\n\t]|\b(?:or|and|au|na)\b|(?<![\s-])[\s-]+(?=[+0])|(?<=[0-9])(?=\+)",
    re.IGNORECASE,
)
