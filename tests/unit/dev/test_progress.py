"""Steps that run at once, on a terminal and elsewhere."""

import io
import sys

from dev import progress
from dev.progress import Step


class Screen(io.StringIO):
    """A terminal that remembers what was written."""

    def isatty(self) -> bool:
        return True


def test_two_steps_share_the_terminals_last_line(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Screen())
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(progress, "_running", [])
    with Step("One") as one:
        one.detail = "a detail " * 9
        with Step("Two"):
            pass
    lines = sys.stdout.getvalue().split("\r\033[K")[1:]
    assert lines[0].startswith("One … 0 s")
    assert lines[1].startswith("One … 0 s  a detail") and "Two … 0 s" in lines[1]
    assert len(lines[1]) < 60
    assert lines[2:] == ["Two: done in 0 s\n", "One: done in 0 s\n"]


def test_elsewhere_what_is_done_soon_has_one_line(capsys):
    with Step("One"):
        pass
    assert capsys.readouterr().out == "One …\n"
