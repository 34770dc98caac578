"""No version that su_sms accepts has a known vulnerability that reaches it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from packaging.version import Version

from dev.checks.advisories import ADVISORIES, Advisory, bounds, reached

ROOT = Path(__file__).resolve().parents[3]


def imported() -> set[str]:
    """Return the names of all packages that the addon imports, but for its tests."""
    found, tests = set(), ROOT / "su_sms" / "tests"
    for path in (ROOT / "su_sms").rglob("*.py"):
        if tests in path.parents:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add((node.module or "").partition(".")[0])
    return found


def test_accepted_versions_are_not_reached():
    assert reached(bounds()) == []


def test_an_older_version_is_reached():
    [line] = reached(bounds() | {"requests": Version("2.30")})
    assert line == "CVE-2023-32681: requests 2.30, fixed in 2.31.0"


@pytest.mark.parametrize("advisory", ADVISORIES, ids=lambda each: each.name)
def test_reason_names_files_that_are_there(advisory: Advisory):
    for path in re.findall(r"[\w/]+\.py", advisory.unaffected):
        assert (ROOT / path).exists() or (ROOT / "su_sms" / path).exists()


def test_every_requirement_has_a_lower_bound_and_is_used():
    assert set(bounds()) <= imported()


def test_manifest_names_every_requirement():
    manifest = ast.literal_eval((ROOT / "su_sms" / "__manifest__.py").read_text())
    assert set(manifest["external_dependencies"]["python"]) == set(bounds())
