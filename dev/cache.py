"""The cache folder: things made once, whole or not at all, and never by two at once."""

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from .problem import Problem

CHECKOUT = Path(__file__).resolve().parent.parent
COMPLETE = ".complete"
#: descriptors of the locks we hold; a child that builds under a lock keeps it too, so
#: that what outlives a killed setup is still waited for
held: set[int] = set()


def home() -> Path:
    """Return the cache folder, made if need be: `$XDG_CACHE_HOME/su_sms`."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    root = Path(base) if os.path.isabs(base) else Path.home() / ".cache"
    folder = root / "su_sms"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Problem(
            f"cannot write the cache {folder} ({error.strerror}): "
            "set XDG_CACHE_HOME to a folder of yours"
        ) from error
    return folder


def key(*parts: object) -> str:
    """Return a short name for what `parts` make: other parts, other name."""
    text = "\0".join(str(part) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def folder_key(folder: Path) -> str:
    """Return a short name for the content of `folder`: names and bytes of its files."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(folder)}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@contextlib.contextmanager
def lock(name: str) -> Iterator[None]:
    """Hold the machine-wide lock `name`; wait, and say so, while another run has it."""
    path = home() / "locks" / name
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"waiting for another run that makes the {name} …", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        held.add(file.fileno())
        try:
            yield
        finally:
            held.discard(file.fileno())


def made(folder: Path, make: Callable[[Path], None]) -> Path:
    """Return `folder`, made by `make` unless it is there and complete.

    A mark is written last: a folder without it was interrupted, and is made again.
    """
    if (folder / COMPLETE).exists():
        return folder
    with lock(folder.parent.name):
        if not (folder / COMPLETE).exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            make(folder)
            (folder / COMPLETE).touch()
    return folder
