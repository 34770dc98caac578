"""What the pages claim has a test, and the test is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "su_sms" / "readme").glob("*.md")),
]
TESTS = (ROOT / "tests", ROOT / "su_sms" / "tests")
FILE = re.compile(r"`((?:tests|su_sms|docs|dev)/[\w./-]+\.\w+)`")
TEST = re.compile(r"`(Test[A-Z]\w*)(?:\.(test_\w+))?`")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)\)")


@cache
def tests() -> dict[str, set[str]]:
    """Give the test classes with the names of their tests."""
    found: dict[str, set[str]] = {}
    for folder in TESTS:
        for path in folder.rglob("test_*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ClassDef):
                    names = {n.name for n in node.body if hasattr(n, "name")}
                    found.setdefault(node.name, set()).update(names)
    return found


def claims() -> Iterator[tuple[Path, str, str]]:
    """Give each page's files, tests and links, as (page, kind, what)."""
    for page in PAGES:
        text = page.read_text()
        for path in FILE.findall(text):
            yield page, "file", path
        for name, test in TEST.findall(text):
            yield page, "test", f"{name}.{test}" if test else name
        for target in LINK.findall(text):
            yield page, "link", target


def _id(value: object) -> str:
    return value.name if isinstance(value, Path) else str(value)


@pytest.mark.parametrize(("page", "kind", "what"), sorted(set(claims())), ids=_id)
def test_claim_is_there(page: Path, kind: str, what: str):
    if kind == "file":
        assert (ROOT / what).exists()
    elif kind == "link":
        assert (page.parent / what).exists()
    else:
        name, _dot, test = what.partition(".")
        assert name in tests()
        assert not test or test in tests()[name]


def test_the_pages_make_claims():
    assert len(list(claims())) > 40
