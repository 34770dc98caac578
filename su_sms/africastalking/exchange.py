"""One HTTP exchange, and how far it got.

An exchange connects, writes and reads, in that order and in the calling thread, so
whether the request left is not guessed from the kind of error: it left when the write
returned, which is when its last byte was handed to the kernel. Before that nobody can
have acted on it; after that somebody may have, also where the server's reset says
that it did not read everything.
"""

from __future__ import annotations

import http.client
import socket
import ssl

import requests
from urllib3 import exceptions as urllib3_errors

from .account import Account
from .answers import Answer
from .chunk import Request
from .errors import GatewayError, NotSent, OutcomeUnknown
from .session import Session
from .wording import brief

BLOCK = 65536
# Bytes of an answer: AT uses some 150 for each number.
LONGEST_ANSWER = 5_000_000
LONGEST_ENTRY = 2_000

# requests' own errors are OSErrors.
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


class Line:
    """Exchange with one account's server, over one session.

    Safe for any number of threads: each has a connection to itself, and up to
    ``account.concurrency`` of them stay open for the next exchange.

    :raises TrustError: the account's CA cannot be used
    """

    def __init__(self, account: Account) -> None:
        self._origin = account.url.removesuffix(account.path)
        self._session = Session(account)

    def exchange(self, request: Request) -> Answer:
        """Send a request once and read the whole answer.

        Redirects are answers like any other. Blocks for at most the account's connect
        timeout (for each address of the name) and twice its read timeout.

        :raises NotSent: the request did not leave in full
        :raises OutcomeUnknown: it left, and no whole answer came
        """
        progress = self._session.progress
        progress.written = False
        try:
            return self._exchange(request)
        except WIRE_ERRORS as error:
            failure = _failure(_root(error), progress.written)
        # Raised here, it has no context: that would hold the key in its frames.
        raise failure

    def close(self) -> None:
        """Close the connections that wait. The next exchange opens new ones."""
        self._session.close()

    def _exchange(self, request: Request) -> Answer:
        prepared = requests.Request(
            request.method,
            self._origin + request.path,
            headers=request.headers,
            data=request.body,
        ).prepare()
        with self._session.send(prepared, stream=True) as found:
            body = _read(found.raw, request.count)
        headers = {name.lower(): value for name, value in found.headers.items()}
        written = self._session.progress.written
        return Answer(found.status_code, headers, body, written)


def _read(raw: object, count: int) -> bytes:
    longest = LONGEST_ANSWER + LONGEST_ENTRY * count
    body = bytearray()
    while block := raw.read(BLOCK, decode_content=False):
        body += block
        if len(body) > longest:
            raise http.client.HTTPException(f"More than {longest} bytes")
    return bytes(body)


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
    error = _root(error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return brief(f"certificate refused: {error.verify_message}")
    if isinstance(error, (TimeoutError, urllib3_errors.TimeoutError)):
        return "timed out"
    if isinstance(error, socket.gaierror):
        return brief(f"name not found: {error.strerror}")
    return brief(getattr(error, "strerror", None) or str(error)) or "connection lost"


def _root(error: BaseException) -> BaseException:
    """Return the error that the layers above the socket wrapped, some of them twice."""
    inner = (error.__cause__, getattr(error, "reason", None), *error.args)
    wrapped = next((each for each in inner if isinstance(each, BaseException)), None)
    return error if wrapped is None else _root(wrapped)
