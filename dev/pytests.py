"""Run the tests that need no Odoo, or that drive it from outside, with pytest."""

import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from . import cache
from .environment import Environment
from .process import Process
from .results import Results


def run(
    env: Environment, folder: str, variables: dict[str, str], *arguments: str
) -> Results:
    """Run pytest on `tests/FOLDER` with `variables` in its environment."""
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.xml"
        process = Process(
            [env.python, "-m", "pytest", "-q", "--durations=0", "--durations-min=60"]
            + [f"--junitxml={report}", *arguments]
            + [cache.CHECKOUT / "tests" / folder],
            env=env.env | variables,
            cwd=cache.CHECKOUT,
        )
        try:
            status = process.wait()
        finally:
            process.stop()
        results = read(report) if report.exists() else Results()
    if not results.seconds:
        results.failed.append(f"no test was run in tests/{folder}")
    elif status and not results.failed:
        results.failed.append(f"pytest ended with status {status}")
    return results


def read(report: Path) -> Results:
    """Read a JUnit XML report of pytest's."""
    results = Results()
    for case in ElementTree.parse(report).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        results.seconds[name] = float(case.get("time", 0))
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            results.failed.append(name)
        elif skipped is not None:
            results.skipped[name] = skipped.get("message", "")
        else:
            results.passed += 1
    return results
