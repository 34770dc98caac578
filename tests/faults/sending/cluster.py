"""A PostgreSQL of a test's own, which may be killed."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

from dev.environment import Environment
from dev.install.postgres import SETTINGS, Postgres, socket_folder, unprivileged
from dev.process import Process, wait_until

READY_SECONDS = 60


class Cluster(Postgres):
    """A server in ``folder``, without data; ``with`` starts and stops it.

    It keeps what it commits as a server in use does: with fsync.

    :param settings: more of PostgreSQL's settings
    """

    def __init__(self, like: Postgres, folder: Path, **settings: str) -> None:
        kept = {"fsync": "on", "full_page_writes": "on"}
        self._settings = SETTINGS | kept | settings
        self.bin = like.bin
        self.own = True
        folder.mkdir()
        self._create(folder)
        self._folder = folder
        self._sockets = socket_folder(folder)
        self.env = {"PGHOST": str(self._sockets), "PGPORT": "5432", "PGUSER": "odoo"}
        self._process: Process | None = None

    def __enter__(self) -> Cluster:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it and wait until it answers, after a crash with its recovery."""
        options = [f"-c{name}={value}" for name, value in self._settings.items()]
        command = [self.bin / "postgres", "-D", self._folder / "data"]
        with (self._folder / "log").open("ab") as log:
            self._process = Process(
                [*unprivileged(), *command, "-k", self._sockets, *options],
                output=log,
                cwd=Path("/"),
            )
        ready = wait_until(
            lambda: self._ready(self.env), READY_SECONDS, process=self._process
        )
        assert ready, f"PostgreSQL does not start: {self._folder}/log says why"

    def kill(self) -> None:
        """End it and all its processes with SIGKILL."""
        self._process.kill()

    def adopt(self, env: Environment, database: str) -> Environment:
        """Copy a database of ``env``'s server here; return the environment with it."""
        there, here = env.env, env.env | self.env
        dump = subprocess.Popen(
            [self.bin / "pg_dump", "--format=custom", "--compress=0", database],
            env=there,
            stdout=subprocess.PIPE,
        )
        with dump:
            subprocess.run(
                [self.bin / "pg_restore", "--create", "--dbname=postgres"],
                env=here,
                stdin=dump.stdout,
                check=True,
            )
        assert dump.returncode == 0
        return replace(env, postgres=self)
