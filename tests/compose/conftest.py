"""Odoo behind the proxy of docker-compose.yml: nginx.conf, but for names."""

from __future__ import annotations

import configparser
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev import cache, database
from dev.environment import environment
from dev.install import apt
from dev.process import Process, wait_until
from dev.server import HOST, OdooServer, answers, free_port

CONFIG = cache.CHECKOUT / "nginx.conf"
SETTINGS = cache.CHECKOUT / "odoo.conf"
START_SECONDS = 20
#: nginx.conf's folders, which only an installed nginx has
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


class ServerWithWorkers(OdooServer):
    """Odoo as it is installed: its websocket's process begins with the same script."""

    def command(self) -> list[str]:
        """Return the command line."""
        script = self.log.with_name("odoo")
        script.write_text("import odoo.cli\n\nodoo.cli.main()\n")
        python, _m, _odoo, *arguments = super().command()
        return [python, str(script), *arguments]


class Proxy:
    """nginx with docker-compose.yml's settings, in front of an Odoo with workers."""

    def __init__(self, nginx: str, odoo: OdooServer, gevent: int, folder: Path) -> None:
        self.odoo = odoo
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"
        self.log = folder / "nginx.log"
        self._config = folder / "nginx.conf"
        self._config.write_text(self._adapted(gevent, folder))
        self._command = [nginx, "-p", folder, "-c", self._config]
        user = "" if os.geteuid() else " user root;"
        self._command += ["-g", f"daemon off; pid {folder}/nginx.pid;{user}"]

    def _adapted(self, gevent: int, folder: Path) -> str:
        paths = [f"{each}_temp_path {folder}/{each};" for each in TEMPORARY]
        text = CONFIG.read_text()
        for theirs, ours in {
            "http {": "\n".join(["http {", *paths]),
            "resolver 127.0.0.11 valid=10s;": "",
            "listen 80 default_server;": f"listen {HOST}:{self.port};",
            "http://odoo:8069": self.odoo.url,
            "http://odoo:8072": f"http://{HOST}:{gevent}",
        }.items():
            assert text.count(theirs) == 1, theirs
            text = text.replace(theirs, ours)
        return text

    def __enter__(self) -> Proxy:
        with self.log.open("wb") as log:
            self._process = Process(self._command, output=log)
        ready = wait_until(
            lambda: answers(f"{self.url}/web/login"),
            START_SECONDS,
            process=self._process,
        )
        assert ready, self.log.read_text()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._process.stop()

    def connect(self, port: int = 0, source: str = HOST) -> socket.socket:
        """Return a connection to the proxy, or to another port, from an address."""
        return socket.create_connection(
            (HOST, port or self.port), timeout=30, source_address=(source, 0)
        )


@pytest.fixture(scope="session")
def nginx() -> str:
    """Return the path of an nginx: this machine's, or Debian's package, unpacked."""
    if found := shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin"):
        return found
    if not apt.usable():
        pytest.skip("no nginx here, and no Debian to get it from")

    def fetch(folder: Path) -> None:
        apt.fetch({"nginx": ""}, folder / "root")

    folder = cache.made(cache.home() / "nginx" / apt.codename(), fetch)
    return str(folder / "root" / "usr" / "sbin" / "nginx")


@pytest.fixture(scope="module")
def proxy(nginx: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """Return the proxy, with Odoo behind it, as docker-compose.yml has them."""
    env = environment()
    folder = tmp_path_factory.mktemp("proxy")
    settings = configparser.ConfigParser()
    settings.read(SETTINGS)
    options = settings["options"]
    assert options.getboolean("proxy_mode")
    gevent = free_port()
    arguments = [
        *("--proxy-mode", f"--workers={options['workers']}"),
        f"--gevent-port={gevent}",
    ]
    source = database.template(env, addon=True)
    with (
        database.temporary(env, "proxy", source) as name,
        ServerWithWorkers(
            env, name, log=folder / "odoo.log", arguments=arguments
        ) as odoo,
        Proxy(nginx, odoo, gevent, folder) as proxy,
    ):
        yield proxy
