"""The sockets: opened, refused and reset apart from what is served on them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from pathlib import Path

from aiohttp import web

from .exchange import reset
from .faults import Fault, FaultQueue

BACKLOG = 1024


class _Rejecting(asyncio.Protocol):
    """A connection that is reset as soon as it is made."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        reset(transport)


class Listener:
    """One address that can stop listening and start again.

    ``port`` 0 takes a free one at the first ``open`` and keeps it. A ``control``
    listener knows no faults, so that they can be cleared.
    """

    def __init__(
        self,
        server: web.Server,
        faults: FaultQueue,
        host: str,
        port: int,
        tls: ssl.SSLContext | None = None,
        control: bool = False,
    ) -> None:
        self.host = host
        self.port = port
        self.control = control
        self._web = server
        self._faults = faults
        self._tls = tls
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen; raise OSError when the port is taken."""
        if self._server is not None:
            return
        self._server = await asyncio.get_running_loop().create_server(
            self._protocol, self.host, self.port, ssl=self._tls, backlog=BACKLOG
        )
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Refuse connections; those that are there stay."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def close_idle(self, busy: set[asyncio.BaseTransport]) -> int:
        """Close the connections made here that carry no request; return how many."""
        closed = 0
        for handler in self._web.connections:
            transport = handler.transport
            if transport is None or transport in busy:
                continue
            if self.made(transport):
                transport.close()
                closed += 1
        return closed

    def made(self, transport: asyncio.BaseTransport) -> bool:
        """Tell whether a connection was made here."""
        name = transport.get_extra_info("sockname")
        return name is not None and name[1] == self.port

    @property
    def url(self) -> str:
        """Return the address, without a slash at its end."""
        scheme = "https" if self._tls else "http"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}"

    def _protocol(self) -> asyncio.BaseProtocol:
        if not self.control and self._faults.take_connection():
            return _Rejecting()
        return self._web()


class Gate:
    """All listeners of a simulator, and the outages it can play on them."""

    def __init__(self, faults: FaultQueue) -> None:
        self.listeners: list[Listener] = []
        self.busy: set[asyncio.BaseTransport] = set()
        self._faults = faults
        self._outage: asyncio.Task[None] | None = None

    def refuses(self, transport: asyncio.BaseTransport) -> bool:
        """Tell whether an outage is played where a connection was made."""
        return self._outage is not None and any(
            listener.made(transport) for listener in self._public()
        )

    async def open(self) -> None:
        """Open every listener."""
        for listener in self.listeners:
            await listener.open()

    def close(self) -> None:
        """Close every listener and end an outage."""
        if self._outage is not None:
            self._outage.cancel()
        for listener in self.listeners:
            listener.close()

    def act(self, fault: Fault) -> None:
        """Play a fault that waits for no request.

        Raise ValueError for an outage that nobody could end.
        """
        if fault.kind == "close_idle":
            self._close_idle()
            return
        if fault.seconds is None and not any(each.control for each in self.listeners):
            raise ValueError("refuse needs seconds, or a control port to end it by")
        if self._outage is not None:
            raise ValueError("connections are refused already")
        fault.times = None
        self._faults.add(fault)
        for listener in self._public():
            listener.close()
        self._close_idle()
        self._outage = asyncio.create_task(self._last(fault, self._faults.cleared))

    async def restored(self) -> None:
        """Wait until every listener listens again, once its outage is over."""
        if self._outage is not None:
            await self._outage

    async def _last(self, fault: Fault, cleared: asyncio.Event) -> None:
        try:
            await asyncio.wait_for(cleared.wait(), fault.seconds)
        except asyncio.TimeoutError:
            self._faults.remove(fault)
        finally:
            self._outage = None
        await self.open()

    def _close_idle(self) -> None:
        for listener in self._public():
            listener.close_idle(self.busy)

    def _public(self) -> Iterable[Listener]:
        return (listener for listener in self.listeners if not listener.control)


def server_tls(ca_file: Path | None, names: Iterable[str]) -> ssl.SSLContext:
    """Make a certificate for the names, signed by a CA of its own.

    The CA's certificate is written to ``ca_file`` as PEM.
    """
    import trustme  # only who asks for HTTPS needs it

    authority = trustme.CA(organization_name="su_sms simulator")
    if ca_file is not None:
        authority.cert_pem.write_to_path(str(ca_file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context
