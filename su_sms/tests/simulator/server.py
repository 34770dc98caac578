"""Put the simulator together and run it until it is told to stop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from .account.settings import Settings
from .admin import Admin
from .callbacks import Callbacks
from .exchange import Exchanger, nothing_here
from .listeners import Gate, Listener, server_tls
from .state import State

PAGE = Path(__file__).with_name("page.html")
# Long enough to gather a burst, short enough to look live.
REFRESH = 0.15
API = "/version1/{path:.*}"
LARGEST_BODY = 64 * 1024 * 1024
POLICY = (
    "default-src 'none'; connect-src 'self'; img-src data:; "
    "style-src 'unsafe-inline'; script-src 'unsafe-inline'"
)


@dataclass(frozen=True)
class Addresses:
    """Where to listen; a port of None is not opened, 0 takes a free one."""

    host: str = "127.0.0.1"
    port: int = 0
    https_port: int | None = None
    control_port: int | None = None
    ca_file: Path | None = None
    names: Sequence[str] = ("localhost", "127.0.0.1", "::1")


class Server:
    """One simulator: AT's paths, the admin API and the page on its listeners."""

    def __init__(self, settings: Settings, addresses: Addresses) -> None:
        self.state = State(settings)
        self.callbacks = Callbacks(self.state)
        self.gate = Gate(self.state.faults)
        self._addresses = addresses
        self._runner = web.AppRunner(
            self._application(),
            access_log=None,
            # A request whose client has gone is over, so that it counts as such.
            handler_cancellation=True,
            shutdown_timeout=0.1,
        )

    async def start(self) -> None:
        """Listen on every address; raise OSError when one is taken."""
        await self._runner.setup()
        await self.callbacks.start()
        where, server = self._addresses, self._runner.server
        assert server is not None
        faults = self.state.faults
        listeners = [Listener(server, faults, where.host, where.port)]
        if where.https_port is not None:
            tls = server_tls(where.ca_file, where.names)
            listeners.append(
                Listener(server, faults, where.host, where.https_port, tls)
            )
        if where.control_port is not None:
            listeners.append(
                Listener(server, faults, where.host, where.control_port, control=True)
            )
        self.gate.listeners = listeners
        await self.gate.open()

    async def stop(self) -> None:
        """Stop at once, whatever is under way."""
        self.gate.close()
        self.state.faults.clear()
        await self.callbacks.stop()
        await self._runner.cleanup()

    def ready_line(self) -> str:
        """Name the addresses in one line: API, HTTPS and control as there are."""
        words = [
            f"control {listener.url}" if listener.control else listener.url
            for listener in self.gate.listeners
        ]
        return f"simulator ready on {' '.join(words)}"

    def overview(self) -> dict[str, Any]:
        """Return what the page's header shows; it changes whenever anything does."""
        settings = self.state.settings.to_json()
        shown = ("profile", "balance", "currency", "latency_ms", "senders")
        return self.state.summary() | {
            **{name: settings[name] for name in shown},
            "faults": [fault.to_json() for fault in self.state.faults.waiting],
            "received": len(self.state.inbox),
            "opted_out": len(self.state.opted_out),
            "callbacks": {
                "posted": len(self.callbacks.posted),
                "delivered": self.callbacks.delivered,
                "tries": self.callbacks.tries,
            },
        }

    def _application(self) -> web.Application:
        application = web.Application(
            middlewares=[self._track], client_max_size=LARGEST_BODY
        )
        application.add_routes(Admin(self.state, self.callbacks, self.gate).routes())
        application.add_routes(
            [
                web.get("/", self._page),
                web.get("/events", self._events),
                web.route("*", API, Exchanger(self.state, self.callbacks)),
                web.route("*", "/{path:.*}", nothing_here),
            ]
        )
        return application

    @web.middleware
    async def _track(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        """Know which connections carry a request; close them in an outage."""
        transport = request.transport
        if transport is None:
            return await handler(request)
        self.gate.busy.add(transport)
        try:
            response = await handler(request)
        finally:
            self.gate.busy.discard(transport)
        if self.gate.refuses(transport):
            response.force_close()
        return response

    async def _page(self, request: web.Request) -> web.Response:
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
        return web.Response(
            text=PAGE.read_text("utf-8"), content_type="text/html", headers=headers
        )

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Send the overview as server-sent events, whenever it has changed."""
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        shown = ""
        while True:
            now = json.dumps(self.overview())
            if now != shown:
                await response.write(f"data: {now}\n\n".encode())
                shown = now
            await asyncio.sleep(REFRESH)
