"""Run the tests that need no Odoo, or that drive it from outside, with pytest."""

import re
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path

from .. import cache
from ..environment import Environment
from ..process import follow
from .results import Results

#: a line that tells how a test went, and how far the run is
WENT = re.compile(r"(?:\S*/)?(?P<test>\S+\.py::.*?) [A-Z]+ +(?P<part>\[ *\d+%\])")
#: where pytest begins to tell why tests failed
WHY = re.compile(r"=+ (?:ERRORS|FAILURES) =+|INTERNALERROR>.*")


def run(
    env: Environment,
    folder: str,
    variables: dict[str, str],
    names: Sequence[str] = (),
    *arguments: str,
) -> Results:
    """Run pytest on `tests/FOLDER` with `variables` in its environment.

    On all of it, or what `names` select.
    """
    log = cache.home() / "logs" / f"test-{folder}.log"
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.xml"
        status = follow(
            [env.python, "-m", "pytest", "-v", f"--junitxml={report}", *arguments]
            + selected(folder, names),
            title=f"Tests: {folder}",
            log=log,
            env=env.env | variables,
            cwd=cache.CHECKOUT,
            detail=went,
        )
        results = read(report) if report.exists() else Results()
    if not results.seconds:
        results.failed.append(f"no test was run in tests/{folder}")
    elif status and not results.failed:
        results.failed.append(f"pytest ended with status {status}")
    if results.failed:
        print(why(log.read_text(errors="replace")))
        print(f"All of it: {log}")
    return results


def selected(folder: str, names: Sequence[str]) -> list[str]:
    """Return pytest's arguments for tests in `tests/FOLDER`.

    A name is a path in the checkout, with `::test` or without, or what `-k` takes.
    """
    paths = [one for one in names if (cache.CHECKOUT / one.partition("::")[0]).exists()]
    words = " or ".join(f"({one})" for one in names if one not in paths)
    where = paths or [f"tests/{folder}"]
    return [*(["-k", words] if words else []), *where]


def went(line: str) -> str:
    """Return the test that a line of pytest's tells of, and how far the run is."""
    found = WENT.match(line)
    return f"{found['part']} {found['test']}" if found else ""


def why(text: str) -> str:
    """Return what pytest said of the tests that failed: all, if it is not that."""
    found = WHY.search(text)
    return text[found.start() :] if found else text


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
