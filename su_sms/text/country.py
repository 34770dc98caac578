"""Say by which country a number was read, where that may be why it can't be used."""

from functools import cache

from babel import Locale

from .phone import PhoneError

# Problems that the same digits may not have in another country.
BY_COUNTRY = {"too_short", "too_long", "unknown_country", "not_mobile", "invalid"}


def explain(error: PhoneError, raw: str | None, country: str) -> str:
    """Return what is wrong with a number as typed, with the country if it counts.

    :param country: the ISO code by which it was read
    """
    if error.reason not in BY_COUNTRY or (raw or "").strip().startswith(("+", "00")):
        return str(error)
    return f"{error} It was read as a number of {name(country)}."


@cache
def name(country: str) -> str:
    """Return a country's English name for its ISO code."""
    return Locale("en").territories.get((country or "").upper(), country)
