"""Run the tests: kinds in order of speed, a summary at the end."""

import os
import threading
import time
from collections.abc import Callable, Sequence

from . import apt, browser, cache, odoo_tests, pytests, results
from .environment import Environment, environment
from .results import Results

BROWSER = "SU_SMS_BROWSER"
#: what Odoo prints with; the test of printing says how to get it
PRINTER = "wkhtmltopdf"


def of(folder: str) -> Callable[[Environment], Results]:
    """Give what runs the tests in tests/FOLDER."""
    return lambda env: pytests.run(env, folder, {})


def faults(env: Environment, *arguments: str) -> Results:
    """Run the tests that kill, cut and slow down a running system."""
    return pytests.run(env, "faults", {}, *arguments)


def e2e(env: Environment) -> Results:
    """Run the tests that drive Odoo's web client in a browser."""
    path = browser.chromium()
    if path:
        apt.installed(PRINTER, PRINTER)
        return pytests.run(env, "e2e", {BROWSER: path})
    if os.environ.get("CI"):
        return Results(failed=[f"no browser: {browser.HOW}"])
    return Results(skipped={"all browser tests": f"no browser; {browser.HOW}"})


def suites(env: Environment) -> Results:
    """Run Odoo's own SMS suites, whose browser tests use what is installed."""
    browser.chromium()
    return odoo_tests.suites(env)


KINDS = {
    "unit": of("unit"),
    "odoo": odoo_tests.own,
    "faults": faults,
    "e2e": e2e,
    "suites": suites,
    "run": of("run"),
    "compose": of("compose"),
}
#: these use one core while the faults, which mostly wait, use the other
BESIDE = ("odoo", "suites", "run", "compose")
#: kind -> folder without which there is nothing to run
FOLDERS = {
    "unit": "tests/unit",
    "odoo": "su_sms/tests",
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
        print(f"\n== {kind}", flush=True)
        began = time.monotonic()
        done[kind] = KINDS[kind](env, *(extra if kind == "faults" else []))
        done[kind].total = time.monotonic() - began

    beside = [kind for kind in chosen if kind in BESIDE and "faults" in chosen]
    for kind in chosen:
        if kind == "faults" and beside:
            run_side_by_side(carry_out, beside, kind)
        elif kind not in beside:
            carry_out(kind)
    done = {kind: done[kind] for kind in chosen}
    for kind, one in done.items():
        results.show(kind, one)
    print(f"\n{results.summary(done)}")
    return 1 if any(one.failed for one in done.values()) else 0


def run_side_by_side(
    run: Callable[[str], None], beside: Sequence[str], kind: str
) -> None:
    """Run the kinds `beside`, one after the other, while `kind` runs."""
    problems: list[BaseException] = []

    def rest() -> None:
        try:
            for one in beside:
                run(one)
        except BaseException as problem:
            problems.append(problem)

    # A daemon: what interrupts the tests ends these, too.
    thread = threading.Thread(target=rest, daemon=True)
    thread.start()
    run(kind)
    thread.join()
    for problem in problems:
        raise problem


def exists(kind: str) -> bool:
    """Tell whether there are tests of `kind`."""
    folder = FOLDERS.get(kind)
    return not folder or any((cache.CHECKOUT / folder).rglob("test_*.py"))
