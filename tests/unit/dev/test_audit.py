"""An audit that could not look anything up does not pass."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from dev import cache
from dev.checks import audit

#: answers as pip-audit does, from what the index is said to have
PIP_AUDIT = """
import json, os, pathlib, sys
arguments = sys.argv[1:]
text = pathlib.Path(arguments[arguments.index("--requirement") + 1]).read_text()
index = json.loads(os.environ["INDEX"])
dependencies = []
lines = (line.partition("#")[0].strip() for line in text.splitlines())
for line in filter(None, lines):
    name = line.partition("==")[0].partition(">=")[0]
    if name not in index:
        if "--strict" in arguments:
            sys.exit(f"{name}: not found on PyPI and could not be audited")
        dependencies.append({"name": name, "skip_reason": "not found"})
        continue
    ids = index[name].get(line, [])
    vulns = [{"id": "PYSEC-2023-74", "aliases": [each]} for each in ids]
    dependencies.append({"name": name, "version": "1", "vulns": vulns})
print(json.dumps({"dependencies": dependencies, "fixes": []}))
sys.exit(any(each.get("vulns") for each in dependencies))
"""
OURS = ("requests", "urllib3", "phonenumbers", "cryptography")
SAFE = {name: {} for name in OURS}
KNOWN = {"requests": {audit.KNOWN: [audit.ADVISORY]}}


@pytest.mark.parametrize(
    ("index", "passes"),
    [
        pytest.param(SAFE | KNOWN, True, id="nothing of ours"),
        pytest.param({}, False, id="an index without anything"),
        pytest.param(SAFE, False, id="an index without advisories"),
        pytest.param(KNOWN, False, id="an index without some of ours"),
        pytest.param(
            SAFE | KNOWN | {"urllib3": {"urllib3>=2.0.2": ["CVE-2031-1"]}},
            False,
            id="a vulnerability of ours",
        ),
    ],
)
def test_it_passes_only_if_something_was_looked_up_and_found_safe(
    tmp_path: Path, index: dict, passes: bool
):
    (tmp_path / "pip_audit.py").write_text(PIP_AUDIT)
    env = os.environ | {"PYTHONPATH": str(tmp_path), "INDEX": json.dumps(index)}
    done = subprocess.run(
        [sys.executable, "-m", "dev.checks.audit"], cwd=cache.CHECKOUT, env=env
    )
    assert (done.returncode == 0) is passes


def test_it_does_not_pass_without_pip_audit(tmp_path: Path):
    (tmp_path / "pip_audit.py").write_text("raise ImportError")
    env = os.environ | {"PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "dev.checks.audit"]
    done = subprocess.run(command, cwd=cache.CHECKOUT, env=env, capture_output=True)
    assert done.returncode


def test_the_workflow_runs_it():
    workflow = cache.CHECKOUT / ".github" / "workflows" / "ci.yml"
    steps = yaml.safe_load(workflow.read_text())["jobs"]["audit"]["steps"]
    scripts = [step["run"] for step in steps if "run" in step]
    assert scripts == ["pip install pip-audit", "python -m dev.checks.audit"]
