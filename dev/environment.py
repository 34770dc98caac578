"""Everything a command of Odoo's needs to run here, set up at first use."""

import contextlib
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from . import cache
from .install import libmagic, venv
from .install.odoo_source import BRANCH, Odoo, odoo
from .install.postgres import Postgres
from .port import write

ODOO = Path(__file__).parent / "bin" / "odoo"


@dataclass(frozen=True)
class Environment:
    """An Odoo, an interpreter that can run it, and a PostgreSQL server."""

    odoo: Odoo
    python: Path
    postgres: Postgres

    @cached_property
    def addon(self) -> Path:
        """Return the addon for this Odoo: the checkout's, or the port of it."""
        checkout, series = cache.CHECKOUT / "su_sms", self.odoo.series
        if series == BRANCH:
            return checkout
        key = cache.key(*map(cache.folder_key, (checkout, Path(write.__file__).parent)))
        ports = cache.home() / "port"
        folder = cache.made(
            ports / f"{series}-{key}", lambda folder: write.write(series, folder)
        )
        (folder / cache.COMPLETE).touch()
        venv.forget(ports)
        return folder / "su_sms"

    @cached_property
    def settings(self) -> Path:
        """Return Odoo's settings file: our paths, which arguments may override.

        The addons path ends in a folder that holds a link to su_sms and nothing else.
        """
        folder = cache.home() / "addons" / cache.key(self.addon)
        folder.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            (folder / "su_sms").symlink_to(self.addon)
        addons = ",".join(map(str, [*self.odoo.addons, folder]))
        text = f"[options]\naddons_path = {addons}\ndata_dir = {self.data}\n"
        if self.odoo.series != BRANCH:
            text += "without_demo = all\n"
        path = folder / "odoo.conf"
        if not path.exists() or path.read_text() != text:
            part = path.with_suffix(f".{os.getpid()}")
            part.write_text(text)
            part.replace(path)
        return path

    @property
    def data(self) -> Path:
        """Return Odoo's data folder: file stores and sessions."""
        folder = cache.home() / "data"
        folder.mkdir(exist_ok=True)
        return folder

    @property
    def env(self) -> dict[str, str]:
        """Return the variables for a child: paths and the database server."""
        paths = [str(self.odoo.root), str(cache.CHECKOUT)]
        venv_bin = str(self.python.parent)
        return (
            os.environ
            | self.postgres.env
            | libmagic.variables(self.python.parent.parent)
            | {
                "PYTHONPATH": os.pathsep.join(paths),
                "PATH": os.pathsep.join([venv_bin, os.environ.get("PATH", "")]),
                "VIRTUAL_ENV": str(self.python.parent.parent),
                "PYTHONUNBUFFERED": "1",
                "ODOO_RC": str(self.settings),
            }
        )

    def odoo_command(self, *arguments: str) -> list[str]:
        """Return `odoo ARGUMENTS` as a command line, to be run with `env`."""
        return [str(self.python), str(ODOO), *arguments]


def environment() -> Environment:
    """Return the environment, set up first if this is the first time."""
    source = odoo()
    python = venv.python(source)
    return Environment(source, python, Postgres(python))
