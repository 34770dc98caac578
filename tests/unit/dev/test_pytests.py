"""What is shown of a run of pytest, read from a real one."""

import subprocess
import sys

from dev.testing.pytests import went, why

TESTS = """
import pytest
def test_good(): pass
@pytest.mark.parametrize("text", ["a b"])
def test_bad(text): assert text == "good", "a reason"
"""


def output(folder, *arguments):
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *arguments], cwd=folder, capture_output=True, text=True
    )
    return done.stdout


def test_each_test_is_shown_and_why_one_failed(tmp_path):
    tests = tmp_path / "tests" / "deep"
    tests.mkdir(parents=True)
    (tests / "test_some.py").write_text(TESTS)
    printed = output(tmp_path, str(tests))
    assert [text for text in map(went, printed.splitlines()) if text] == [
        "[ 50%] test_some.py::test_good",
        "[100%] test_some.py::test_bad[a b]",
    ]
    told = why(printed)
    assert told.splitlines()[0].strip("= ") == "FAILURES"
    assert "a reason" in told
    assert "test_good" not in told


def test_what_cannot_be_collected_is_shown(tmp_path):
    (tmp_path / "test_some.py").write_text("import missing_library")
    told = why(output(tmp_path))
    assert told.splitlines()[0].strip("= ") == "ERRORS"
    assert "missing_library" in told


def test_without_a_test_everything_is_shown(tmp_path):
    printed = output(tmp_path, "--no-such-option")
    assert why(printed) == printed
