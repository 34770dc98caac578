"""Fill Odoo's inline placeholders, `{{ object.name ||| there }}`, without evaluating.

What counts as a placeholder is what `odoo.tools.rendering_tools` takes for one: on one
line, up to the nearest `}}`, with `|||` before a default. A plain dotted path is filled
here, thousands of times faster than by evaluation; anything else is left to Odoo's own
engine, which decides who may use it.
"""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

_PLACEHOLDER = re.compile(r"\{\{(.+?)(?:\|\|\|\s*(.*?))?\}\}")
# No part begins with an underscore: nothing private, nothing of Python's own.
_PLAIN = re.compile(r"object((?:\.[A-Za-z][A-Za-z0-9_]*)+)")
_BRACES = re.compile(r"\{\{|\}\}")


class Part(NamedTuple):
    """A piece of a text: a literal, then what stands behind it.

    :ivar literal: text as it is
    :ivar expression: such as "object.name"; empty at the end of a text
    :ivar default: what stands there when there is no value
    """

    literal: str
    expression: str = ""
    default: str = ""


class PlaceholderError(ValueError):
    """A placeholder that can't be filled.

    :ivar name: the path, such as "fee_balance", or the expression if it isn't plain
    """

    def __init__(self, name: str):
        super().__init__(f"There is no value called “{name}”.")
        self.name = name


def parse(text: str) -> tuple[Part, ...]:
    """Cut a text into its parts, in order."""
    parts, end = [], 0
    for match in _PLACEHOLDER.finditer(text):
        literal = text[end : match.start()]
        parts.append(Part(literal, match[1].strip(), match[2] or ""))
        end = match.end()
    if text[end:]:
        parts.append(Part(text[end:]))
    return tuple(parts)


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


def has_loose_braces(text: str) -> bool:
    """Tell whether a `{{` or `}}` belongs to no placeholder, and would be sent."""
    return any(_BRACES.search(part.literal) for part in parse(text))


def render(parts: Iterable[Part], lookup: Callable[[str], object]) -> str:
    """Fill the parts in.

    :param lookup: gives the value of a path such as "partner_id.name"; KeyError says
        that there is no such thing. None, False and "" give way to the default; 0 is a
        value.
    :raise PlaceholderError: naming the path that `lookup` doesn't know or the
        expression that isn't plain
    """
    pieces = []
    for literal, expression, default in parts:
        pieces.append(literal)
        if expression:
            pieces.append(_value(expression, lookup) or default)
    return "".join(pieces)


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
