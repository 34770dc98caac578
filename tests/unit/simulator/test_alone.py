"""The addon's own tests have their simulator with them, wherever it is copied."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

from tests.simulator import __path__ as folders


def test_it_runs_from_a_copy_of_the_addon_alone(tmp_path: Path) -> None:
    [folder] = folders
    addon = Path(folder).parents[1]
    copy = tmp_path / "addons" / addon.name
    shutil.copytree(addon, copy, ignore=shutil.ignore_patterns("__pycache__"))
    spec = importlib.util.spec_from_file_location(
        "copied_simulator", copy / "tests" / "simulator" / "process.py"
    )
    process = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = process
    spec.loader.exec_module(process)
    with process.Simulator() as simulator:
        assert Path(f"/proc/{simulator.process.pid}/cwd").resolve() == copy / "tests"
        assert simulator.admin.health()
