"""A simulator in a process of its own, for tests and benchmarks.

Needs nothing but the standard library and requests, and nothing of this package,
so that it can be loaded from its file as well as imported.
"""

from __future__ import annotations

import os
import random
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import requests

# The addon's own tests, from where it is found wherever the addon is copied.
TESTS = Path(__file__).resolve().parents[1]
API_KEY = "atsk_simulator"
USERNAME = "sandbox"
LIVE_USERNAME = "university"
START_TIMEOUT = 20.0


class SimulatorError(Exception):
    """The simulator did not start, or refused what the admin API was asked."""


def free_port() -> int:
    """Return a port that nobody listens on.

    Below the range that outgoing connections take theirs from: during an outage
    such a connection could get this very port and be answered by itself.
    """
    while True:
        port = random.randrange(15_000, 30_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Admin:
    """The admin API, one method for each thing that a test asks or orders.

    Every method returns the answer's JSON and raises SimulatorError on a refusal.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = requests.Session()
        self._session.trust_env = False

    def call(self, method: str, path: str, **given: Any) -> Any:
        """Call ``/admin/<path>``; ``params`` and ``json`` as requests takes them."""
        response = self._session.request(
            method, f"{self.url}/admin/{path}", timeout=60, **given
        )
        if response.status_code != 200:
            raise SimulatorError(f"{method} {path}: {response.text}")
        return response.json()

    def health(self) -> dict[str, Any]:
        """Ask whether it is there."""
        return self.call("GET", "health")

    def reset(self) -> None:
        """Forget everything, end every fault, take the start settings again."""
        self.call("POST", "reset")

    def settings(self, **changes: Any) -> dict[str, Any]:
        """Change settings (none to only read) and return them all."""
        if not changes:
            return self.call("GET", "settings")
        return self.call("PATCH", "settings", json=changes)

    def fault(self, kind: str, times: int | None = 1, **match: Any) -> dict[str, Any]:
        """Set a fault for the next requests that fit; None is until cleared.

        ``match`` takes path, numbers, seconds, accept, retry_after and cut, as
        ``faults.Fault`` explains them.
        """
        return self.call("POST", "faults", json={"kind": kind, "times": times, **match})

    def faults(self) -> list[dict[str, Any]]:
        """Return the faults that still wait."""
        return self.call("GET", "faults")["faults"]

    def clear_faults(self) -> None:
        """Forget the faults, let go what hangs, listen again."""
        self.call("DELETE", "faults")

    def ledger(
        self, number: str | None = None, limit: int = 1_000_000, offset: int = 0
    ) -> list[dict[str, Any]]:
        """Return the messages accepted, oldest first."""
        params = {"number": number, "limit": limit, "offset": offset}
        return self.call("GET", "ledger", params=params)["messages"]

    def clear_ledger(self) -> None:
        """Forget messages and requests; settings, faults and balance stay."""
        self.call("DELETE", "ledger")

    def summary(self) -> dict[str, Any]:
        """Return the counts: accepted, distinct, most_repeated, requests, …"""
        return self.call("GET", "ledger/summary")

    def requests(self, limit: int = 1_000_000, offset: int = 0) -> list[dict[str, Any]]:
        """Return the API requests, oldest first."""
        params = {"limit": limit, "offset": offset}
        return self.call("GET", "requests", params=params)["requests"]

    def callbacks(
        self, kind: str | None = None, number: str | None = None
    ) -> list[dict[str, Any]]:
        """Return the callbacks posted so far, each with its attempts."""
        params = {"kind": kind, "number": number, "limit": 1_000_000}
        return self.call("GET", "callbacks", params=params)["callbacks"]

    def incoming(
        self, sender: str, to: str, text: str, wait: float = 0, **fields: str
    ) -> dict[str, Any] | None:
        """Let a phone send a message to a short code; return the callback.

        None when no URL is set for it. ``wait`` seconds for its first attempt.
        """
        given = {"from": sender, "to": to, "text": text, "wait": wait, **fields}
        return self.call("POST", "incoming", json=given)["callback"]

    def optout(
        self, phone: str, sender: str = "", wait: float = 0
    ) -> dict[str, Any] | None:
        """Let a phone opt out of a sender, or of all; AT answers 406 from then on."""
        given = {"phone": phone, "sender": sender, "wait": wait}
        return self.call("POST", "optout", json=given)["callback"]

    def subscription(self, wait: float = 0, **fields: str) -> dict[str, Any]:
        """Post a subscription change: phoneNumber, shortCode, keyword, updateType."""
        given = {"wait": wait, **fields}
        return self.call("POST", "subscription", json=given)["callback"]

    def report(
        self, id: str, status: str, wait: float = 0, **fields: str
    ) -> dict[str, Any]:
        """Post a delivery report; an id of the ledger brings its number along."""
        given = {"id": id, "status": status, "wait": wait, **fields}
        return self.call("POST", "report", json=given)["callback"]


class Simulator:
    """A running simulator: ``with Simulator() as simulator: ...``.

    ``stop`` and ``start`` make an outage on the same ports, but a process that is
    gone forgets its ledger: ``admin.fault("refuse")`` plays one that does not.
    """

    def __init__(
        self,
        profile: str = "sandbox",
        *,
        port: int | None = None,
        https: bool = False,
        api_key: str = API_KEY,
        username: str | None = None,
        senders: tuple[str, ...] = (),
        latency_ms: float = 0,
        callback_base: str | None = None,
        host: str = "127.0.0.1",
        python: str = sys.executable,
    ) -> None:
        self.api_key = api_key
        self.username = username or (
            USERNAME if profile == "sandbox" else LIVE_USERNAME
        )
        self._port = port or free_port()
        self._control_port = free_port()
        self._https_port = free_port() if https else None
        self._folder = tempfile.TemporaryDirectory() if https else None
        self.url = f"http://{host}:{self._port}"
        self.control_url = f"http://{host}:{self._control_port}"
        self.https_url = f"https://{host}:{self._https_port}" if https else None
        self.ca_file = Path(self._folder.name, "ca.pem") if self._folder else None
        self.admin = Admin(self.control_url)
        self.process: subprocess.Popen[bytes] | None = None
        options = {
            "--host": host,
            "--port": self._port,
            "--control-port": self._control_port,
            "--https-port": self._https_port,
            "--ca-file": self.ca_file,
            "--profile": profile,
            "--api-key": api_key,
            "--username": self.username,
            "--latency-ms": latency_ms,
            "--callback-base": callback_base,
        }
        self._command = [python, "-m", "simulator", "--until-eof"]
        for name, value in options.items():
            if value is not None:
                self._command += [name, str(value)]
        for sender in senders:
            self._command += ["--sender", sender]

    def __enter__(self) -> Simulator:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()
        if self._folder is not None:
            self._folder.cleanup()

    def start(self) -> None:
        """Start the process and wait until it listens; raise SimulatorError."""
        # Standard input stays open as long as this process lives: whoever kills
        # it leaves no simulator behind.
        self.process = subprocess.Popen(
            self._command,
            cwd=TESTS,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        line = self._first_line(time.monotonic() + START_TIMEOUT)
        if not line.startswith("simulator ready"):
            self.stop()
            raise SimulatorError("the simulator did not start")

    def stop(self) -> None:
        """Stop the process at once; nothing happens when it is stopped."""
        process, self.process = self.process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def _first_line(self, deadline: float) -> str:
        assert self.process is not None and self.process.stdout is not None
        received = b""
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while b"\n" not in received and selector.select(
                max(0.0, deadline - time.monotonic())
            ):
                chunk = os.read(self.process.stdout.fileno(), 4096)
                if not chunk:
                    break
                received += chunk
        return received.decode()
