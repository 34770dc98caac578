"""Run benchmarks: `python -m tests.bench --help`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from . import (  # noqa: F401  register the benchmarks
    adaptive,
    blacklist,
    campaign,
    dashboard,
    dispatch,
    reports,
)
from .benchmark import BENCHMARKS, Result, table, write_json


def parser() -> argparse.ArgumentParser:
    """Build the parser of the command line."""
    options = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    add = options.add_argument
    add("names", metavar="NAME", nargs="*", help=f"of {', '.join(BENCHMARKS)}; or all")
    add("--database", required=True, help="with su_sms and sms_twilio installed")
    add("--baseline", required=True, help="its like without su_sms")
    add("--config", metavar="FILE", help="Odoo's settings file")
    add("--json", metavar="FILE", type=Path, help="where to write the results")
    add("--runs", type=int, default=3, help="of each side; the median counts")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was named and print the table; 1 if something breaks its limit."""
    options = parser()
    given = options.parse_args(arguments)
    if unknown := set(given.names) - set(BENCHMARKS):
        options.error(f"no benchmark named {', '.join(sorted(unknown))}")
    if given.runs < 1:
        options.error("--runs must be 1 or more")
    from .system import System

    results = []
    with System(given.config, given.database, given.baseline, given.runs) as system:
        for name in given.names or BENCHMARKS:
            samples = []
            for sample in BENCHMARKS[name].measure(system):
                samples.append(sample)
                spent = ", ".join(f"{k} {v:.2f} s" for k, v in sample.seconds.items())
                print(
                    f"{name} {len(samples)}/{given.runs}: {sample.value:.2f} ({spent})",
                    file=sys.stderr,
                    flush=True,
                )
            results.append(Result(BENCHMARKS[name], samples))
    print(table(results))
    if given.json:
        write_json(given.json, results)
    return 0 if all(result.passed for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
