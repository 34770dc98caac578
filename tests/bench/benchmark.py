"""A benchmark: a number with a limit and an aim, its samples, its verdict."""

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
    """One run: its number and the seconds it was made from."""

    value: float
    seconds: dict[str, float]


@dataclass(frozen=True)
class Benchmark:
    """What is measured and what it must reach; None where nothing is promised.

    :ivar floor: at least this, where higher is better
    :ivar measure: gives the samples, one a run, on the system it is called with
    :ivar most: at most this, where lower is better; such a benchmark has no floor
    """

    name: str
    summary: str
    floor: float | None
    aim: float | None
    measure: Callable[[Any], Iterable[Sample]]
    most: float | None = None

    @property
    def limit(self) -> str:
        """Return the floor or the most as text."""
        if self.most is not None:
            return f"<= {self.most:.2f}"
        return _promise(self.floor)

    @property
    def promised(self) -> bool:
        """Tell whether there is a limit."""
        return self.floor is not None or self.most is not None

    def keeps_limit(self, value: float) -> bool:
        """Tell whether `value` is within the limit."""
        low = self.floor is not None and value < self.floor
        return not low and (self.most is None or value <= self.most)

    def reaches_aim(self, value: float) -> bool:
        """Tell whether `value` is as good as the aim."""
        if self.aim is None:
            return False
        return value <= self.aim if self.most is not None else value >= self.aim


@dataclass(frozen=True)
class Result:
    """The samples of a benchmark and what they say."""

    benchmark: Benchmark
    samples: Sequence[Sample] = field(repr=False)

    @property
    def value(self) -> float:
        """Return the median."""
        return statistics.median(sample.value for sample in self.samples)

    @property
    def verdict(self) -> str:
        """Say whether the limit is kept and the aim reached."""
        if not self.passed:
            high = self.benchmark.most is not None
            return "ABOVE THE MOST" if high else "BELOW THE FLOOR"
        if self.benchmark.reaches_aim(self.value):
            return "aim reached"
        return "ok" if self.benchmark.promised or self.benchmark.aim else "told"

    @property
    def passed(self) -> bool:
        """Tell whether the limit is kept."""
        return self.benchmark.keeps_limit(self.value)


BENCHMARKS: dict[str, Benchmark] = {}


def benchmark(
    *,
    floor: float | None = None,
    aim: float | None = None,
    most: float | None = None,
) -> Callable[[Callable], Callable]:
    """Register a function as the benchmark of its name."""

    def register(measure: Callable) -> Callable:
        name = measure.__name__
        summary = (measure.__doc__ or "").strip().splitlines()[0]
        BENCHMARKS[name] = Benchmark(name, summary, floor, aim, measure, most)
        return measure

    return register


COLUMNS = ("name", "value", "limit", "aim", "verdict")


def table(results: Sequence[Result]) -> str:
    """Return the results as a table of text, a line each, with the spread."""
    rows = [(*COLUMNS, "runs")]
    for result in results:
        rows.append(
            (
                result.benchmark.name,
                f"{result.value:.2f}",
                result.benchmark.limit,
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
                "most": result.benchmark.most,
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
