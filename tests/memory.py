"""How much memory this process holds, as Linux tells."""

from __future__ import annotations

from pathlib import Path

PROCESS = Path("/proc/self")


def watch() -> float:
    """Forget the peak so far; return the megabytes that are held now.

    A process begins with the peak of the one that started it, and Odoo's start is one.
    """
    (PROCESS / "clear_refs").write_text("5")
    return _megabytes("VmRSS")


def peak() -> float:
    """Return the most megabytes that were held since ``watch``."""
    return _megabytes("VmHWM")


def address_space(pid: int | str = "self") -> float:
    """Return the megabytes of addresses that a process has taken, used or not."""
    return _megabytes("VmSize", Path(f"/proc/{pid}"))


def _megabytes(name: str, process: Path = PROCESS) -> float:
    for line in (process / "status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise LookupError(name)
