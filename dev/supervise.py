"""Run a command and end it, with all it started, when whoever asked for it is gone.

Standard input is a pipe that only the asker holds open: it closes when the asker
closes it, ends, or is killed in whatever way.  SIGUSR1 kills at once.  The command's
exit status is ours.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading

GRACE_SECONDS = 10


def main(command: list[str]) -> int:
    """Run `command` to its end, or to the end of standard input."""
    child: subprocess.Popen | None = None
    early: list[int] = []  # signals that came before the child was ours to end

    def end(number: int, *_: object) -> None:
        if child is None:
            early.append(number)
        elif number == signal.SIGUSR1:
            kill()
        else:
            stop()

    def stop() -> None:
        # It alone: what it has started, as Odoo's workers, is its own to end.
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGTERM)
        killer = threading.Timer(GRACE_SECONDS, kill)
        killer.daemon = True
        killer.start()

    def kill() -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)

    def watch() -> None:
        while os.read(0, 4096):
            pass
        stop()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
        signal.signal(number, end)
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    for number in early:
        end(number)
    threading.Thread(target=watch, daemon=True).start()
    status = child.wait()
    kill()
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
