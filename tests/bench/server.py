"""Odoo's HTTP server in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

HOST = "127.0.0.1"
START_SECONDS = 120


class Server:
    """One Odoo process, with its cron threads, on a database; ``with`` runs it.

    :param settings: Odoo's settings file, or None for what ODOO_RC names
    :ivar url: where it listens
    """

    def __init__(self, settings: str | None, database: str) -> None:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            port = probe.getsockname()[1]
        self.url = f"http://{HOST}:{port}"
        self._command = [sys.executable, "-m", "odoo", "--workers=0"]
        # Without a filter: with one, Odoo asks PostgreSQL for its databases each time.
        self._command += [f"--database={database}"]
        self._command += [f"--http-interface={HOST}", f"--http-port={port}"]
        self._command += ["--config", settings] if settings else []
        self._log = Path(tempfile.gettempdir()) / f"su_sms-bench-{os.getpid()}.log"

    def __enter__(self) -> Server:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=subprocess.STDOUT
            )
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                self._stop()
                raise SystemExit(f"Odoo does not start: {self._log} says why")
            time.sleep(0.1)
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop()
        if exception == (None, None, None):
            self._log.unlink()

    def _answers(self) -> bool:
        # Loads the database's registry, so that the clock does not count it.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{self.url}/web/login", timeout=10) as answer:
                return answer.status == 200
        except (OSError, urllib.error.URLError):
            return False

    def _stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
