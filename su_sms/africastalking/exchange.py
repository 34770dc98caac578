"""One HTTP exchange, and how far it got.

An exchange connects, writes and reads, in that order and in the calling thread, so
whether the request left is not guessed from the kind of error: it left when the write
returned, which is when its last byte was handed to the kernel. Before that nobody can
have acted on it; after that somebody may have, also where the server's reset says
that it did not read everything.

urllib3's connections are used without its pools: a pool would hide that moment, and
``requests`` would put the key into the exceptions it raises.
"""

from __future__ import annotations

import http.client
import io
import queue
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Callable
from typing import Any

from urllib3 import exceptions as urllib3_errors
from urllib3.connection import HTTPConnection, HTTPSConnection

from .account import Account, Proxy
from .answers import Answer
from .chunk import Request
from .errors import GatewayError, NotSent, OutcomeUnknown
from .trust import ssl_context
from .wording import brief

# Seconds. A server that closes an idle connection just as we write makes an outcome
# unknown, so connections are dropped well before any server's usual limit.
LONGEST_IDLE = 4.0
BLOCK = 65536
# Bytes of an answer: AT uses some 150 for each number.
LONGEST_ANSWER = 5_000_000
LONGEST_ENTRY = 2_000

WIRE_ERRORS = (
    urllib3_errors.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,
)
# First match wins. Which table is read depends on whether the request had left.
BEFORE = (
    (ssl.SSLCertVerificationError, "tls"),
    (ValueError, "request"),
    (Exception, "down"),
)
AFTER = (
    ((TimeoutError, urllib3_errors.TimeoutError), "timeout"),
    ((OSError, urllib3_errors.ProtocolError), "reset"),
    (http.client.IncompleteRead, "reset"),
    (Exception, "unreadable"),
)


class _BoundedReader(io.RawIOBase):
    """Read a socket until a deadline, however slowly its bytes drip."""

    def __init__(self, raw: io.RawIOBase, sock: Any, left: Callable[[], float]):
        self._raw, self._sock, self._left = raw, sock, left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._left())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        return super().close()


class _BoundedResponse(http.client.HTTPResponse):
    def __init__(self, sock: Any, *args: Any, left: Callable[[], float], **kw: Any):
        super().__init__(sock, *args, **kw)
        self.fp = io.BufferedReader(_BoundedReader(self.fp.detach(), sock, left))


