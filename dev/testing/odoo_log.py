"""Read the log of an Odoo test run."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from .results import Results

RECORD = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) \d+ (?P<level>[A-Z]+) \S+ "
    r"(?P<logger>[\w.]+): (?P<text>.*?)\s*$"
)
COLOUR = re.compile(r"\x1b\[[\d;]*m")
STARTING = re.compile(r"Starting (?P<test>\S+) \.\.\.")
SKIPPED = re.compile(r"skipped (?P<test>\S+) : (?P<reason>.*)")
FAILED = re.compile(r"(?:FAIL|ERROR): (?:Subtest )?(?P<test>\S+(?: \(odoo\.\S+\))?)")
SUMMARY = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")
ERRORS = ("ERROR", "CRITICAL")
EXCERPT = 40
#: errors that only repeat what tests have said
REPEATS = ("odoo.modules.loading", "odoo.tests.result", "odoo.service.server")


def message(line: str) -> str:
    """Return what a line of the log says, without time, level and place."""
    record = RECORD.match(COLOUR.sub("", line))
    return record["text"] if record else line.strip()


def started(line: str) -> str:
    """Return the test that a line of the log says begins, else nothing."""
    found = STARTING.fullmatch(message(line))
    return found["test"] if found else ""


def records(lines: Iterable[str]) -> Iterator[re.Match[str]]:
    """Return the first line of each log record."""
    return filter(None, (RECORD.match(COLOUR.sub("", line)) for line in lines))


def read(lines: Iterable[str]) -> tuple[Results, list[str]]:
    """Return what the tests of a log gave, and the errors logged outside of them.

    A test is named `module.tests.file: Class.method`, as in the baseline list.
    """
    results, errors, count = Results(), [], 0
    current, began = "", datetime.min
    for record in records(lines):
        logger, text = record["logger"].removeprefix("odoo.addons."), record["text"]
        now = datetime.strptime(record["time"], "%Y-%m-%d %H:%M:%S,%f")
        if found := STARTING.fullmatch(text):
            _end(results, current, began, now)
            current, began = f"{logger}: {found['test']}", now
        elif found := SKIPPED.match(text):
            results.skipped[f"{logger}: {found['test']}"] = found["reason"]
        elif found := SUMMARY.match(text):
            _end(results, current, began, now)
            current, count = "", int(found[3])
        elif record["level"] in ERRORS:
            if found := FAILED.match(text):
                name = f"{logger}: {found['test']}"
                if name not in results.failed:
                    results.failed.append(name)
            elif logger not in REPEATS:
                errors.append(f"{logger}: {text}")
    failed = {name for name in results.failed if name in results.seconds}
    results.passed = max(0, count - len(failed) - len(results.skipped))
    return results, errors


def excerpt(lines: Iterable[str], name: str) -> list[str]:
    """Return the log's lines about the failed test, or the logged error, `name`.

    The middle of what is longer than EXCERPT lines is left out.
    """
    kept: list[str] = []
    keeping = False
    for line in lines:
        record = RECORD.match(COLOUR.sub("", line))
        if record:
            failed = FAILED.match(record["text"])
            told = failed["test"] if failed else record["text"]
            keeping = (
                record["level"] in ERRORS
                and f"{record['logger'].removeprefix('odoo.addons.')}: {told}" == name
            )
        if keeping:
            kept.append(line.rstrip())
    half = EXCERPT // 2
    return kept if len(kept) <= EXCERPT else [*kept[:half], "…", *kept[-half:]]


def _end(results: Results, test: str, began: datetime, now: datetime) -> None:
    if test:
        results.seconds[test] = (now - began).total_seconds()
