"""Arrows run one way, as the page about the architecture has it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ADDON = Path(__file__).resolve().parents[3] / "su_sms"
#: folder -> those of ours that it may import
MAY_IMPORT = {
    "africastalking": set(),
    "text": set(),
    "dispatch": {"africastalking", "text", "privacy"},
    "privacy": {"text"},
    "tools": {"africastalking", "text", "dispatch"},
    "models": {"africastalking", "text", "dispatch", "privacy", "tools"},
}
#: domain of the models -> how high it stands: imports only go down
DOMAINS = {
    "message": 0,
    "optout": 0,
    "privacy": 0,
    "gateway": 1,
    "campaign": 1,
    "mailing": 1,
    "dashboard": 2,
}
#: what runs the other way -> why
EXCEPTIONS: dict[str, str] = {}


def imported(folder: str) -> Iterator[tuple[Path, str]]:
    """Return the other folders of the addon that a folder's files import."""
    for path in (ADDON / folder).rglob("*.py"):
        depth = len(path.relative_to(ADDON).parts)
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level == depth:
                named = [node.module] if node.module else [n.name for n in node.names]
                yield from ((path, name.partition(".")[0]) for name in named)


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_folder_imports_only_what_is_below_it(folder: str):
    upward = {
        f"{path.relative_to(ADDON)} imports {name}"
        for path, name in imported(folder)
        if name not in MAY_IMPORT[folder] | {folder}
    }
    assert upward <= set(EXCEPTIONS)


@pytest.mark.parametrize("domain", DOMAINS)
def test_domain_imports_only_what_is_below_it(domain: str):
    others = DOMAINS.keys() - {domain}
    upward = set()
    for path in (ADDON / "models" / domain).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level == 2:
                named = [node.module] if node.module else [n.name for n in node.names]
                found = others & {name.partition(".")[0] for name in named}
                upward |= {
                    f"{path.name} imports {other}"
                    for other in found
                    if DOMAINS[other] >= DOMAINS[domain]
                }
    assert upward == set()


def test_every_domain_has_its_place():
    folders = {path.parent.name for path in (ADDON / "models").glob("*/__init__.py")}
    assert folders == set(DOMAINS)


@pytest.mark.parametrize("folder", ["africastalking", "text", "dispatch", "privacy"])
def test_plain_folder_knows_no_odoo(folder: str):
    for path in (ADDON / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                assert not any(name.name.startswith("odoo") for name in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                assert not node.module.startswith("odoo")