class _Bounded:
    """Bound connecting, writing and reading each as a whole.

    A socket's own timeout starts again with each byte.
    """

    deadline = 0.0
    released = 0.0

    def allow(self, seconds: float) -> None:
        self.timeout = seconds
        self.deadline = time.monotonic() + seconds

    def left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left

    def send(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            self.sock.settimeout(self.left())
            view = view[self.sock.send(view) :]

    def response_class(self, sock: Any, *args: Any, **kw: Any) -> _BoundedResponse:
        return _BoundedResponse(sock, *args, left=self.left, **kw)


class _PlainConnection(_Bounded, HTTPConnection):
    pass


class _SecureConnection(_Bounded, HTTPSConnection):
    pass


class Line:
    """Keep connections to one account's server and exchange over them.

    Safe for any number of threads: each has a connection to itself, and up to
    ``account.concurrency`` of them stay open for the next exchange.

    :raises ValueError: the account's CA cannot be used
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._context = ssl_context(account.trust) if account.secure else None
        self._proxy = Proxy.parse(account.proxy) if account.proxy else None
        self._idle: queue.LifoQueue[_PlainConnection | _SecureConnection] = (
            queue.LifoQueue(account.concurrency)
        )

    def exchange(self, request: Request) -> Answer:
        """Send a request once and read the whole answer.

        Redirects are answers like any other. Blocks for at most the account's connect
        timeout (for each address of the name) and twice its read timeout.

        :raises NotSent: the request did not leave in full
        :raises OutcomeUnknown: it left, and no whole answer came
        """
        written, answer, failure = False, None, None
        connection = self._take()
        try:
            if connection.is_closed:
                connection.allow(self._account.connect_timeout)
                connection.connect()
            connection.allow(self._account.read_timeout)
            written = _write(connection, request)
            connection.allow(self._account.read_timeout)
            answer = _read(connection, written, request.count)
        except WIRE_ERRORS as error:
            failure = _failure(error, written)
        finally:
            if answer is None or not written:
                connection.close()
        # Raised here, it has no context: that would hold the key in its frames.
        if failure is not None:
            raise failure
        self._release(connection)
        return answer

    def close(self) -> None:
        """Close the connections that wait. The next exchange opens new ones."""
        while True:
            try:
                self._idle.get_nowait().close()
            except queue.Empty:
                return

    def _take(self) -> _PlainConnection | _SecureConnection:
        while True:
            try:
                connection = self._idle.get_nowait()
            except queue.Empty:
                return self._new()
            fresh = time.monotonic() - connection.released < LONGEST_IDLE
            if fresh and connection.is_connected:
                return connection
            connection.close()

    def _release(self, connection: _PlainConnection | _SecureConnection) -> None:
        if connection.is_closed:
            return
        connection.released = time.monotonic()
        try:
            self._idle.put_nowait(connection)
        except queue.Full:
            connection.close()

    def _new(self) -> _PlainConnection | _SecureConnection:
        proxy, account = self._proxy, self._account
        at = (proxy.host, proxy.port) if proxy else (account.host, account.port)
        if self._context is None:
            connection = _PlainConnection(*at)
        else:
            connection = _SecureConnection(*at, ssl_context=self._context)
        if proxy:
            connection.set_tunnel(account.host, account.port, proxy_headers(proxy))
        return connection


def proxy_headers(proxy: Proxy) -> dict[str, str]:
    """Give the headers that sign in to a proxy."""
    if not proxy.username:
        return {}
    pair = f"{proxy.username}:{proxy.password}".encode()
    return {"proxy-authorization": "Basic " + b64encode(pair).decode("ascii")}


def _write(connection: Any, request: Request) -> bool:
    """Write the request; tell whether all of it was handed to the kernel.

    A server may answer and close before it has read everything; what it said is then
    still to be read.
    """
    try:
        connection.request(
            request.method,
            request.path,
            body=request.body,
            headers=request.headers,
            preload_content=False,
        )
    except (BrokenPipeError, ConnectionResetError):
        return False
    return True


def _read(connection: Any, written: bool, count: int) -> Answer:
    response = connection.getresponse()
    longest = LONGEST_ANSWER + LONGEST_ENTRY * count
    body = bytearray()
    while block := response.read(BLOCK, decode_content=False):
        body += block
        if len(body) > longest:
            raise http.client.HTTPException(f"More than {longest} bytes")
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status, headers, bytes(body), written)


def _failure(error: BaseException, written: bool) -> GatewayError:
    kind: type[GatewayError] = OutcomeUnknown if written else NotSent
    table = AFTER if written else BEFORE
    reason = next(reason for kinds, reason in table if isinstance(error, kinds))
    if reason == "request":
        # Its message may quote a header, and with it the key.
        return kind(reason, "The request cannot be written", cause=type(error).__name__)
    text = describe(error)
    return kind(reason, text, cause=f"{type(error).__name__}: {text}")


def describe(error: BaseException) -> str:
    """Say in a few words what the network did."""
    while error.__cause__ is not None:
        error = error.__cause__
    if len(error.args) > 1 and isinstance(error.args[1], BaseException):
        return describe(error.args[1])
    if isinstance(error, ssl.SSLCertVerificationError):
        return brief(f"certificate refused: {error.verify_message}")
    if isinstance(error, (TimeoutError, urllib3_errors.TimeoutError)):
        return "timed out"
    if isinstance(error, socket.gaierror):
        return brief(f"name not found: {error.strerror}")
    return brief(getattr(error, "strerror", None) or str(error)) or "connection lost"
