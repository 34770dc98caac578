"""The virtual environment: Odoo's dependencies, the addon's and the developer's."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from .. import cache
from ..problem import Problem
from ..process import call
from .odoo_source import Odoo

REQUIREMENTS = [
    cache.CHECKOUT / "requirements.txt",
    cache.CHECKOUT / "dev" / "requirements.txt",
]
UNUSED_DAYS = 30
OLDEST = (3, 10)
Version = tuple[int, int]


def python(odoo: Odoo) -> Path:
    """Return an interpreter with all that `odoo` and we need, made first if new."""
    wanted = odoo.requirements
    base = interpreter(odoo.newest_python)
    name = cache.key(
        *describe(base), wanted, *(path.read_text() for path in REQUIREMENTS)
    )
    folder = cache.made(
        cache.home() / "venv" / name, lambda folder: make(folder, base, wanted)
    )
    (folder / cache.COMPLETE).touch()  # used today: see `forget`
    forget(folder.parent)
    return folder / "bin" / "python"


def interpreter(newest: Version, ours: Version = sys.version_info[:2]) -> str:
    """Return the Python we run on, or an older one if Odoo runs up to `newest` only."""
    if ours <= newest:
        return sys.executable
    older = [f"python3.{minor}" for minor in range(newest[1], OLDEST[1] - 1, -1)]
    found = next(filter(None, map(shutil.which, older)), None)
    if found:
        return found
    raise Problem(
        f"Odoo 19 runs on Python {dotted(OLDEST)} to {dotted(newest)}, this is "
        f"{dotted(ours)}: install {older[0]}; it need not be the default"
    )


def dotted(version: Version) -> str:
    """Return a version as people write it."""
    return ".".join(map(str, version))


def describe(base: str) -> list[str]:
    """Return what tells the Python `base` from another: its version and where it is."""
    show = "import sys; print(sys.version, sys.base_prefix, sep='\\0', end='')"
    done = subprocess.run([base, "-c", show], stdout=subprocess.PIPE, check=True)
    return done.stdout.decode().split("\0")


def forget(environments: Path) -> None:
    """Remove the environments that have not been used for UNUSED_DAYS."""
    oldest = time.time() - UNUSED_DAYS * 86400
    for mark in environments.glob(f"*/{cache.COMPLETE}"):
        if mark.stat().st_mtime < oldest:
            shutil.rmtree(mark.parent, ignore_errors=True)


def make(folder: Path, base: str, wanted: list[str]) -> None:
    """Make the environment in `folder` on the Python `base`.

    It has the packages `wanted` and REQUIREMENTS.
    """
    log = folder.parent / f"{folder.name}.log"
    call(
        [base, "-m", "venv", folder],
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
