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
    *(ROOT / name for name in ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")),
    ROOT / "su_sms" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "su_sms" / "readme").glob("*.md")),
]
TESTS = (ROOT / "tests", ROOT / "su_sms" / "tests")
BENCH = ROOT / "tests" / "bench"
SPEED = ROOT / "docs" / "speed.md"
#: pages with a table whose rows all name a test
TABLES = {"promises.md", "failures.md", "operating.md", "COMPLIANCE.md", "SECURITY.md"}
FILE = re.compile(r"`((?:tests|su_sms|docs|dev)/[\w./-]+\.\w+)`")
TEST = re.compile(r"`(Test[A-Z]\w*)(?:\.(test_\w+))?`")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)(?:#[^)]*)?\)")


@cache
def known_tests() -> dict[str, set[str]]:
    """Return the test classes with the names of their tests."""
    found: dict[str, set[str]] = {}
    for folder in TESTS:
        for path in folder.rglob("test_*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ClassDef):
                    names = {n.name for n in node.body if hasattr(n, "name")}
                    found.setdefault(node.name, set()).update(names)
    return found


def claims() -> Iterator[tuple[Path, str, str]]:
    """Return each page's files, tests and links, as (page, kind, what)."""
    for page in PAGES:
        text = page.read_text()
        for path in FILE.findall(text):
            yield page, "file", path
        for name, test in TEST.findall(text):
            yield page, "test", f"{name}.{test}" if test else name
        for target in LINK.findall(text):
            yield page, "link", target


def rows() -> Iterator[tuple[Path, list[str]]]:
    """Return each page's rows of tables whose last column is "Test", as cells."""
    for page in PAGES:
        wanted = False
        for line in page.read_text().splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if not line.startswith("|"):
                wanted = False
            elif cells[-1] == "Test":
                wanted = True
            elif wanted and set(cells[-1]) != {"-"}:
                yield page, cells


def benchmarks() -> set[str]:
    """Return the names of the benchmarks that are there."""
    trees = [ast.parse(path.read_text()) for path in BENCH.glob("*.py")]
    return {
        node.name
        for node in (node for tree in trees for node in tree.body)
        if isinstance(node, ast.FunctionDef)
        and any(
            ast.unparse(mark).startswith("benchmark(") for mark in node.decorator_list
        )
    }


def _id(value: object) -> str:
    if isinstance(value, list):
        return value[0]
    return value.name if isinstance(value, Path) else str(value)


@pytest.mark.parametrize(("page", "kind", "what"), sorted(set(claims())), ids=_id)
def test_claim_is_there(page: Path, kind: str, what: str):
    if kind == "file":
        assert (ROOT / what).exists()
    elif kind == "link":
        assert (page.parent / what).exists()
    else:
        name, _dot, test = what.partition(".")
        assert name in known_tests()
        assert not test or test in known_tests()[name]


@pytest.mark.parametrize(("page", "cells"), list(rows()), ids=_id)
def test_row_names_its_test(page: Path, cells: list[str]):
    *what, named = cells
    unknown = any("not known" in cell.lower() for cell in what)
    assert FILE.search(named) or TEST.search(named) or unknown


def test_every_benchmark_is_on_the_page():
    told = re.findall(r"^\| `(\w+)`: ", SPEED.read_text(), re.MULTILINE)
    assert sorted(told) == sorted(benchmarks())


def test_the_pages_make_claims():
    assert len(list(claims())) > 40
    assert {page.name for page, _cells in rows()} == TABLES
