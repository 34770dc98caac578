"""Run the tests: some kinds at a time, a summary at the end."""

import itertools
import os
import threading
import time
from collections.abc import Callable, Sequence

from .. import cache, database
from ..environment import Environment, environment
from ..install import apt, browser
from ..problem import Problem
from . import odoo_tests, pytests, results
from .results import Results

BROWSER = "SU_SMS_BROWSER"
#: what Odoo prints with; the test of printing says how to get it
PRINTER = "wkhtmltopdf"
#: runs tests of a kind: all, or those of these names
Kind = Callable[[Environment, Sequence[str]], Results]


def of(folder: str) -> Kind:
    """Return what runs the tests in tests/FOLDER."""
    return lambda env, names: pytests.run(env, folder, {}, names)


def faults(env: Environment, names: Sequence[str], *arguments: str) -> Results:
    """Run the tests that kill, cut and slow down a running system."""
    database.template(env, addon=True)  # here, where it is told
    return pytests.run(env, "faults", {}, names, *arguments)


def e2e(env: Environment, names: Sequence[str]) -> Results:
    """Run the tests that drive Odoo's web client in a browser."""
    path = browser.chromium()
    if path:
        apt.installed(PRINTER, PRINTER)
        database.template(env, addon=True)
        return pytests.run(env, "e2e", {BROWSER: path}, names)
    if os.environ.get("CI"):
        return Results(failed=[f"no browser: {browser.HOW}"])
    return Results(skipped={"all browser tests": f"no browser; {browser.HOW}"})


def suites(env: Environment, _names: Sequence[str]) -> Results:
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


def chosen(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the kinds and the names of tests that a command line has.

    Names stand after the one kind that they are of; Problem if not.
    """
    kinds = list(itertools.takewhile(KINDS.__contains__, words))
    names = list(words[len(kinds) :])
    if not names:
        return kinds, names
    if not kinds:
        raise Problem(f"no tests called {names[0]}; there are {list(KINDS)}")
    if len(kinds) > 1 or set(names) & set(KINDS):
        raise Problem("tests are named after one kind, such as: test odoo TestLimit")
    if kinds == ["suites"]:
        raise Problem("Odoo's suites are run whole: they are compared with a list")
    return kinds, names


def test(
    kinds: Sequence[str],
    names: Sequence[str] = (),
    *,
    long: bool = False,
    seed: int | None = None,
) -> int:
    """Run the tests of `kinds`, all that exist if none; gives the exit status.

    With `names` only those, of one kind. `long` and `seed` are for the faults.
    """
    extra = ["--long"] if long else []
    if seed is not None:
        extra.append(f"--seed={seed}")
    kinds = list(kinds) or [kind for kind in KINDS if exists(kind)]
    env = environment()
    done: dict[str, Results] = {}

    def carry_out(kind: str) -> None:
        began = time.monotonic()
        done[kind] = KINDS[kind](env, names, *(extra if kind == "faults" else []))
        done[kind].total = time.monotonic() - began

    in_lanes(carry_out, kinds)
    done = {kind: done[kind] for kind in kinds}
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
