"""Odoo gets a Python that it runs on, whichever runs us."""

import sys

import pytest

from dev.install import venv
from dev.install.odoo_source import Odoo
from dev.problem import Problem


@pytest.fixture
def path(tmp_path, monkeypatch):
    """Return the only folder that programs are looked for in."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def program(folder, name):
    file = folder / name
    file.write_text("#!/bin/sh\n")
    file.chmod(0o755)
    return str(file)


def test_odoo_says_what_it_runs_on(tmp_path):
    (tmp_path / "odoo").mkdir()
    release = "MIN_PY_VERSION = (3, 10)\nMAX_PY_VERSION = (3, 13)\n"
    (tmp_path / "odoo" / "release.py").write_text(release)
    assert Odoo(tmp_path, "19.0").newest_python == (3, 13)


def test_ours_if_odoo_runs_on_it():
    assert venv.interpreter(sys.version_info[:2]) == sys.executable


def test_else_the_newest_that_it_runs_on(path):
    program(path, "python3.11")
    wanted = program(path, "python3.12")
    program(path, "python3.14")
    assert venv.interpreter((3, 13), ours=(3, 14)) == wanted


def test_else_it_is_said_what_to_install(path):
    program(path, "python3.14")
    program(path, "python3.9")
    message = r"Python 3\.10 to 3\.13, this is 3\.14: install python3\.13"
    with pytest.raises(Problem, match=message):
        venv.interpreter((3, 13), ours=(3, 14))


def test_another_python_is_another_environment():
    version, prefix = venv.describe(sys.executable)
    assert (version, prefix) == (sys.version, sys.base_prefix)
