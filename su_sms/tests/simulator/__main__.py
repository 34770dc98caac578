"""Run the simulator: ``python -m tests.simulator --help``."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import threading
from pathlib import Path

from .account.settings import (
    API_KEY,
    CALLBACK_KINDS,
    LIVE_USERNAME,
    PROFILES,
    Settings,
)
from .server import Addresses, Server


def parser() -> argparse.ArgumentParser:
    """Build the parser of the command line."""
    options = argparse.ArgumentParser(
        prog="python -m tests.simulator",
        description="Play Africa's Talking's SMS API on this machine.",
    )
    add = options.add_argument
    add("--host", default="127.0.0.1", help="address to listen on")
    add("--port", type=int, default=8090, help="0 takes a free one")
    add("--https-port", type=int, help="also speak HTTPS here")
    add("--control-port", type=int, help="page and admin API that no fault touches")
    add("--ca-file", type=Path, help="where to write the CA of the HTTPS certificate")
    add("--https-name", action="append", default=[], help="a name for the certificate")
    add("--profile", choices=PROFILES, default="sandbox", help="which AT to play")
    add("--api-key", default=API_KEY, help="key of every account")
    add("--username", default="sandbox", help="an account besides the usual two")
    add("--sender", action="append", default=[], help="a registered sender ID")
    add("--latency-ms", type=float, default=0.0, help="time an answer takes")
    add("--callback-base", help="URL that callbacks go under, by their kind")
    add("--until-eof", action="store_true", help="stop when standard input closes")
    return options


def settings(given: argparse.Namespace) -> Settings:
    """Read the start settings from the command line."""
    start = Settings(profile=given.profile, latency_ms=given.latency_ms)
    names = ("sandbox", LIVE_USERNAME, given.username)
    start.accounts = dict.fromkeys(names, given.api_key)
    start.senders += given.sender
    if given.callback_base:
        base = given.callback_base.rstrip("/")
        start.callbacks = {kind: f"{base}/{kind}" for kind in CALLBACK_KINDS}
    return start


async def run(given: argparse.Namespace) -> int:
    """Serve until a signal, or the end of standard input, says stop."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    server = Server(
        settings(given),
        Addresses(
            given.host,
            given.port,
            given.https_port,
            given.control_port,
            given.ca_file,
            ("localhost", "127.0.0.1", "::1", *given.https_name),
        ),
    )
    try:
        await server.start()
    except OSError as error:
        await server.stop()
        sys.stderr.write(f"simulator: {error.strerror or error}\n")
        return 1
    if given.until_eof:
        threading.Thread(target=_watch, args=(loop, stopped), daemon=True).start()
    sys.stdout.write(f"{server.ready_line()}\n")
    sys.stdout.flush()
    await stopped.wait()
    await server.stop()
    return 0


def _watch(loop: asyncio.AbstractEventLoop, stopped: asyncio.Event) -> None:
    # A thread and not a reader of the loop, which takes pipes but no files.
    while os.read(sys.stdin.fileno(), 4096):
        pass
    # Closed when a signal was first.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(stopped.set)


if __name__ == "__main__":
    sys.exit(asyncio.run(run(parser().parse_args())))
