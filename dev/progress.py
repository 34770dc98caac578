"""Show what takes long: a line a step, its time, and what it is at."""

import shutil
import sys
import threading
import time

EVERY_SECONDS = 15
QUIET_SECONDS = 3  # what is done sooner gets no line that says so, outside a terminal

#: the steps that run now, in their order
_running: list["Step"] = []


class Step:
    """Show `title` while the block runs, with the latest `detail`, then the time taken.

    On a terminal the last line is kept up to date, and several that run at once share
    it; elsewhere one comes every EVERY_SECONDS.
    """

    def __init__(self, title: str) -> None:
        self.title = title
        self.detail = ""
        self._done = threading.Event()
        self._tty = sys.stdout.isatty()
        self._width = shutil.get_terminal_size((120, 0)).columns - 1

    def __enter__(self) -> "Step":
        self._started = time.monotonic()
        _running.append(self)
        if self._tty:
            self._show(self._all(), "")
        else:
            print(f"{self.title} …", flush=True)
        self._ticker = threading.Thread(target=self._tick, daemon=True)
        self._ticker.start()
        return self

    def __exit__(self, kind: type | None, *_: object) -> None:
        self._done.set()
        self._ticker.join()
        _running.remove(self)
        end = "stopped" if kind else "done"
        if self._tty or self.seconds >= QUIET_SECONDS:
            self._show(f"{self.title}: {end} in {self.seconds:.0f} s", "\n")

    @property
    def seconds(self) -> float:
        """Return the time since the step began."""
        return time.monotonic() - self._started

    def _tick(self) -> None:
        while not self._done.wait(1 if self._tty else EVERY_SECONDS):
            if not self._tty:
                self._show(self._now(self._width), "")
            elif self is _running[0]:
                self._show(self._all(), "")

    def _all(self) -> str:
        steps = _running.copy()
        return "  ".join(step._now(self._width // len(steps) - 2) for step in steps)

    def _now(self, width: int) -> str:
        text = f"{self.title} … {self.seconds:.0f} s  {self.detail}"
        return text[:width]

    def _show(self, text: str, end: str) -> None:
        if self._tty:
            print(f"\r\033[K{text}", end=end, flush=True)
        else:
            print(text, flush=True)
