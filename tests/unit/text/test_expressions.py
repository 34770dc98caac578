"""No regular expression takes the square of a text, whoever may have made it long."""

from __future__ import annotations

import ast
import re
from itertools import product
from pathlib import Path
from re import _constants, _parser
from typing import NamedTuple

import pytest

from tests.unit.text.test_linear import READERS, SHAPES, assert_linear

ADDON = Path(__file__).parents[3] / "su_sms"
#: beginnings of an expression that are tried
MOST_PIECES = 150
#: how long texts are, at least, and how often they begin anew
SIZE, MANY = 4_000, 1_500
#: what reads no more than so much of a text; test_linear.py proves these
READERS_OF = {
    "africastalking/wording.py TITLE": "wording.brief",
    "africastalking/wording.py SECRETS": "wording.brief",
    "text/phone.py _BETWEEN": "phone.parse",
}
#: how expressions are used that look at the beginning of a text only
ANCHORED = {"match", "fullmatch"}


class Expression(NamedTuple):
    """An expression of the addon's; ``uses`` are the methods that it is asked by."""

    where: str
    pattern: re.Pattern
    uses: frozenset[str]


def expressions() -> dict[str, Expression]:
    """Return every expression of the addon's modules."""
    found = {}
    for path in sorted(ADDON.rglob("*.py")):
        source = path.read_text()
        if "tests" in path.parts or "re.compile(" not in source:
            continue
        names: dict[str, object] = {"re": re}
        for node in ast.parse(source).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                _import(node, path, names)
            elif isinstance(node, ast.Assign | ast.FunctionDef):
                _run(node, names)
        for name, value in list(names.items()):
            where = f"{path.relative_to(ADDON)} {name}"
            uses = frozenset(re.findall(rf"\b{name}\.(\w+)", source))
            for each in _patterns(value):
                known = f"{where} {each.pattern[:20]!r}"
                found[known] = Expression(where, each, uses)
    return found


def _import(node, path, names) -> None:
    """Import what is pure; an addon's module needs its Odoo, and no expression does."""
    package = ".".join(["su_sms", *path.relative_to(ADDON).parts[:-1]])
    try:
        exec(
            compile(ast.Module([node], []), path, "exec"),
            names | {"__package__": package},
            names,
        )
    except ImportError:
        pass


def _run(node, names) -> None:
    try:
        exec(compile(ast.Module([node], []), "<module>", "exec"), names)
    except NameError:
        # Made of something that is no expression, such as a field.
        pass


def _patterns(value) -> list[re.Pattern]:
    if isinstance(value, re.Pattern):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [each for part in value for each in _patterns(part)]
    return []


def pieces(pattern: re.Pattern) -> list[str]:
    """Return beginnings of what an expression matches: each makes it start again."""
    source = pattern.pattern
    text = source if isinstance(source, str) else source.decode("latin-1")
    found = beginnings(_parser.parse(text, pattern.flags & re.VERBOSE))
    return list(filter(None, dict.fromkeys(found)))[:MOST_PIECES]


def beginnings(parsed) -> list[str]:
    """Return texts that match an expression's first steps, one step more each."""
    found, so_far = [], [""]
    for step in parsed:
        ways = samples(step)
        inner = [way for each in _inside(step) for way in beginnings(each)]
        found += [before + way for before in so_far for way in (*ways, *inner)]
        so_far = [before + way for before in so_far for way in ways][:4]
    return found


def samples(step) -> list[str]:
    """Return a text or two that match one step of an expression."""
    kind, given = step
    if kind is _constants.LITERAL:
        return [chr(given)]
    if kind is _constants.NOT_LITERAL:
        return ["a" if given != ord("a") else "b"]
    if kind is _constants.ANY:
        return ["a"]
    if kind is _constants.IN:
        return [_member(given)]
    if kind in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
        least, _most, inner = given
        return [each * max(least, 1) for each in _all(inner)] + [""] * (not least)
    if kind is _constants.BRANCH:
        return [each for branch in given[1] for each in _all(branch)]
    if kind is _constants.SUBPATTERN:
        return _all(given[-1])
    return [""]


def _all(parsed) -> list[str]:
    found = [""]
    for step in parsed:
        found = [before + way for before in found for way in samples(step)][:4]
    return found


def _inside(step) -> list:
    kind, given = step
    if kind in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
        return [given[2]]
    if kind is _constants.BRANCH:
        return given[1]
    return [given[-1]] if kind is _constants.SUBPATTERN else []


def _member(given) -> str:
    """Return a character of a class, or one that a negated class leaves."""
    negated = given[0][0] is _constants.NEGATE
    classes = {
        _constants.CATEGORY_DIGIT: "1",
        _constants.CATEGORY_SPACE: " ",
        _constants.CATEGORY_WORD: "a",
    }
    members = []
    for kind, value in given[negated:]:
        if kind is _constants.LITERAL:
            members.append(chr(value))
        elif kind is _constants.RANGE:
            members.append(chr(value[0]))
        else:
            members.append(classes.get(value, "!"))
    if negated:
        return next((each for each in "a1 !<" if each not in members), "\u00e9")
    return members[0]


def texts(pattern: re.Pattern) -> list[str]:
    own = pieces(pattern)
    pairs = [first + second for first, second in product(own, ["", " ", *own[:1]])]
    return list(dict.fromkeys([*SHAPES, "/", "%2f", "<", "&", ";", *pairs]))


def find(expression: Expression):
    """Return what looks for an expression in a text, as its module does."""
    pattern, uses = expression.pattern, expression.uses

    def look(text):
        if isinstance(pattern.pattern, bytes):
            text = text.encode("utf-8", "surrogatepass")
        if uses and uses <= ANCHORED:
            return pattern.match(text), pattern.fullmatch(text)
        return list(pattern.finditer(text))

    return look


EXPRESSIONS = expressions()


def test_all_are_known():
    """What this file reads are all the expressions that there are."""
    compiled = sum(
        path.read_text().count("re.compile(")
        for path in ADDON.rglob("*.py")
        if "tests" not in path.parts
    )
    # Some are made for a value in a function, some in a table of several.
    assert len(EXPRESSIONS) > 0.8 * compiled


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_twice_the_text_takes_twice_the_time(name):
    expression = EXPRESSIONS[name]
    if reader := READERS_OF.get(expression.where):
        assert reader in READERS
        return
    for shape in texts(expression.pattern):
        size = max(SIZE, MANY * len(shape))
        assert_linear(find(expression), shape, "", "", size)
        assert_linear(find(expression), shape, "1", "!", size)
