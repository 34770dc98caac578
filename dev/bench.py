"""Measure speed: databases for both sides, then `python -m tests.bench`."""

import subprocess
from collections.abc import Sequence

from . import cache, database
from .environment import environment

#: Odoo with every way of sending that is measured
MODULES = (*database.BASE, "sms_twilio")


def bench(arguments: Sequence[str]) -> int:
    """Run the benchmarks with `arguments` on fresh databases; gives the exit status."""
    env = environment()
    ours = database.template(env, MODULES, addon=True)
    theirs = database.template(env, MODULES)
    with (
        database.temporary(env, "bench", ours) as with_addon,
        database.temporary(env, "baseline", theirs) as without,
    ):
        command = [
            *(str(env.python), "-m", "tests.bench"),
            *(f"--database={with_addon}", f"--baseline={without}"),
            *arguments,
        ]
        return subprocess.call(command, cwd=cache.CHECKOUT, env=env.env)
