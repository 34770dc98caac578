"""Fill Odoo's inline placeholders, `{{ object.name ||| there }}`, without evaluating.

What counts as a placeholder is what `odoo.tools.rendering_tools` takes for one: on one
line, up to the nearest `}}`, with `|||` before a default. Odoo finds them with a
regular expression that takes cubic time where braces stay open; here a text is read
once. A plain dotted path is filled here, thousands of times faster than by evaluation;
anything else is left to Odoo's own engine, which decides who may use it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

_OPEN, _CLOSE, _BAR = "{{", "}}", "|||"
# No part begins with an underscore: nothing private, nothing of Python's own.
_PLAIN = re.compile(r"object((?:\.[A-Za-z][A-Za-z0-9_]*)+)")
_OR = re.compile(rf"({_PLAIN.pattern})\s+or\s+(?:\"([^\"\\]*)\"|'([^'\\]*)')")
_BLANKS = re.compile(r"\s*")
_BLANK_RUN = re.compile(r"\s+")
_LOOSE = re.compile(r"\{(?=\{)")


#: characters of a text, filled in or not: 30 parts of SMS hold 4,590
LONGEST = 5_000

#: letters in a row that are no accident
KIN = 8

#: looks at a character that Odoo's own reader takes a few milliseconds for
QUICK = 200_000


class Part(NamedTuple):
    """A piece of a text: a literal, then what stands behind it.

    :ivar literal: text as it is
    :ivar expression: such as "object.name"; empty at the end of a text
    :ivar default: what stands there when there is no value
    :ivar optional: whether nothing may stand there: an empty default was written
    """

    literal: str
    expression: str = ""
    default: str = ""
    optional: bool = False


class PlaceholderError(ValueError):
    """A placeholder that can't be filled.

    :ivar name: the path, such as "fee_balance", or the expression if it isn't plain
    """

    reason: Literal["no_such_value"] = "no_such_value"

    def __init__(self, name: str):
        super().__init__(self.reason)
        self.name = name


class TooLongError(ValueError):
    """A text that is too long once it is filled in."""


def parse(text: str) -> tuple[Part, ...]:
    """Cut a text into its parts, in order."""
    parts, end = [], 0
    for start, stop, expression, default in _found(text):
        optional = default is not None and not default.strip()
        literal = text[end:start]
        parts.append(Part(literal, expression.strip(), default or "", optional))
        end = stop
    if text[end:]:
        parts.append(Part(text[end:]))
    return tuple(parts)


def source(part: Part) -> str:
    """Return a part's placeholder on its own: text that reads as the same."""
    default = f"{_BAR}{part.default}" if part.default else ""
    return f"{_OPEN}{part.expression} {default}{_CLOSE}"


def _found(text: str) -> Iterator[tuple[int, int, str, str | None]]:
    """Return (start, end, expression, default) of each placeholder.

    Where one can't be closed, nothing else on its line can.
    """
    start = text.find(_OPEN)
    while start >= 0:
        first = start + len(_OPEN)
        line_end = text.find("\n", first)
        line_end = len(text) if line_end < 0 else line_end
        # An expression has one character at least.
        found = _closed(text, first, first + 1, line_end)
        if found:
            yield start, *found
            start = text.find(_OPEN, found[0])
        else:
            start = text.find(_OPEN, line_end)


def _closed(
    text: str, first: int, second: int, line_end: int
) -> tuple[int, str, str | None] | None:
    """Return (end, expression, default) of a placeholder, or None if it stays open."""
    close = text.find(_CLOSE, second, line_end)
    if close >= 0:
        bar = text.find(_BAR, second, close)
        if bar < 0:
            return close + len(_CLOSE), text[first:close], None
        default = text[bar + len(_BAR) : close].lstrip()
        return close + len(_CLOSE), text[first:bar], default
    # The blanks before a default may go over lines.
    bar = len(text[second:line_end].rstrip()) + second - len(_BAR)
    if bar < second or not text.startswith(_BAR, bar):
        return None
    after = _skip_blanks(text, line_end)
    last = text.find("\n", after)
    close = text.find(_CLOSE, after, len(text) if last < 0 else last)
    if close < 0:
        return None
    return close + len(_CLOSE), text[first:bar], text[after:close]


def _skip_blanks(text: str, place: int) -> int:
    return _BLANKS.match(text, place).end()


def is_plain(expression: str) -> bool:
    """Tell whether an expression is but a dotted path from `object`."""
    return bool(_PLAIN.fullmatch(expression))


def names(text: str) -> tuple[str, ...]:
    """List the paths of the plain placeholders, without `object.`, once each."""
    paths = (_path(part.expression) for part in parse(text))
    return tuple(dict.fromkeys(filter(None, paths)))


