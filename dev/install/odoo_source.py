"""Where Odoo comes from: a checkout you name, Debian's package, or Odoo's git.

The last two are of Odoo 19; a checkout may be of an older series.
"""

import ast
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .. import cache
from ..problem import Problem
from ..process import call
from . import apt

VARIABLE = "SU_SMS_ODOO"
REPOSITORY = "https://github.com/odoo/odoo.git"
BRANCH = "19.0"
#: an older series -> the newest Python for it, and what it needs besides
OLDER = {
    "18.0": ((3, 12), ["lxml_html_clean", "openpyxl"]),
    "17.0": ((3, 12), ["lxml_html_clean", "openpyxl", "werkzeug<3.1"]),
}
#: package -> suite; Debian has Odoo 19 in sid only.  The others hold files of the web
#: client that Debian's Odoo links to; sid's Font Awesome has other file names than 4.7.
PACKAGES = {
    "odoo-19": "sid",
    "libjs-jquery": "sid",
    "libjs-jquery-form": "sid",
    "libjs-underscore": "sid",
    "fonts-roboto-unhinted": "sid",
    "fonts-montserrat": "sid",
    "fonts-inconsolata": "sid",
    "fonts-font-awesome": "",
}
#: Odoo's requirement -> the wheel that needs no compiler
WHEELS = {"psycopg2": "psycopg2-binary"}


@dataclass(frozen=True)
class Odoo:
    """An Odoo to run: what goes on PYTHONPATH, its addons and what it needs."""

    root: Path
    version: str

    @property
    def addons(self) -> list[Path]:
        """Return the folders for `--addons-path`."""
        inside, beside = self.root / "odoo" / "addons", self.root / "addons"
        return [inside] if (inside / "web").exists() else [beside, inside]

    @property
    def series(self) -> str:
        """Return its series, such as 19.0."""
        return series(self.root)

    @property
    def newest_python(self) -> tuple[int, int]:
        """Return the last Python that it runs on."""
        if self.series in OLDER:
            return OLDER[self.series][0]
        text = (self.root / "odoo" / "release.py").read_text()
        major, minor = re.search(
            r"^MAX_PY_VERSION = \((\d+), (\d+)\)", text, re.MULTILINE
        ).groups()
        return int(major), int(minor)

    @property
    def requirements(self) -> list[str]:
        """Return the Python packages it needs, as pip takes them."""
        metadata = next(self.root.glob("odoo-*.egg-info/PKG-INFO"), None)
        if metadata:
            lines = metadata.read_text().splitlines()
            found = [
                line.partition(":")[2].strip()
                for line in lines
                if line.startswith("Requires-Dist:") and "extra ==" not in line
            ]
        else:
            found = setup_requirements(self.root / "setup.py")
        return sorted(
            WHEELS.get(re.split(r"[^\w.-]", name, maxsplit=1)[0], name)
            for name in [
                *found,
                *(OLDER[self.series][1] if self.series in OLDER else ()),
            ]
        )


def series(root: Path) -> str:
    """Return the series of the Odoo in `root`, or an empty text."""
    release = (root / "odoo" / "release.py").read_text()
    found = re.search(r"^version_info = \((\d+), (\d+),", release, re.MULTILINE)
    return ".".join(found.groups()) if found else ""


def setup_requirements(setup: Path) -> list[str]:
    """Return the literal `install_requires` of a setup.py."""
    for node in ast.walk(ast.parse(setup.read_text())):
        if isinstance(node, ast.keyword) and node.arg == "install_requires":
            return ast.literal_eval(node.value)
    raise Problem(f"{setup} lists no install_requires: is it Odoo 19?")


def odoo() -> Odoo:
    """Return Odoo 19, fetched first if there is none yet."""
    named = os.environ.get(VARIABLE)
    if named:
        return checkout(Path(named).expanduser().resolve())
    folder = cache.home() / "odoo"
    debian = folder / f"debian-{cache.key(PACKAGES)}"
    cloned = folder / f"git-{BRANCH}"
    if (cloned / cache.COMPLETE).exists() and not (debian / cache.COMPLETE).exists():
        return checkout(cloned)
    if apt.usable():
        try:
            return from_debian(cache.made(debian, fetch_debian))
        except Problem as error:
            if not shutil.which("git"):
                raise
            print(f"{error}\nTrying Odoo's git instead.", flush=True)
    return checkout(cache.made(cloned, clone))


def fetch_debian(folder: Path) -> None:
    """Fetch Debian's Odoo 19 into `folder`."""
    versions = apt.fetch(PACKAGES, folder)
    (folder / "version").write_text(versions["odoo-19"])


def from_debian(folder: Path) -> Odoo:
    """Return the Odoo that `fetch_debian` left in `folder`."""
    version = (folder / "version").read_text()
    return Odoo(folder / "usr/lib/python3/dist-packages", version)


def clone(folder: Path) -> None:
    """Clone Odoo's branch into `folder`."""
    if not shutil.which("git"):
        raise Problem(
            "no way to get Odoo 19 here: install git, or name an Odoo 19 checkout in "
            f"{VARIABLE}, or use `docker compose up`"
        )
    call(
        ["git", "clone", "--progress", "--depth=1", f"--branch={BRANCH}"]
        + [REPOSITORY, folder],
        title=f"Cloning Odoo {BRANCH}",
        remedy=f"check the network, or name an Odoo 19 checkout in {VARIABLE}",
        log=folder.parent / f"{folder.name}.log",
    )


def checkout(root: Path) -> Odoo:
    """Return the Odoo of the source tree `root`; Problem if it is none for us."""
    release = root / "odoo" / "release.py"
    if not release.exists():
        raise Problem(f"{root} is no Odoo checkout: set {VARIABLE} to one of Odoo 19")
    if (found := series(root)) not in (BRANCH, *OLDER):
        raise Problem(
            f"{root} is Odoo {found}: set {VARIABLE} to one of {BRANCH} or of "
            f"{' or '.join(OLDER)}"
        )
    head = (
        subprocess.run(
            ["git", "-C", root, "rev-parse", "HEAD"], capture_output=True, text=True
        )
        if shutil.which("git") and (root / ".git").exists()
        else None
    )
    if head and head.returncode == 0:
        return Odoo(root, head.stdout.strip())
    return Odoo(root, cache.key(root, release.stat().st_mtime_ns))
