"""What to look for when somebody types a number, or a piece of one."""

import unicodedata

import phonenumbers

from . import e164
from .phone import PhoneError, normalise

SEPARATORS = frozenset(" \t\u00a0-–.()/")


def patterns(typed: str, country: str) -> list[str]:
    """Return patterns of SQL's ``LIKE`` for numbers in E.164 with what was typed.

    What is no number, such as a name, is looked for as it is. A piece may begin as
    people here begin one, with 0.

    :param country: ISO code by which numbers without a prefix are read
    """
    as_is = f"%{_escaped(typed)}%"
    digits = _digits(typed)
    if not digits:
        return [as_is]
    found = [as_is, f"%{digits}%"]
    if digits.startswith("00"):
        found.append(f"+{digits[2:]}%")
    elif trunk := _trunk(digits, country):
        found.append(f"+{trunk}%")
    return list(dict.fromkeys(found))


def spellings(number: str, country: str) -> list[str]:
    """Return how a whole number may be stored: as it was typed, and in E.164."""
    if not number or e164.mobile_region(number):
        return [number]
    try:
        return list(dict.fromkeys([number, normalise(number, country)]))
    except PhoneError:
        return [number]


def _digits(typed: str) -> str:
    """Return the digits of a number, + first if there is one; empty if it is none."""
    bare = [each for each in typed if each not in SEPARATORS]
    plus = bare[:1] in (["+"], ["\uff0b"])
    digits = bare[1:] if plus else bare
    if not digits or not all(each.isdecimal() for each in digits):
        return ""
    return "+" * plus + "".join(str(unicodedata.decimal(each)) for each in digits)


def _trunk(digits: str, country: str) -> str:
    """Return a local number's digits as in E.164, if it begins as local ones do."""
    known = phonenumbers.PhoneMetadata.metadata_for_region(country.upper())
    prefix = known and known.national_prefix
    if not prefix or not digits.startswith(prefix):
        return ""
    return f"{known.country_code}{digits[len(prefix) :]}"


def _escaped(text: str) -> str:
    for character in "\\%_":
        text = text.replace(character, f"\\{character}")
    return text
