"""What a command line selects: kinds of tests, or some tests of a kind."""

import pytest

from dev.__main__ import parser
from dev.problem import Problem
from dev.testing import kinds, odoo_tests, pytests
from dev.testing.results import Results


def test_kinds_are_named_one_after_the_other():
    assert kinds.chosen([]) == ([], [])
    assert kinds.chosen(["unit", "odoo"]) == (["unit", "odoo"], [])


def test_names_stand_after_their_kind():
    assert kinds.chosen(["odoo", "TestA", "test_b"]) == (["odoo"], ["TestA", "test_b"])


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["ood"], "no tests called ood"),
        (["TestA.test_b"], "no tests called TestA.test_b"),
        (["unit", "odoo", "TestA"], "after one kind"),
        (["odoo", "TestA", "unit"], "after one kind"),
        (["suites", "TestA"], "run whole"),
    ],
)
def test_a_name_without_its_kind_is_told(words: list[str], problem: str):
    with pytest.raises(Problem, match=problem):
        kinds.chosen(words)


@pytest.mark.parametrize(
    ("names", "tags"),
    [
        ([], "/su_sms"),
        (["TestA"], "/su_sms:TestA"),
        (["TestA.test_b", "test_c"], "/su_sms:TestA.test_b,/su_sms.test_c"),
    ],
)
def test_names_are_odoos_tags(names: list[str], tags: str):
    assert odoo_tests.selected(names) == tags
    assert odoo_tests.selected(names, "bridges") == ",".join(
        f"bridges{one}" for one in tags.split(",")
    )


@pytest.mark.parametrize(
    ("names", "arguments"),
    [
        ([], ["tests/unit"]),
        (["tests/conftest.py"], ["tests/conftest.py"]),
        (["tests/conftest.py::test_a"], ["tests/conftest.py::test_a"]),
        (
            ["kenya", "uganda or ghana"],
            ["-k", "(kenya) or (uganda or ghana)", "tests/unit"],
        ),
        (["tests/run", "kenya"], ["-k", "(kenya)", "tests/run"]),
    ],
)
def test_names_are_paths_or_words_to_pytest(names: list[str], arguments: list[str]):
    assert pytests.selected("unit", names) == arguments


def test_the_command_line_takes_names_and_options():
    options = parser().parse_args(["test", "faults", "kill", "--seed", "7", "--long"])
    assert kinds.chosen(options.words) == (["faults"], ["kill"])
    assert (options.seed, options.long) == (7, True)


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_what_runs_a_kind_is_given_the_names(
    kind: str, monkeypatch: pytest.MonkeyPatch
):
    told = []

    def run(_env: None, names: list[str]) -> Results:
        told.append(names)
        return Results(passed=1)

    monkeypatch.setitem(kinds.KINDS, kind, run)
    monkeypatch.setattr(kinds, "environment", lambda: None)
    assert kinds.test([kind], ["TestA"]) == 0
    assert told == [["TestA"]]