def others(text: str) -> tuple[str, ...]:
    """List the expressions that aren't plain, once each: work for Odoo's engine."""
    expressions = (part.expression for part in parse(text))
    return tuple(dict.fromkeys(one for one in expressions if one and not is_plain(one)))


def with_defaults(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Read `object.name or "there"` as the path with a default that it is.

    For values that are texts: to Python, 0 is none.
    """
    return tuple(_with_default(part) for part in parts)


def _with_default(part: Part) -> Part:
    match = _OR.fullmatch(part.expression)
    if not match:
        return part
    default = (match[3] or match[4] or "") or part.default
    return part._replace(
        expression=match[1], default=default, optional=not default.strip()
    )


def is_slow(text: str) -> bool:
    """Tell whether Odoo's own reader looks at characters again and again.

    From each `{{` that nothing closes it looks through the line for each `|||`, and
    from there for each of the blanks that follow.
    """
    if _OPEN not in text:
        return False
    loose = sum(len(_LOOSE.findall(part.literal)) for part in parse(text))
    blanks = max(map(len, _BLANK_RUN.findall(text)), default=0)
    return loose * (text.count(_BAR) + 1) * (blanks + 1) * len(text) > QUICK


def stem_from(text: str, before: Iterable[str]) -> bool:
    """Tell whether something of a text's placeholders has stood anywhere in others.

    Also where it was no placeholder yet: a default, a line that was not closed, code
    that ran only once a quote was made straight, a character taken out or put in.
    """
    letters = "\0".join(map(_letters, before))
    known = {
        letters[at : at + size]
        for size in range(KIN + 1)
        for at in range(len(letters) - size + 1)
    }
    for part in parse(text):
        expression = _letters(part.expression)
        size = min(len(expression), KIN)
        pieces = (
            expression[at : at + size] in known
            for at in range(len(expression) - size + 1)
        )
        # Of a path all of it, of code any piece: who mends a slip has not written it.
        if part.expression and (all if is_plain(part.expression) else any)(pieces):
            return True
    return False


def _letters(text: str) -> str:
    """Return the plain letters and digits of a text, however they are written."""
    decomposed = "".join(unicodedata.normalize("NFKD", each) for each in text)
    return "".join(each for each in decomposed if each.isascii() and each.isalnum())


def render(
    parts: Iterable[Part],
    lookup: Callable[[str], object],
    missing: list[str] | None = None,
    *,
    other: Callable[[Part], str] | None = None,
    longest: int = LONGEST,
) -> str:
    """Fill the parts in.

    :param lookup: gives the value of a path such as "partner_id.name"; KeyError says
        that there is no such thing. None, False and "" give way to the default; 0 is a
        value.
    :param missing: takes the expressions where nothing stands and nothing was said of
        that
    :param other: gives the text of a part whose expression isn't plain
    :param longest: characters that the text may have
    :raise PlaceholderError: naming the path that `lookup` doesn't know or the
        expression that isn't plain
    :raise TooLongError: as soon as it is too long
    """
    pieces, left = [], longest
    for part in parts:
        pieces.append(part.literal)
        if part.expression:
            if other and not is_plain(part.expression):
                value = other(part)
            else:
                value = _value(part.expression, lookup)
            if is_nothing(value):
                value = part.default or value
                if missing is not None and not (part.default.strip() or part.optional):
                    missing.append(part.expression)
            pieces.append(value)
        left -= sum(map(len, pieces[-2:] if part.expression else pieces[-1:]))
        if left < 0:
            raise TooLongError
    return "".join(pieces)


def is_nothing(text: str) -> bool:
    """Tell whether a text says that there is no value: blank, "-", "N/A", "null"."""
    text = text.strip()
    if len(text) <= _LONGEST_NOTHING and text.lower() in _NOTHING:
        return True
    return all(unicodedata.category(one)[0] in "PZC" for one in text)


def as_text(value: object) -> str:
    """Write a value as people do: no `.0`, no noise of binary fractions."""
    if value is None or value is False:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.15g}"
    return str(value)


def _value(expression: str, lookup: Callable[[str], object]) -> str:
    path = _path(expression)
    if not path:
        raise PlaceholderError(expression)
    try:
        return as_text(lookup(path))
    except KeyError:
        raise PlaceholderError(path) from None


def _path(expression: str) -> str:
    match = _PLAIN.fullmatch(expression)
    return match[1][1:] if match else ""


# What programs write for no value.
_NOTHING = {"n/a", "#n/a", "nan", "null", "none", "undefined", "<na>", "nat"}
_LONGEST_NOTHING = max(map(len, _NOTHING))
