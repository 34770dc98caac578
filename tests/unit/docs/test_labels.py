"""What the pages quote of the interface is in it: labels, menus, states.

A label is *in italics*, on the pages for users **in bold** too, and begins with a
capital.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from .test_claims import PAGES, ROOT

READMES = ROOT / "su_sms" / "readme"
TERMS = ROOT / "su_sms" / "i18n" / "su_sms.pot"
#: they tell of labels as they were, and of those of the repository's host
OTHER_PAGES = {ROOT / "CHANGELOG.md", ROOT / "SECURITY.md"}
FOR_USERS = {READMES / "CONFIGURE.md", READMES / "USAGE.md"}

CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
ITALIC = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*|]+)\*(?![\w*])")
BOLD = re.compile(r"\*\*(?=[^\s*])([^*|]+)\*\*")
MSGID = re.compile(r'^msgid ((?:".*"\n)+)', re.MULTILINE)
DIAGRAM = re.compile(r"```mermaid\nstateDiagram-v2\n(.*?)```", re.DOTALL)
STATE = re.compile(r"^ +(\w+): (.+)$", re.MULTILINE)
#: Odoo's own
ODOO = {
    "Actions",
    "Add a line",
    "Configuration",
    "Email Marketing",
    "Error",
    "In Queue",
    "Include opt-out link",
    "Processing",
    "Reporting",
    "Save & Close",
    "Send SMS",
    "Settings",
    "SMS Marketing",
    "Users",
}
#: of the manifest, of the provider's dashboard, of the change log
ELSEWHERE = {"SMS through Africa's Talking", "SMS Callback URLs", "Unreleased"}


@cache
def terms() -> set[str]:
    """Return the texts of the interface, without a colon at the end."""
    quoted = (re.findall(r'".*"', found) for found in MSGID.findall(TERMS.read_text()))
    texts = ("".join(map(ast.literal_eval, lines)) for lines in quoted)
    return {text.strip().rstrip(":") for text in texts}


def is_shown(label: str) -> bool:
    """Tell whether a label, or each part of a path or of a `name: value`, is shown."""
    if label in terms() | ODOO | ELSEWHERE:
        return True
    for between in (" > ", ": "):
        if between in label:
            return all(map(is_shown, label.split(between)))
    return False


def labels() -> Iterator[tuple[Path, str]]:
    """Return the labels that the pages quote, as (page, label)."""
    for page in PAGES:
        if page in OTHER_PAGES:
            continue
        text = CODE.sub("`…`", page.read_text())
        found = ITALIC.findall(text)
        if page in FOR_USERS:
            found += BOLD.findall(text)
        for label in found:
            if label[0].isupper():
                yield page, " ".join(label.split())


def states() -> Iterator[tuple[Path, str]]:
    """Return the words that the pictures have for states, as (page, word)."""
    page = ROOT / "docs" / "architecture.md"
    for diagram in DIAGRAM.findall(page.read_text()):
        named: dict[str, str] = {}
        for state, word in STATE.findall(diagram):
            named.setdefault(state, word)
        yield from ((page, word) for word in named.values())


def _id(value: object) -> str:
    return value.name if isinstance(value, Path) else str(value)


@pytest.mark.parametrize(("page", "label"), sorted({*labels(), *states()}), ids=_id)
def test_what_is_quoted_is_in_the_interface(page: Path, label: str):
    assert is_shown(label)


def test_the_pages_quote_labels():
    assert len(list(labels())) > 150
    assert len(list(states())) > 12
