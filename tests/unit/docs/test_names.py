"""What the pages for developers name is there: folders, code, words, headings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from .test_claims import PAGES, ROOT

ADDON = ROOT / "su_sms"
FOR_DEVELOPERS = [
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
GLOSSARY = ROOT / "docs" / "architecture.md"
TERMS = ADDON / "i18n" / "su_sms.pot"

FOLDER = re.compile(r"`((?:tests|su_sms|docs|dev)(?:/\w+)*)/`")
CODE = re.compile(r"`([^`\n]+)`")
PICTURE = re.compile(r"```mermaid\n(.*?)```", re.DOTALL)
NAME = re.compile(r"[A-Za-z_]+(?:\.[A-Za-z_]\w*)+")
CONSTANT = re.compile(r"[A-Z][A-Z_]{2,}")
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#]*)#([^)]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
IN_CODE = re.compile(r'docs/(\w+\.md), "([^"]+)"')
# What a page was called that is not in the repository.
ELSEWHERE = re.compile(r"API page|design\.md|\(design: ", re.IGNORECASE)
WORD = re.compile(r"\*([^*]+)\*")
FILE_ENDS = (".conf", ".html", ".log", ".md", ".po", ".pot", ".py", ".txt", ".yml")
#: names that are not the code's
OTHERS = {
    "PGHOST",
    "SU_SMS_ODOO",
    "api.africastalking.com",
    "api.sandbox.africastalking.com",
    "env._",
    "env.execute_query",
    "env.tz",
    "ir.access",
    "odoo.fields.Domain",
    "odoo.tools.SQL",
    "pyproject.toml",
    "registry.clear_cache",
    "res.groups.privilege",
    "tools.ormcache",
}


class Names:
    """What the code defines: models, modules and classes, each with its names."""

    def __init__(self) -> None:
        self.members: dict[str, set[str]] = {}
        self.constants: set[str] = set()

    def add(self, owner: str, names: set[str]) -> None:
        self.members.setdefault(owner, set()).update(names)

    def has(self, name: str) -> bool:
        """Tell whether this is a model, or something that an owner has."""
        owner, _dot, last = name.rpartition(".")
        return name in self.members or last in self.members.get(owner, ())


def defined(body: list[ast.stmt]) -> Iterator[str]:
    """Return the names that statements define."""
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.AnnAssign):
            yield ast.unparse(node.target)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                parts = getattr(target, "elts", [target])
                yield from (ast.unparse(part) for part in parts)


def models_of(node: ast.ClassDef) -> Iterator[str]:
    """Return the names of the models that a class is, or extends."""
    said = {
        ast.unparse(each.targets[0]): each.value
        for each in node.body
        if isinstance(each, ast.Assign)
    }
    value = said.get("_name") or said.get("_inherit")
    if isinstance(value, ast.Constant):
        yield value.value


@cache
def names() -> Names:
    """Return the names of the addon, the tools and the tests."""
    found = Names()
    for folder in (ADDON, ROOT / "dev", ROOT / "tests"):
        for path in folder.rglob("*.py"):
            tree = ast.parse(path.read_text())
            found.add(path.stem, set(defined(tree.body)))
            found.constants.update(filter(str.isupper, defined(tree.body)))
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef):
                    for owner in (node.name, *models_of(node)):
                        found.add(owner, set(defined(node.body)))
    return found


def slug(heading: str) -> str:
    """Return the anchor that a heading gets on a page."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def named() -> Iterator[tuple[Path, str, str]]:
    """Return what the pages name, as (page, kind, what)."""
    for page in FOR_DEVELOPERS:
        text = page.read_text()
        for folder in FOLDER.findall(text):
            yield page, "folder", folder
        for code in CODE.findall(text):
            if NAME.fullmatch(code) and not code.endswith(FILE_ENDS):
                yield page, "name", code
            elif CONSTANT.fullmatch(code):
                yield page, "constant", code
        for picture in PICTURE.findall(text):
            for code in NAME.findall(picture):
                yield page, "name", code
    for page in PAGES:
        for target, anchor in LINK.findall(page.read_text()):
            yield page, "anchor", f"{target}#{anchor}"


def _id(value: object) -> str:
    return value.name if isinstance(value, Path) else str(value)


@pytest.mark.parametrize(("page", "kind", "what"), sorted(set(named())), ids=_id)
def test_what_is_named_is_there(page: Path, kind: str, what: str):
    if kind == "folder":
        assert (ROOT / what).is_dir()
    elif kind == "anchor":
        target, _hash, anchor = what.partition("#")
        other = page.parent / target if target else page
        assert anchor in map(slug, HEADING.findall(other.read_text()))
    elif kind == "constant":
        assert what in OTHERS or what in names().constants
    else:
        assert what in OTHERS or names().has(what)


def words() -> list[str]:
    """Return the words of the interface that the glossary has."""
    _before, _heading, glossary = GLOSSARY.read_text().partition("## Glossary")
    rows = [line.split("|") for line in glossary.splitlines() if "|" in line]
    return sorted({word for row in rows for word in WORD.findall(row[2])})


@pytest.mark.parametrize("word", words())
def test_word_of_the_glossary_is_in_the_interface(word: str):
    assert f'msgid "{word}"\n' in TERMS.read_text()


def code() -> Iterator[tuple[Path, str]]:
    """Return Python files with their text, each comment and docstring on one line."""
    for folder in (ADDON, ROOT / "dev", ROOT / "tests"):
        for path in folder.rglob("*.py"):
            if path != Path(__file__):
                yield path, re.sub(r"\n *#? *", " ", path.read_text())


def test_code_refers_to_pages_that_are_there():
    told = [(path, *found) for path, text in code() for found in IN_CODE.findall(text)]
    assert told
    for path, page, heading in told:
        headings = HEADING.findall((ROOT / "docs" / page).read_text())
        assert heading in headings, path
    assert not [path for path, text in code() if ELSEWHERE.search(text)]


def test_newcomers_are_told_where_to_find_what():
    _before, _heading, rest = GLOSSARY.read_text().partition("## Where to find what")
    table, _heading, _after = rest.partition("## ")
    sought = [line for line in table.splitlines() if line.startswith("| ")][1:]
    for row in sought:
        assert re.search(r"`su_sms/[\w/]+\.\w+`|\]\(#", row), row
    assert len(sought) > 5


def test_the_pages_name_things():
    kinds = [kind for _page, kind, _what in named()]
    assert kinds.count("name") > 60
    assert len(words()) > 20
