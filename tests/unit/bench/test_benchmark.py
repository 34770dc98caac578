"""What a benchmark says of its samples."""

import json

import pytest

from tests.bench.__main__ import main, parser
from tests.bench.benchmark import (
    BENCHMARKS,
    Benchmark,
    Result,
    Sample,
    table,
    write_json,
)


def result(*values):
    speed = Benchmark("speed", "How fast.", 1.0, 2.0, lambda system: ())
    return Result(speed, [Sample(value, {"ours": 1 / value}) for value in values])


@pytest.mark.parametrize(
    ("values", "value", "verdict", "passed"),
    [
        ((0.5, 0.9, 9.0), 0.9, "BELOW THE FLOOR", False),
        ((1.0,), 1.0, "ok", True),
        ((1.9, 0.1, 2.5), 1.9, "ok", True),
        ((2.0, 3.0, 1.0), 2.0, "aim reached", True),
    ],
)
def test_the_median_is_held_against_floor_and_aim(values, value, verdict, passed):
    found = result(*values)
    assert (found.value, found.verdict, found.passed) == (value, verdict, passed)


def test_a_number_that_nothing_is_promised_of_is_only_told():
    rate = Benchmark("rate", "How many.", None, None, lambda system: ())
    found = Result(rate, [Sample(250.0, {})])
    assert (found.verdict, found.passed) == ("told", True)
    assert (
        table([found]).splitlines()[1].split() == "rate 250.00 - - told 250.00".split()
    )


def test_a_floor_needs_no_aim():
    rate = Benchmark("rate", "How many.", 1000.0, None, lambda system: ())
    assert Result(rate, [Sample(1000.0, {})]).verdict == "ok"
    assert Result(rate, [Sample(999.0, {})]).verdict == "BELOW THE FLOOR"


@pytest.mark.parametrize(
    ("value", "verdict", "passed"),
    [
        (201.0, "ABOVE THE MOST", False),
        (200.0, "ok", True),
        (80.0, "aim reached", True),
    ],
)
def test_where_lower_is_better_there_is_a_most(value, verdict, passed):
    page = Benchmark("page_ms", "How slow.", None, 80.0, lambda system: (), most=200.0)
    found = Result(page, [Sample(value, {})])
    assert (found.verdict, found.passed) == (verdict, passed)
    assert "<= 200.00" in table([found]).splitlines()[1]


def test_the_table_shows_each_result_on_a_line():
    head, line = table([result(1.0, 1.5, 2.0)]).splitlines()
    assert head.split() == ["name", "value", "limit", "aim", "verdict", "runs"]
    assert line.split() == "speed 1.50 1.00 2.00 ok 1.00 1.50 2.00".split()


def test_the_file_holds_every_sample(tmp_path):
    path = tmp_path / "bench.json"
    write_json(path, [result(1.0, 2.0, 4.0)])
    speed = json.loads(path.read_text())["results"]["speed"]
    assert (speed["value"], speed["passed"]) == (2.0, True)
    assert speed["samples"][2] == {"value": 4.0, "seconds": {"ours": 0.25}}


def test_the_floors_are_those_promised():
    floors = {each.name: (each.floor, each.aim) for each in BENCHMARKS.values()}
    assert floors["bulk_vs_odoo"] == (1.0, 2.0)
    assert floors["personal_vs_twilio"] == (14.0, 16.0)
    assert floors["personal_efficiency"][0] == 0.9
    assert floors["callbacks_per_s"] == (None, None)
    assert floors["callbacks_vs_twilio"] == (3.0, 5.0)
    assert floors["apply_per_s"][0] == 1000.0
    assert floors["prepare_vs_mailing"] == (4.0, 10.0)
    assert floors["campaign_end_to_end"][0] == 2.0
    assert BENCHMARKS["prepare_100k_mb"].most == 200.0
    assert BENCHMARKS["campaign_growth"].most == 1.2
    assert BENCHMARKS["dashboard_ms_1m"].most == 200.0


@pytest.mark.parametrize("arguments", [["nonsense"], ["--runs", "0"]])
def test_a_wrong_command_line_ends_before_anything_runs(arguments, capsys):
    databases = ["--database", "a", "--baseline", "b"]
    with pytest.raises(SystemExit) as ended:
        main([*databases, *arguments])
    assert ended.value.code == 2
    assert "error" in capsys.readouterr().err
    assert parser().parse_args(databases).names == []
