"""libmagic, which Odoo tells kinds of files by: the machine's, or else a wheel's."""

import functools
from ctypes.util import find_library
from pathlib import Path

WHEEL = "lib/python*/site-packages/pylibmagic"


@functools.cache
def variables(environment: Path) -> dict[str, str]:
    """Return what a child needs to find the one in the virtual `environment`.

    Nothing if the machine has one, or neither has.
    """
    if find_library("magic"):
        return {}
    for folder in environment.glob(WHEEL):
        return {"LD_LIBRARY_PATH": str(folder), "MAGIC": str(folder / "magic.mgc")}
    return {}
