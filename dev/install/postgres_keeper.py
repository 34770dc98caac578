"""Keep a PostgreSQL server running for as long as anybody uses it.

Users hold a shared lock on a file; the keeper waits for the exclusive one, which it
gets when the last of them is gone, however they went.
"""

import fcntl
import os
import signal
import subprocess
import sys
import threading


def main(users: str, command: list[str]) -> None:
    """Run `command`, a postgres, until nobody holds a lock on the file `users`.

    In the background: what started us may become another program, which would wonder at
    a child that it never had.
    """
    if os.fork():
        return
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    threading.Thread(target=lambda: os._exit(server.wait()), daemon=True).start()
    with open(users) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        server.send_signal(signal.SIGINT)  # fast shutdown
        threading.Event().wait()  # the lock is ours until the server has ended


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
