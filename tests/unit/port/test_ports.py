"""Each port is sound, as far as can be told without an Odoo of its series."""

import ast
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from dev import cache
from dev.checks.lint import duplicates, malformed
from dev.port import lacking, write
from dev.port.rule import SERIES

ADDON = cache.CHECKOUT / "su_sms"
#: what knows nothing of Odoo
PURE = ("africastalking", "dispatch", "privacy", "text", "tests/simulator")
#: what of it is tested in a second or so
QUICK = ("text/test_placeholders.py", "text/test_segments.py")
#: what views of a series have instead of what is new -> what is new
VIEWS = {"18.0": {"tree": "list"}, "17.0": {"list": "tree", "chatter": "div"}}
MODIFIERS = ("invisible", "readonly", "required", "column_invisible")


@pytest.fixture(scope="module", params=SERIES)
def series(request):
    """Return a series."""
    return request.param


@pytest.fixture(scope="module")
def port(series, tmp_path_factory):
    """Return the addon for the series."""
    folder = tmp_path_factory.mktemp(series)
    write.write(series, folder)
    return folder / "su_sms"


def test_its_code_compiles(port):
    for path in port.rglob("*.py"):
        compile(path.read_text(), str(path), "exec")


def test_its_manifest_is_of_the_series(port, series):
    theirs, ours = (
        ast.literal_eval((folder / "__manifest__.py").read_text())
        for folder in (port, ADDON)
    )
    assert theirs.pop("version") == f"{series}.{ours.pop('version')}"
    assert theirs == ours
    assert all((port / name).exists() for name in theirs["data"])


def test_its_xml_is_well_formed_and_its_ids_are_unique(port, monkeypatch):
    monkeypatch.setattr(cache, "CHECKOUT", port)
    assert [*malformed(port), *duplicates(port)] == []


def test_its_views_are_of_the_series(port, series):
    for path in write.views(port):
        tags = {each.tag for each in ElementTree.parse(path).iter()}
        assert not tags & set(VIEWS[series]), path


def test_its_modifiers_are_expressions(port):
    for path in write.views(port):
        for element in ElementTree.parse(path).iter():
            assert not {"attrs", "states"} & set(element.attrib), path
            for name in MODIFIERS:
                ast.parse(element.get(name, "1").strip(), mode="eval")


def test_nothing_is_left_that_the_series_lacks(port, series):
    assert lacking.places(series, port) == []


def test_each_name_that_a_series_lacks_is_found():
    found = "\n".join(lacking.places("17.0", ADDON))
    for name in (
        "env.tz",
        "models.Index",
        "env._(",
        "<list",
        "_bus_send(",
        "privilege",
    ):
        assert name in found


def test_what_it_supplies_is_there(port):
    """Names that its code takes from what is lacking are defined there."""
    supplied = port / "compat"
    for path in port.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level:
                module = (node.module or "").split(".")
                if module[0] == "compat":
                    file = supplied / f"{(module[1:] or ['__init__'])[0]}.py"
                    defined = _defined(file)
                    assert {each.name for each in node.names} <= defined, path
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                if node.value.id == "compat":
                    assert node.attr in _defined(supplied / "__init__.py"), path


def _defined(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
    return found


def test_plain_code_is_as_it_was(port):
    for folder in PURE:
        assert cache.folder_key(port / folder) == cache.folder_key(ADDON / folder)


def test_plain_code_passes_its_tests(port):
    tests = [f"tests/unit/{name}" for name in QUICK]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests],
        cwd=cache.CHECKOUT,
        env=os.environ | {"SU_SMS_ADDON": str(port)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
