"""Find one whole number in a text, however written, and none that looks like it.

Numbers of several countries end alike, and one may be a piece of another: what the
digits around a piece make of it is read by :mod:`.phone`, never guessed by its end.
"""

import re
import unicodedata
from bisect import bisect
from collections.abc import Iterable, Iterator
from functools import lru_cache

from . import e164, numbers, phone

# What may stand between two digits of a number, and how much before those that all its
# spellings share: "+", "00", the country's code, "(0)", and separators.
_BETWEEN, _BEFORE = "[^0-9\n]{0,3}", 12
_BEGINS = re.compile(r"[+(\[0-9]")
_ENDS_SEGMENT = re.compile(r"[\n,;]")
# By how many of its last digits a number is looked up.
_TAIL, _MOST_TAILS = 6, 50
_TAILS = re.compile(f"(?=([0-9](?:{_BETWEEN}[0-9]){{{_TAIL - 1}}})(?![0-9A-Za-z]))")


def spells(raw: str, number: str, country: str | None) -> bool:
    """Tell whether a text is a number and this one.

    :param number: in E.164; or what can't be, which only itself spells
    :param country: region by which a number without its country's code is read
    """
    raw = raw.strip()
    try:
        return phone.normalise(raw, country) == number
    except phone.PhoneError:
        if not e164.parts(number):
            return raw == number
        return raw.removeprefix("+") == number[1:]


def may_spell(raw: str, number: str) -> bool:
    """Tell whether a cell may be about a number in E.164; it is not read.

    Whatever stands before a number or is left out of it, its last digits are there.
    """
    if "%" in raw or "=" in raw:
        # A tel: URI may have them in another order.
        return True
    found = (str(unicodedata.decimal(one)) for one in raw if one.isdecimal())
    return number[-4:] in "".join(found)


def spans(text: str, number: str, country: str | None) -> Iterator[tuple[int, int]]:
    """Return (begin, end) of each place where a text has this number in E.164."""
    code, _national = e164.parts(number) or ("", "")
    known: dict[str, bool] = {}
    for shared in _shared(number).finditer(text):
        for begin in range(max(0, shared.start() - _BEFORE), shared.start() + 1):
            found = text[begin : shared.end()]
            if (
                _BEGINS.match(text, begin)
                and not _goes_on(text[begin - 1 : begin])
                and _may_spell(text[begin : shared.start()], code)
            ):
                # Whoever writes one thing many times has it read once.
                if found not in known:
                    known[found] = spells(found, number, country)
                if not known[found]:
                    continue
                yield begin, shared.end()
                break


def has(text: str, number: str, country: str | None) -> bool:
    """Tell whether a text has this number in E.164."""
    return any(True for _span in spans(text, number, country))


def replaced(text: str, number: str, country: str | None, by: str) -> str:
    """Return a text with something else wherever it has this number in E.164."""
    return _cut(text, spans(text, number, country), by)


def without(text: str, number: str, country: str | None) -> str:
    """Return a pasted text without this number in E.164, and the name beside it."""
    marks = [mark.start() for mark in _ENDS_SEGMENT.finditer(text)]
    plain = numbers.plain(text)
    segments: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for begin, end in spans(text, number, country):
        before, after = bisect(marks, begin), bisect(marks, end - 1)
        first = marks[before - 1] + 1 if before else 0
        last = marks[after] if after < len(marks) else len(text)
        segments.setdefault((first, last), []).append((begin, end))
    cuts = []
    for (first, last), places in segments.items():
        found = list(numbers.split(text[first:last], country, most=None))
        if len(found) == len(places):
            cuts.append((first, last))
            continue
        # Somebody else's is beside it.
        cuts += places
        for each in found:
            at = plain.find(each.name, first, last) if each.name else -1
            if at >= 0 and spells(each.raw, number, country):
                cuts.append((at, at + len(each.name)))
    return _cut(text, sorted(cuts), "")


def pattern(number: str) -> str | None:
    """Return what every spelling of a number in E.164 matches, and others as well.

    For PostgreSQL and for Python; None if it isn't E.164.
    """
    split = e164.parts(number)
    return _BETWEEN.join(split[1]) if split else None


def tail(number: str) -> str | None:
    """Return the last digits of a number in E.164, for an index; None if it has few."""
    split = e164.parts(number)
    return split[1][-_TAIL:] if split and len(split[1]) >= _TAIL else None


def tails(texts: Iterable[str]) -> list[str] | None:
    """Return the ``tail`` of each number that ``has`` may find in one of these texts.

    :return: None if there are more than anybody's numbers would be
    """
    found: set[str] = set()
    for text in texts:
        for digits in _TAILS.findall(text):
            found.add(re.sub("[^0-9]", "", digits))
        if len(found) > _MOST_TAILS:
            return None
    return sorted(found)


@lru_cache(maxsize=8)
def _shared(number: str) -> re.Pattern[str]:
    return re.compile(f"{pattern(number) or '(?!)'}(?![0-9A-Za-z])")


def _may_spell(before: str, code: str) -> bool:
    """Tell whether a number may have this before the digits that its spellings share.

    That is a trunk prefix, of two digits at most, or the country's code: with what is
    dialled before it, and perhaps the trunk prefix behind it.
    """
    digits = "".join(filter(str.isdecimal, before))
    if len(digits) <= 2:
        return True
    dialled = digits.removesuffix("0")
    return any(
        each.endswith(code) and len(each) - len(code) <= 4 for each in (digits, dialled)
    )


def _goes_on(before: str) -> bool:
    return before == "+" or before.isalnum()


def _cut(text, places, by):
    kept, at = [], 0
    for begin, end in places:
        if begin >= at:
            kept += [text[at:begin], by]
        at = max(at, end)
    return "".join([*kept, text[at:]])
