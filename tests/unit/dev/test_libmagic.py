"""Odoo finds a libmagic on a machine that has none."""

import subprocess
import sys
from pathlib import Path

import pytest

from dev.install import libmagic

KIND = "import magic; print(magic.from_buffer(b'%PDF-1.7', mime=True))"


@pytest.fixture(autouse=True)
def forget():
    libmagic.variables.cache_clear()
    yield
    libmagic.variables.cache_clear()


def test_the_machines_own_is_taken(monkeypatch):
    monkeypatch.setattr(libmagic, "find_library", lambda name: f"lib{name}.so.1")
    assert libmagic.variables(Path(sys.prefix)) == {}


def test_neither_has_one(monkeypatch, tmp_path):
    monkeypatch.setattr(libmagic, "find_library", lambda name: None)
    assert libmagic.variables(tmp_path) == {}


@pytest.mark.skipif(sys.platform != "linux", reason="the wheel is for Linux")
def test_else_the_wheels_and_it_works(monkeypatch):
    monkeypatch.setattr(libmagic, "find_library", lambda name: None)
    variables = libmagic.variables(Path(sys.prefix))
    assert Path(variables["MAGIC"]).is_file()
    done = subprocess.run(
        [sys.executable, "-c", KIND], env=variables, capture_output=True, text=True
    )
    assert done.stdout.strip() == "application/pdf", done.stderr
