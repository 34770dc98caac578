"""Ask for known vulnerabilities of what is installed today, by pip-audit.

An index that has no advisories has none of anything: a mirror, or a proxy in front of
the real one. So it is asked first about a version that is known to have one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from .. import cache

#: a version, and the advisory that everybody who has any has of it
KNOWN = "requests==2.30.0"
ADVISORY = "CVE-2023-32681"
REQUIREMENTS = cache.CHECKOUT / "requirements.txt"


def audit() -> int:
    """Ask about all requirements; gives the exit status."""
    if not knows():
        print(f"{ADVISORY} of {KNOWN} is not known here: nothing was audited")
        return 1
    return pip_audit("--requirement", str(REQUIREMENTS)).returncode


def knows() -> bool:
    """Tell whether advisories are to be had at all."""
    with tempfile.TemporaryDirectory() as folder:
        old = Path(folder) / "requirements.txt"
        old.write_text(f"{KNOWN}\n")
        arguments = ("--requirement", str(old), "--no-deps", "--format", "json")
        done = pip_audit(*arguments, stdout=subprocess.PIPE, text=True)
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        return False
    return any(
        ADVISORY in (each["id"], *each["aliases"])
        for dependency in found
        for each in dependency.get("vulns", ())
    )


def pip_audit(*arguments: str, **rest) -> subprocess.CompletedProcess:
    """Run pip-audit; what can't be looked up fails it."""
    command = [sys.executable, "-m", "pip_audit", "--strict", *arguments]
    return subprocess.run(command, **rest)


if __name__ == "__main__":
    sys.exit(audit())
