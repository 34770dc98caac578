"""Servers to run and stop: Odoo on a database, the Africa's Talking simulator."""

import socket
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from . import cache
from .environment import Environment
from .problem import Problem
from .process import Process, wait_until
from .rpc import Rpc

HOST = "127.0.0.1"
START_SECONDS = 120


def free_port() -> int:
    """Return a TCP port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def is_free(port: int) -> bool:
    """Tell whether `port` can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def answers(url: str) -> bool:
    """Tell whether a GET of `url` gives 200."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=10) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False


class Server:
    """A program that listens on `port`; `with` starts and stops it.

    It ends when this process ends, in whatever way.
    """

    name: str
    health: str

    def __init__(self, env: Environment, port: int | None, log: Path | None) -> None:
        self.env = env
        self.port = port or free_port()
        self.url = f"http://{HOST}:{self.port}"
        file = f"{type(self).__name__.lower()}-{self.port}.log"
        self.log = log or cache.home() / "logs" / file
        self.process: Process | None = None

    def command(self) -> list[str]:
        """Return the command line."""
        raise NotImplementedError

    def start(self) -> "Server":
        """Start it and wait until it answers; Problem if it does not."""
        if not is_free(self.port):
            raise Problem(
                f"port {self.port} for the {self.name} is taken: stop what uses it, or "
                "choose another with --port"
            )
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            self.process = Process(
                self.command(), env=self.env.env, cwd=cache.CHECKOUT, output=log
            )
        ready = wait_until(
            lambda: answers(self.url + self.health),
            START_SECONDS,
            process=self.process,
        )
        if not ready:
            self.stop()
            raise Problem(f"the {self.name} does not start: {self.log} says why")
        return self

    def stop(self) -> None:
        """End it in order."""
        if self.process:
            self.process.stop()

    def kill(self) -> None:
        """End it as a crash would: SIGKILL."""
        if self.process:
            self.process.kill()

    def __enter__(self) -> "Server":
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_: object) -> None:
        self.stop()


class OdooServer(Server):
    """Odoo on `database`; `arguments` go on its command line.

    :param workers: processes that serve requests, beside two for jobs; 0: threads do
    """

    name = "Odoo server"
    # loads the database's registry, so the first page comes at once
    health = "/web/login"

    def __init__(
        self,
        env: Environment,
        database: str,
        *,
        port: int | None = None,
        log: Path | None = None,
        arguments: Sequence[str] = (),
        workers: int = 0,
    ) -> None:
        super().__init__(env, port, log)
        self.database = database
        self.workers = workers
        self.arguments = arguments
        self.login = self.password = "admin"

    def command(self) -> list[str]:
        """Return the command line."""
        return self.env.odoo_command(
            f"--database={self.database}",
            f"--db-filter=^{self.database}$",
            f"--http-interface={HOST}",
            f"--http-port={self.port}",
            f"--workers={self.workers}",
            f"--gevent-port={free_port()}",
            "--max-cron-threads=2",
            *self.arguments,
        )

    def rpc(self, login: str = "", password: str = "") -> Rpc:
        """Return a session of the administrator, or of `login`."""
        return Rpc(
            self.url, self.database, login or self.login, password or self.password
        )


class SimulatorServer(Server):
    """The Africa's Talking simulator, which accepts `api_key`."""

    name = "simulator"
    health = "/admin/health"

    def __init__(
        self,
        env: Environment,
        *,
        api_key: str,
        port: int | None = None,
        log: Path | None = None,
    ) -> None:
        super().__init__(env, port, log)
        self.api_key = api_key

    def command(self) -> list[str]:
        """Return the command line."""
        return [
            str(self.env.python),
            "-m",
            "tests.simulator",
            f"--host={HOST}",
            f"--port={self.port}",
            f"--api-key={self.api_key}",
        ]
