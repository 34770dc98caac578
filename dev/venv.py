"""The virtual environment: Odoo's dependencies, the addon's and the developer's."""

import os
import shutil
import sys
import time
from pathlib import Path

from . import cache
from .odoo_source import Odoo
from .process import call

REQUIREMENTS = [
    cache.CHECKOUT / "requirements.txt",
    cache.CHECKOUT / "dev" / "requirements.txt",
]
UNUSED_DAYS = 30


def python(odoo: Odoo) -> Path:
    """Give the interpreter that has all that `odoo` and we need, made first if new."""
    wanted = odoo.requirements
    name = cache.key(
        sys.version,
        sys.base_prefix,
        wanted,
        *(path.read_text() for path in REQUIREMENTS),
    )
    folder = cache.made(
        cache.home() / "venv" / name, lambda folder: make(folder, wanted)
    )
    (folder / cache.COMPLETE).touch()  # used today: see `forget`
    forget(folder.parent)
    return folder / "bin" / "python"


def forget(environments: Path) -> None:
    """Remove the environments that have not been used for UNUSED_DAYS."""
    oldest = time.time() - UNUSED_DAYS * 86400
    for mark in environments.glob(f"*/{cache.COMPLETE}"):
        if mark.stat().st_mtime < oldest:
            shutil.rmtree(mark.parent, ignore_errors=True)


def make(folder: Path, wanted: list[str]) -> None:
    """Make the environment in `folder` with the packages `wanted` and REQUIREMENTS."""
    log = folder.parent / f"{folder.name}.log"
    call(
        [sys.executable, "-m", "venv", folder],
        title="Making the virtual environment",
        remedy="Python's venv module may be missing (Debian: apt-get install "
        "python3-venv)",
        log=log,
    )
    files = [part for path in REQUIREMENTS for part in ("-r", path)]
    call(
        [folder / "bin" / "python", "-m", "pip", "install", *wanted, *files],
        title="Installing Python packages",
        remedy="check the network and run again",
        log=log,
        env=os.environ | {"PIP_NO_INPUT": "1", "PIP_PROGRESS_BAR": "off"},
    )
