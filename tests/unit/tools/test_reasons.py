"""What plain code finds wrong has a sentence, and plain code itself says none."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args, get_origin, get_type_hints

import pytest

ADDON = Path(__file__).resolve().parents[3] / "su_sms"
PLAIN = sorted(
    path
    for room in ("africastalking", "text", "dispatch", "privacy", "tools/vault.py")
    for path in ((ADDON / room).rglob("*.py") if "." not in room else [ADDON / room])
)
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def problems() -> dict[type, frozenset[str]]:
    """Return the reasons of each kind of problem that plain code knows."""
    found = {}
    for path in PLAIN:
        parts = path.relative_to(ADDON.parent).with_suffix("").parts
        module = importlib.import_module(".".join(parts).removesuffix(".__init__"))
        for kind in vars(module).values():
            ours = isinstance(kind, type) and kind.__module__ == module.__name__
            if ours and "reason" in inspect.get_annotations(kind):
                reason = get_type_hints(kind)["reason"]
                if get_origin(reason) is Literal:
                    found[kind] = frozenset(get_args(reason))
    return found


@pytest.fixture(scope="module")
def reasons() -> Iterator[types.ModuleType]:
    """The module with the sentences, without what Odoo puts into them."""
    misc, translate = (types.ModuleType(name) for name in ("misc", "translate"))
    misc.babel_locale_parse = translate.get_translation = None
    with pytest.MonkeyPatch.context() as patch:
        patch.delitem(sys.modules, "su_sms.tools.reasons", raising=False)
        patch.setitem(sys.modules, "odoo", types.ModuleType("odoo"))
        patch.setitem(sys.modules, "odoo.tools", types.ModuleType("odoo.tools"))
        patch.setitem(sys.modules, "odoo.tools.misc", misc)
        patch.setitem(sys.modules, "odoo.tools.translate", translate)
        yield importlib.import_module("su_sms.tools.reasons")


def raised(names: set[str]) -> Iterator[tuple[str, ast.Call]]:
    """Return (file and line, call) of each problem that plain code makes."""
    for path in PLAIN:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in names:
                    yield f"{path.relative_to(ADDON)}:{node.lineno}", node


def test_every_reason_has_a_sentence_and_there_is_none_too_many(reasons):
    sentences = {kind: frozenset(each) for kind, each in reasons.SENTENCES.items()}
    assert sentences == problems()


def test_sentences_are_sentences(reasons):
    for kind, sentences in reasons.SENTENCES.items():
        for reason, sentence in sentences.items():
            assert re.fullmatch(r"[A-Z].*[^.]\.", sentence), (kind, reason)
            assert "%" not in PLACEHOLDER.sub("", sentence), (kind, reason)
            assert "  " not in sentence, (kind, reason)


def test_sentences_ask_for_what_the_problem_has(reasons):
    """Wherever it is made: a limit that is not given could not be told."""
    kinds = {kind.__name__: kind for kind in reasons.SENTENCES}
    for place, call in raised(set(kinds)):
        kind = kinds[getattr(call.func, "attr", getattr(call.func, "id", ""))]
        named = {each.arg: each.value for each in call.keywords}
        given = inspect.signature(kind).bind(*call.args, **named).arguments
        for reason in said_by(given.get("reason"), problems()[kind]):
            asked = set(PLACEHOLDER.findall(reasons.SENTENCES[kind][reason]))
            assert asked <= set(given) - {"reason"}, place


def said_by(reason: ast.expr | None, known: frozenset[str]) -> set[str]:
    """Return the reasons that an argument may be; of a variable, none."""
    if reason is None:
        return set(known)
    nodes = ast.walk(reason)
    values = {node.value for node in nodes if isinstance(node, ast.Constant)}
    return {value for value in values if isinstance(value, str)} & known


def test_what_is_added_stands_beside_the_sentence(reasons):
    for name, text in reasons.ABOUT.items():
        assert set(PLACEHOLDER.findall(text)) == {"sentence", name}
        assert any(name in inspect.signature(k).parameters for k in reasons.SENTENCES)


def test_a_problem_has_its_reason_for_the_log_and_nothing_of_what_it_is_about():
    for kind, known in problems().items():
        if not issubclass(kind, Exception):
            continue
        takes = inspect.signature(kind).parameters
        private = {name: "0712345678" for name in takes if name != "reason"}
        for reason in known:
            given = private | ({"reason": reason} if "reason" in takes else {})
            assert str(kind(**given)) == reason
