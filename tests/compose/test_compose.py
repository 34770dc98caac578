"""What the workflow does with `docker compose`, and what docker-compose.yml says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
import yaml

from dev import cache
from dev.demo import CONTACTS

from . import machine
from .machine import Shell

WORKFLOW = cache.CHECKOUT / ".github" / "workflows" / "ci.yml"
COMPOSE = cache.CHECKOUT / "docker-compose.yml"
ACCEPTED = f"{len(CONTACTS)} of {len(CONTACTS)} messages accepted"
#: a line of docker-compose.yml's heading that is a command
COMMAND = re.compile(r"^#   (.+)$", re.MULTILINE)

pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="module")
def steps() -> list[dict]:
    """Return the steps of the workflow's job that run a script."""
    job = yaml.safe_load(WORKFLOW.read_text())["jobs"]["compose"]
    assert "continue-on-error" not in job
    return [step for step in job["steps"] if "run" in step]


@pytest.fixture(scope="module")
def shell(steps: list[dict]) -> Iterator[Shell]:
    """Return a shell on a machine with Docker; what was started there is removed."""
    if machine.has_docker():
        chosen = machine.this()
    elif machine.can_be_made():
        chosen = machine.made()
    else:
        pytest.skip("no Docker with compose here: install it, or be root on a Debian")
    with chosen as shell:
        yield shell
        for step in steps:
            if step.get("if") == "always()":
                ended = shell(step["run"])
                assert ended.returncode == 0, ended.stdout
        assert not shell("docker compose ps --all --quiet").stdout


def run(shell: Shell, script: str) -> str:
    """Run `script` and give what it printed; fail with that and the logs."""
    done = shell(script)
    if done.returncode:
        logs = shell("docker compose logs --no-color --tail 300").stdout
        pytest.fail(f"{script}\n{done.stdout}\n{logs}")
    return done.stdout


def test_no_password(shell: Shell) -> None:
    refused = shell("docker compose up --detach")
    assert refused.returncode != 0
    assert "copy .env.example to .env first" in refused.stdout


def test_job(shell: Shell, steps: list[dict]) -> None:
    printed = [run(shell, step["run"]) for step in steps if "if" not in step]
    assert ACCEPTED in printed[-1]
    rows = run(shell, "docker compose ps --format json").splitlines()
    health = {row["Service"]: row["Health"] for row in map(json.loads, rows)}
    services = ("db", "simulator", "odoo", "proxy")
    assert health == dict.fromkeys(services, "healthy")


def test_update(shell: Shell, steps: list[dict]) -> None:
    heading = COMPOSE.read_text().partition("name:")[0]
    start, *update = COMMAND.findall(heading)
    assert start.startswith("cp .env.example .env && docker compose up")
    assert any("--update=su_sms" in command for command in update)
    for command in (start, *update):
        run(shell, command)
    demo = [step["run"] for step in steps if "dev demo" in step["run"]]
    assert ACCEPTED in run(shell, *demo)
