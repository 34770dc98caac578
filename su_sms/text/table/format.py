"""Show the numbers of an XLSX file as a spreadsheet program shows them.

The codes are those of ECMA-376, part 1, 18.8.31: up to four sections between
semicolons, for positive numbers, negative ones, zero and text. What is not a common one
(fractions, exponents) is shown with two decimals at most. English is what the names of
months and days are in.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, cached_property
from typing import NamedTuple

from .error import TableError


class Format:
    """A code, looked through once for all numbers that it shows.

    :ivar work: what a number takes to be shown, in steps of `Parts.spend`
    """

    def __init__(self, code: str):
        """Parse a code.

        :param code: such as `#,##0.00`; "General" or nothing for none
        :raise TableError: no spreadsheet program writes such a code
        """
        self._sections = _sections(code or "General")
        self.work = max(
            20 + 12 * len(one.tokens) + sum(len(text) for _kind, text in one.tokens)
            for one in self._sections
        )

    @property
    def is_date(self) -> bool:
        """Tell whether it shows a number as a date or a time."""
        return any("date" in section.kinds for section in self._sections)

    def shown(self, value: float, epoch: datetime) -> str:
        """Return what is shown of a number.

        :param epoch: the day that dates count from
        """
        at, section = _of(self._sections, value)
        if value == 0 and at and not section.has_nought:
            # The "-" of accountants, or nothing at all: a text needs the nought.
            section = self._sections[0]
        kinds = section.kinds
        if "date" in kinds:
            return _moment(value, section, epoch)
        if "general" in kinds or (
            "digits" in kinds and (abs(value) >= _BEYOND or not kinds.isdisjoint(_RARE))
        ):
            before, after = section.around
            return _tidy(before + plain(value) + after)
        if "digits" not in kinds:
            return _tidy("".join(text for _kind, text in section.tokens))
        # Sections for negative numbers say how these look.
        signed = value if at == 0 or section.test else abs(value)
        return _tidy(_number(signed, section))


@dataclass(frozen=True)
class _Section:
    """One section of a code.

    :ivar tokens: (kind, text); kinds are literal, digits, date
    :ivar test: such as (">=", 100.0), or None
    """

    tokens: tuple[tuple[str, str], ...]
    test: tuple[str, float] | None

    @cached_property
    def kinds(self) -> frozenset[str]:
        return frozenset(kind for kind, _text in self.tokens)

    @cached_property
    def has_nought(self) -> bool:
        return any("0" in text for _kind, text in self.tokens)

    @cached_property
    def around(self) -> tuple[str, str]:
        """Return the literals before and behind the number."""
        before, after, passed = "", "", False
        for kind, text in self.tokens:
            if kind != "literal":
                passed = True
            elif passed:
                after += text
            else:
                before += text
        return before, after

    @cached_property
    def places(self) -> "_Places":
        pattern = "".join(
            text for kind, text in self.tokens if kind in ("digits", "point")
        )
        whole, _point, decimals = pattern.partition(".")
        scale = len(whole) - len(whole.rstrip(","))
        scale += len(decimals) - len(decimals.rstrip(","))
        whole, decimals = whole.rstrip(","), decimals.rstrip(",")
        grouped, whole = "," in whole, whole.replace(",", "")
        first = whole.find("0")
        percents = sum(len(text) for kind, text in self.tokens if kind == "percent")
        return _Places(
            size=len(whole),
            least=len(whole) - first if first >= 0 else 0,
            grouped=grouped,
            decimals=decimals,
            factor=100**percents / 1000**scale,
        )

    @cached_property
    def common(self) -> str | None:
        """Return Python's name of the format, such as "KES {:,.2f}", or None."""
        before, after = self.around
        inner = [kind for kind, _text in self.tokens]
        while inner and inner[0] == "literal":
            inner.pop(0)
        while inner and inner[-1] == "literal":
            inner.pop()
        places = self.places
        if inner not in _COMMON or places.least != 1 or places.decimals.strip("0"):
            return None
        before, after = (text.replace("{", "{{") for text in (before, after))
        before, after = (text.replace("}", "}}") for text in (before, after))
        comma = "," if places.grouped else ""
        return f"{before}{{:{comma}.{len(places.decimals)}f}}{after}"

    @cached_property
    def moment(self) -> tuple[list[tuple[str, str]], bool, int]:
        """Return a date's tokens, whether it has a noon, and places of a second."""
        tokens = _minutes(self.tokens)
        parts = (len(text) for kind, text in tokens if kind == "parts")
        return tokens, "noon" in self.kinds, max(parts, default=1) - 1


