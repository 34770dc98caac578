"""Run the tests: kinds in order of speed, a summary at the end."""

import os
import time
from collections.abc import Sequence

from . import browser, cache, odoo_tests, pytests, results
from .environment import Environment, environment
from .results import Results

BROWSER = "SU_SMS_BROWSER"


def unit(env: Environment) -> Results:
    """Run the tests that need no Odoo."""
    return pytests.run(env, "unit", {})


def faults(env: Environment, *arguments: str) -> Results:
    """Run the tests that kill, cut and slow down a running system."""
    return pytests.run(env, "faults", {}, *arguments)


def e2e(env: Environment) -> Results:
    """Run the tests that drive Odoo's web client in a browser."""
    path = browser.chromium()
    if path:
        return pytests.run(env, "e2e", {BROWSER: path})
    if os.environ.get("CI"):
        return Results(failed=[f"no browser: {browser.HOW}"])
    return Results(skipped={"all browser tests": f"no browser; {browser.HOW}"})


KINDS = {
    "unit": unit,
    "odoo": odoo_tests.own,
    "faults": faults,
    "e2e": e2e,
    "suites": odoo_tests.suites,
}
#: kind -> folder without which there is nothing to run
FOLDERS = {
    "unit": "tests/unit",
    "odoo": "su_sms/tests",
    "faults": "tests/faults",
    "e2e": "tests/e2e",
}


def test(kinds: Sequence[str], *, long: bool = False, seed: int | None = None) -> int:
    """Run the tests of `kinds`, all that exist if none; gives the exit status.

    `long` and `seed` are for the faults.
    """
    extra = ["--long"] if long else []
    if seed is not None:
        extra.append(f"--seed={seed}")
    chosen = list(kinds) or [kind for kind in KINDS if exists(kind)]
    env = environment()
    done: dict[str, Results] = {}
    for kind in chosen:
        print(f"\n== {kind}", flush=True)
        began = time.monotonic()
        arguments = extra if kind == "faults" else []
        done[kind] = KINDS[kind](env, *arguments)
        done[kind].total = time.monotonic() - began
    for kind, one in done.items():
        results.show(kind, one)
    print(f"\n{results.summary(done)}")
    return 1 if any(one.failed for one in done.values()) else 0


def exists(kind: str) -> bool:
    """Tell whether there are tests of `kind`."""
    folder = FOLDERS.get(kind)
    return not folder or any((cache.CHECKOUT / folder).rglob("test_*.py"))
