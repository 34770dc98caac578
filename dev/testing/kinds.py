"""Run the tests: some kinds at a time, a summary at the end."""

import os
import threading
import time
from collections.abc import Callable, Sequence

from .. import cache, database
from ..environment import Environment, environment
from ..install import apt, browser
from . import odoo_tests, pytests, results
from .results import Results

BROWSER = "SU_SMS_BROWSER"
#: what Odoo prints with; the test of printing says how to get it
PRINTER = "wkhtmltopdf"


def of(folder: str) -> Callable[[Environment], Results]:
    """Return what runs the tests in tests/FOLDER."""
    return lambda env: pytests.run(env, folder, {})


def faults(env: Environment, *arguments: str) -> Results:
    """Run the tests that kill, cut and slow down a running system."""
    database.template(env, addon=True)  # here, where it is told
    return pytests.run(env, "faults", {}, *arguments)


def e2e(env: Environment) -> Results:
    """Run the tests that drive Odoo's web client in a browser."""
    path = browser.chromium()
    if path:
        apt.installed(PRINTER, PRINTER)
        database.template(env, addon=True)
        return pytests.run(env, "e2e", {BROWSER: path})
    if os.environ.get("CI"):
        return Results(failed=[f"no browser: {browser.HOW}"])
    return Results(skipped={"all browser tests": f"no browser; {browser.HOW}"})


def suites(env: Environment) -> Results:
    """Run Odoo's own SMS suites, whose browser tests use what is installed."""
    browser.chromium()
    return odoo_tests.suites(env)


#: what is named first begins first
KINDS = {
    "unit": of("unit"),
    "e2e": e2e,
    "faults": faults,
    "odoo": odoo_tests.own,
    "suites": suites,
    "bridges": odoo_tests.bridges,
    "compose": of("compose"),
    "run": of("run"),
}
#: how many kinds run at a time: most wait for a browser, a database or a clock half of
#: their time
LANES = 2
#: kind -> folder without which there is nothing to run
FOLDERS = {
    "unit": "tests/unit",
    "odoo": "su_sms/tests",
    "bridges": "su_sms/tests",
    "faults": "tests/faults",
    "e2e": "tests/e2e",
    "run": "tests/run",
    "compose": "tests/compose",
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

    def carry_out(kind: str) -> None:
        began = time.monotonic()
        done[kind] = KINDS[kind](env, *(extra if kind == "faults" else []))
        done[kind].total = time.monotonic() - began

    in_lanes(carry_out, chosen)
    done = {kind: done[kind] for kind in chosen}
    for kind, one in done.items():
        results.show(kind, one)
    print(f"\n{results.summary(done)}")
    return 1 if any(one.failed for one in done.values()) else 0


def in_lanes(carry_out: Callable[[str], None], kinds: Sequence[str]) -> None:
    """Carry out the `kinds` in their order, LANES at a time."""
    waiting = iter(kinds)
    problems: list[BaseException] = []

    def lane() -> None:
        try:
            for kind in waiting:
                carry_out(kind)
        except BaseException as problem:
            problems.append(problem)
            list(waiting)  # nothing else begins

    # Daemons: what interrupts the tests ends these, too.
    lanes = [threading.Thread(target=lane, daemon=True) for _ in range(LANES)]
    for one in lanes:
        one.start()
    for one in lanes:
        one.join()
    for problem in problems:
        raise problem


def exists(kind: str) -> bool:
    """Tell whether there are tests of `kind`."""
    folder = FOLDERS.get(kind)
    return not folder or any((cache.CHECKOUT / folder).rglob("test_*.py"))
