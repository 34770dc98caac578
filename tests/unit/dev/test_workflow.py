"""What runs on a stock runner is what runs here; tests/compose runs its other half."""

import pytest
import yaml

from dev import cache

FILE = cache.CHECKOUT / ".github" / "workflows" / "ci.yml"
WORKFLOW = yaml.safe_load(FILE.read_text())
JOBS = WORKFLOW["jobs"]


def test_it_runs_for_main_and_for_whoever_asks_to_change_it():
    on = WORKFLOW[True]  # YAML 1.1 reads the word on as a truth
    assert on["push"]["branches"] == ["main"]
    assert "pull_request" in on


def test_the_whole_check_is_ours():
    commands = (cache.CHECKOUT / ".ci" / "run").read_text().splitlines()
    assert {"python3 -m dev lint", "python3 -m dev test"} <= set(commands)
    assert "set -euo pipefail" in commands
    assert JOBS["test"]["steps"][-1] == {"run": ".ci/run"}


@pytest.mark.parametrize("name", JOBS)
def test_a_step_that_fails_fails_its_job(name):
    for part in (JOBS[name], *JOBS[name]["steps"]):
        assert "continue-on-error" not in part
        assert part.get("if") in (None, "failure()", "always()")
        assert "||" not in part.get("run", "")
