"""What a run of tests gave, and how it is told."""

from dataclasses import dataclass, field

SLOWEST = 10


@dataclass
class Results:
    """Tests of one kind: counts, the failed ones by name, and seconds by name."""

    passed: int = 0
    failed: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    #: seconds of the whole kind, set-up included
    total: float = 0.0


def show(kind: str, results: Results) -> None:
    """Print one kind's counts, time, slowest tests, skips and failures."""
    print(
        f"\n{kind}: {results.passed} passed, {len(results.failed)} failed, "
        f"{len(results.skipped)} skipped in {results.total:.0f} s"
    )
    slowest = sorted(results.seconds.items(), key=lambda item: -item[1])[:SLOWEST]
    for name, seconds in slowest:
        print(f"  {seconds:6.1f} s  {name}")
    for name, reason in results.skipped.items():
        print(f"  skipped: {name}: {reason}")
    for name in results.failed:
        print(f"  FAILED: {name}")


def summary(kinds: dict[str, Results]) -> str:
    """Return the closing lines: each kind's time, then the sums alone on a line."""
    times = "  ".join(f"{kind} {one.total:.0f} s" for kind, one in kinds.items())
    passed = sum(one.passed for one in kinds.values())
    failed = sum(len(one.failed) for one in kinds.values())
    skipped = sum(len(one.skipped) for one in kinds.values())
    return f"{times}\n{passed} passed, {failed} failed, {skipped} skipped"