class _Places(NamedTuple):
    """Where the digits of a number stand.

    :ivar size: places before the point
    :ivar least: how many of them are filled, with noughts if need be
    :ivar grouped: whether thousands are told apart
    :ivar decimals: the places behind the point, as the code writes them
    :ivar factor: what is shown of one
    """

    size: int
    least: int
    grouped: bool
    decimals: str
    factor: float


def plain(value: float) -> str:
    """Return a number without noise: two decimals at most, none of them idle."""
    if abs(value) >= _BEYOND:
        return f"{value:.15g}"
    text = format(_rounded(value, 2), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _rounded(value: float, places: int) -> Decimal:
    """Round as Excel does: 15 digits are what a number has, halves go up."""
    return Decimal(f"{value:.15g}").quantize(_exponent(places), ROUND_HALF_UP)


@cache
def _exponent(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)


# ----------------------------------------------------------
# Codes
# ----------------------------------------------------------


def _sections(code: str) -> tuple[_Section, ...]:
    sections: list[list[tuple[str, str]]] = [[]]
    tests: list[tuple[str, float] | None] = [None]
    for match in _TOKEN.finditer(code[:_LONGEST]):
        kind, text = match.lastgroup or "literal", match[0]
        if kind == "end":
            sections.append([])
            tests.append(None)
        elif kind == "bracket":
            _read_bracket(text, sections, tests)
        elif kind in _LITERAL:
            _append(sections[-1], "literal", _LITERAL[kind](text))
        else:
            _append(sections[-1], kind, text)
    if max(map(len, sections)) > _TOKENS:
        raise TableError("unsafe")
    return tuple(
        _Section(tuple(tokens) or (("literal", ""),), test)
        for tokens, test in list(zip(sections, tests, strict=True))[:4]
    )


def _append(tokens: list[tuple[str, str]], kind: str, text: str) -> None:
    """Add a token; what is alike is one."""
    if kind in ("digits", "literal") and tokens and tokens[-1][0] == kind:
        tokens[-1] = (kind, tokens[-1][1] + text)
    else:
        tokens.append((kind, text))


def _read_bracket(text, sections, tests) -> None:
    """Read a currency, a condition or a count of hours; colours show nowhere."""
    inner = text[1:].removesuffix("]")
    if inner.startswith("$"):
        _append(sections[-1], "literal", inner[1:].split("-")[0])
    elif test := _CONDITION.fullmatch(inner):
        tests[-1] = (test[1], float(test[2]))
    elif inner.lower().strip("hms") == "":
        sections[-1].append(("date", text.lower()))


def _of(sections: tuple[_Section, ...], value: float) -> tuple[int, _Section]:
    """Return the section for a number, and its place."""
    if any(section.test for section in sections):
        for at, section in enumerate(sections[:3]):
            if section.test is None or _holds(section.test, value):
                return at, section
        return 0, sections[0]
    at = 0
    if value < 0 and len(sections) > 1:
        at = 1
    elif value == 0 and len(sections) > 2:
        at = 2
    return at, sections[at]


def _holds(test: tuple[str, float], value: float) -> bool:
    sign, bound = test
    return {
        "<": value < bound,
        "<=": value <= bound,
        ">": value > bound,
        ">=": value >= bound,
        "=": value == bound,
        "<>": value != bound,
    }[sign]


def _tidy(text: str) -> str:
    return " ".join(text.split())


# ----------------------------------------------------------
# Numbers
# ----------------------------------------------------------


def _number(value: float, section: _Section) -> str:
    """Put digits into their places, from the point to both sides."""
    places = section.places
    decimals = places.decimals
    number = _rounded(value * places.factor, len(decimals))
    sign = "-" if number < 0 else ""
    if section.common:
        return sign + section.common.format(abs(number))
    digits, _point, fraction = format(abs(number), "f").partition(".")
    digits = digits.lstrip("0").rjust(places.least, "0")
    while (
        fraction and decimals[len(fraction) - 1 :][:1] in "#?" and fraction[-1] == "0"
    ):
        fraction = fraction[:-1]
    return sign + _placed(section, digits, fraction, places)


def _placed(section: _Section, digits: str, fraction: str, where: _Places) -> str:
    """Write the digits where the code has places for them, literals between.

    The first place takes all for which there is none.
    """
    before = iter(_in_places(digits, where.size, where.grouped))
    behind = iter(fraction)
    places, pieces = before, []
    for kind, text in section.tokens:
        if kind == "point":
            pieces.append("." if fraction else "")
            places = behind
        elif kind == "digits":
            pieces.extend(next(places, "") for one in text if one != ",")
        else:
            pieces.append(text)
    return "".join(pieces)


def _in_places(digits: str, size: int, grouped: bool) -> list[str]:
    """Return what stands in each place, commas behind the digits that have them."""
    shown = [
        digit + ("," if grouped and left and left % 3 == 0 else "")
        for left, digit in zip(range(len(digits) - 1, -1, -1), digits, strict=True)
    ]
    over = max(len(shown) - size, 0)
    first, rest = shown[: over + 1], shown[over + 1 :]
    filled = ["".join(first), *rest] if shown else []
    return [""] * (size - len(filled)) + filled


# ----------------------------------------------------------
# Dates
# ----------------------------------------------------------


def _moment(value: float, section: _Section, epoch: datetime) -> str:
    # Excel takes 1900 for a leap year.
    days = value + 1 if epoch.year == 1899 and 0 < value < 60 else value
    tokens, noon, places = section.moment
    try:
        seconds = round(days * 86_400, places)
        moment = epoch + timedelta(seconds=seconds)
    except OverflowError:
        return ""  # Excel shows it as ######
    if value < 0 or moment.year > 9999:
        return ""
    pieces = []
    for kind, text in tokens:
        if kind == "date":
            pieces.append(_part(text, moment, value, noon))
        elif kind == "noon":
            half = "PM" if moment.hour >= 12 else "AM"
            pieces.append(half if len(text) > 3 else half[0])
        elif kind == "parts":
            pieces.append(f"{moment.microsecond / 1e6:.{len(text) - 1}f}"[1:])
        elif kind in ("literal", "point", "digits", "fraction"):
            pieces.append(text)
    return _tidy("".join(pieces))


def _minutes(tokens: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    """Tell minutes from months: they stand behind hours or before seconds."""
    found = list(tokens)
    dates = [at for at, (kind, _text) in enumerate(found) if kind == "date"]
    for before, at, after in zip(
        [None, *dates], dates, [*dates[1:], None], strict=False
    ):
        text = found[at][1].lower()
        if text not in ("m", "mm"):
            continue
        behind_hours = before is not None and "h" in found[before][1].lower()
        before_seconds = after is not None and "s" in found[after][1].lower()
        if behind_hours or before_seconds:
            found[at] = ("date", text.replace("m", "n"))
    return found


def _part(token: str, moment: datetime, value: float, noon: bool) -> str:
    token = token.lower()
    if token.startswith("["):
        # What is no time that Excel knows is one of seconds.
        unit = {"h": 3_600, "m": 60}.get(token[1:2], 1)
        whole = int(round(value * 86_400) // unit)
        return str(whole).rjust(len(token) - 2, "0")
    hour = (moment.hour % 12 or 12) if noon else moment.hour
    size, letter = len(token), token[0]
    number = {
        "d": moment.day,
        "m": moment.month,
        "h": hour,
        "n": moment.minute,
        "s": moment.second,
    }.get(letter, 0)
    if letter in "ye":
        return f"{moment.year:04d}" if size > 2 or letter == "e" else f"{moment:%y}"
    if size > 2 and letter in "md":
        names = _MONTHS if letter == "m" else _DAYS
        name = names[moment.month - 1 if letter == "m" else moment.weekday()]
        return (
            name[0] if size == 5 and letter == "m" else name[: 3 if size == 3 else 99]
        )
    return str(number).rjust(min(size, 2), "0")


_MONTHS = (
    "January February March April May June July August September October November"
    " December".split()
)
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_BEYOND = 1e15  # more digits than a number has
_LONGEST = 255  # characters of a code in Excel
_TOKENS = 60  # of a section; those of accountants have some fifteen
_COMMON = (["digits"], ["digits", "point", "digits"])
_RARE = {"exponent", "fraction"}
_LITERAL: dict[str, Callable[[str], str]] = {
    "quoted": lambda text: text.strip('"'),
    "escaped": lambda text: text[1:],
    "gap": lambda _text: " ",
    "fill": lambda _text: " ",
    "literal": lambda text: text,
}
_TOKEN = re.compile(
    r"""
    (?P<quoted>"[^"]*"?)
    | (?P<escaped>\\.)
    | (?P<gap>_.)
    | (?P<fill>\*.)
    | (?P<bracket>\[[^\]]*\]?)
    | (?P<end>;)
    | (?P<general>General|@)
    | (?P<noon>AM/PM|A/P)
    | (?P<exponent>E[+-])
    | (?P<fraction>(?<=[?\#0])\s*/\s*(?=[?\#0-9]))
    | (?P<parts>(?<=[sS])\.0+|(?<=[sS]\])\.0+)
    | (?P<date>[yY]+|[eE]+(?![+-])|[mM]+|[dD]+|[hH]+|[sS]+)
    | (?P<point>\.)
    | (?P<percent>%+)
    | (?P<digits>[0\#?,]+)
    | (?P<literal>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9]+(?:\.[0-9]+)?)")
