"""A benchmark: a number with a floor and an aim, its samples, its verdict."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Sample:
    """One run: its number (higher is better) and the seconds it was made from."""

    value: float
    seconds: dict[str, float]


@dataclass(frozen=True)
class Benchmark:
    """What is measured and what it must reach; None where nothing is promised.

    :ivar measure: gives the samples, one a run, on the rig it is called with
    """

    name: str
    summary: str
    floor: float | None
    aim: float | None
    measure: Callable[[Any], Iterable[Sample]]


@dataclass(frozen=True)
class Result:
    """The samples of a benchmark and what they say."""

    benchmark: Benchmark
    samples: Sequence[Sample] = field(repr=False)

    @property
    def value(self) -> float:
        """Give the median."""
        return statistics.median(sample.value for sample in self.samples)

    @property
    def verdict(self) -> str:
        """Say whether the floor and the aim are reached."""
        if not self.passed:
            return "BELOW THE FLOOR"
        if self.benchmark.aim is None:
            return "ok" if self.benchmark.floor is not None else "told"
        return "aim reached" if self.value >= self.benchmark.aim else "ok"

    @property
    def passed(self) -> bool:
        """Tell whether the floor is reached."""
        return self.benchmark.floor is None or self.value >= self.benchmark.floor


BENCHMARKS: dict[str, Benchmark] = {}


def benchmark(
    *, floor: float | None = None, aim: float | None = None
) -> Callable[[Callable], Callable]:
    """Register a function as the benchmark of its name."""

    def register(measure: Callable) -> Callable:
        name = measure.__name__
        summary = (measure.__doc__ or "").strip().splitlines()[0]
        BENCHMARKS[name] = Benchmark(name, summary, floor, aim, measure)
        return measure

    return register


COLUMNS = ("name", "value", "floor", "aim", "verdict")


def table(results: Sequence[Result]) -> str:
    """Give the results as a table of text, a line each, with the spread."""
    rows = [(*COLUMNS, "runs")]
    for result in results:
        rows.append(
            (
                result.benchmark.name,
                f"{result.value:.2f}",
                _promise(result.benchmark.floor),
                _promise(result.benchmark.aim),
                result.verdict,
                " ".join(f"{sample.value:.2f}" for sample in result.samples),
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if 1 <= place <= 3 else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _promise(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def write_json(path: Path, results: Sequence[Result]) -> None:
    """Write the results, with their samples and the machine, to a file."""
    content = {
        "at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "machine": {"cores": os.cpu_count(), "python": platform.python_version()},
        "results": {
            result.benchmark.name: {
                "value": round(result.value, 3),
                "floor": result.benchmark.floor,
                "aim": result.benchmark.aim,
                "verdict": result.verdict,
                "passed": result.passed,
                "samples": [
                    {
                        "value": round(sample.value, 3),
                        "seconds": {
                            name: round(seconds, 3)
                            for name, seconds in sample.seconds.items()
                        },
                    }
                    for sample in result.samples
                ],
            }
            for result in results
        },
    }
    path.write_text(json.dumps(content, indent=2) + "\n")
