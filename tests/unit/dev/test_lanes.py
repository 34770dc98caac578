"""Kinds of tests that run at a time."""

import threading

import pytest

from dev.testing.kinds import LANES, in_lanes


def test_each_kind_runs_once_so_many_at_a_time():
    together = threading.Barrier(LANES)
    begun = []

    def carry_out(kind: str) -> None:
        begun.append(kind)
        together.wait(20)  # broken, and raised, unless another runs

    kinds = [str(n) for n in range(3 * LANES)]
    in_lanes(carry_out, kinds)
    assert sorted(begun) == kinds


def test_after_a_problem_nothing_else_begins_and_it_is_raised():
    lanes: dict[str, threading.Thread] = {}
    both = threading.Barrier(2)

    def carry_out(kind: str) -> None:
        lanes[kind] = threading.current_thread()
        both.wait(20)
        if kind == "bad":
            raise ValueError("what is wrong")
        lanes["bad"].join(20)

    with pytest.raises(ValueError, match="what is wrong"):
        in_lanes(carry_out, ["good", "bad", "late", "later"])
    assert list(lanes) == ["good", "bad"]
