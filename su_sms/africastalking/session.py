"""The ``requests`` session of one account: its trust, its proxy, its patience.

urllib3's pool keeps the connections alive. They differ from its own in two ways: a
timeout bounds a step as a whole, and they tell when all of a request was handed to the
kernel, which no exception says for certain.
"""

from __future__ import annotations

import http.client
import io
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from .account import Account
from .trust import ssl_context

# Seconds. A server that closes an idle connection just as we write makes an outcome
# unknown, so connections are dropped well before any server's usual limit.
LONGEST_IDLE = 4.0


class Progress(threading.local):
    """How far the exchange of this thread has got.

    :ivar written: all of the request was handed to the kernel
    """

    written = False


class Session(requests.Session):
    """Exchange with one account's server, from any number of threads.

    Nothing is kept but connections: no cookies, no redirects, and nothing from the
    machine's environment or netrc.

    :raises TrustError: the account's CA cannot be used
    """

    def __init__(self, account: Account) -> None:
        super().__init__()
        self.progress = Progress()
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.adapters.clear()
        self.mount(account.url, _Adapter(account, self.progress))

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Take a redirect as an answer like any other, not to be followed."""


class _Adapter(HTTPAdapter):
    """Reach the account's server and no other, however a request is put."""

    def __init__(self, account: Account, progress: Progress) -> None:
        self._account, self._progress = account, progress
        super().__init__(pool_connections=1, pool_maxsize=account.concurrency)

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **options: Any
    ) -> None:
        account = self._account
        options |= {"num_pools": connections, "maxsize": maxsize, "block": block}
        if account.secure:
            options["ssl_context"] = ssl_context(account.trust)
        if account.proxy:
            headers = self.proxy_headers(account.proxy)
            manager = ProxyManager(account.proxy, proxy_headers=headers, **options)
        else:
            manager = PoolManager(**options)
        own = {"limit": account.read_timeout, "progress": self._progress}
        manager.pool_classes_by_scheme = {
            "http": partial(_PlainPool, **own),
            "https": partial(_SecurePool, **own),
        }
        self.poolmanager = manager

    def send(
        self, request: requests.PreparedRequest, **options: Any
    ) -> requests.Response:
        account = self._account
        options["timeout"] = account.connect_timeout, account.read_timeout
        return super().send(request, **options)

    def cert_verify(self, *_args: Any, **_options: Any) -> None:
        """Leave it to the pool, whose TLS settings are the account's."""

    def get_connection_with_tls_context(
        self, *_args: Any, **_options: Any
    ) -> HTTPConnectionPool:
        account = self._account
        scheme = "https" if account.secure else "http"
        return self.poolmanager.connection_from_host(account.host, account.port, scheme)

    # requests before 2.32.2
    get_connection = get_connection_with_tls_context

    def request_url(
        self, request: requests.PreparedRequest, proxies: Mapping[str, str] | None
    ) -> str:
        account = self._account
        forwarded = account.proxy and not account.secure
        return request.url if forwarded else request.path_url


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

    :param limit: seconds to write a request, and again to read its answer
    """

    def __init__(self, *args: Any, limit: float, progress: Progress, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self._limit, self._progress = limit, progress
        self._deadline = self._used = 0.0
        self._whole = True

    def connect(self) -> None:
        self._allow(self.timeout)
        self._used = time.monotonic()
        return super().connect()

    def request(self, *args: Any, **kw: Any) -> None:
        if self.is_closed:
            self.connect()
        self._whole = False
        self.timeout = self._allow(self._limit)
        try:
            done = super().request(*args, **kw)
        except ConnectionResetError as error:
            # The server may have answered before it closed. urllib3 looks for that
            # after a broken pipe, in all its versions.
            raise BrokenPipeError(*error.args) from error
        self._whole = self._progress.written = True
        return done

    def getresponse(self) -> Any:
        self._allow(self._limit)
        response = super().getresponse()
        self._used = time.monotonic()
        return response

    @property
    def is_connected(self) -> bool:
        fresh = time.monotonic() - self._used < LONGEST_IDLE
        return self._whole and fresh and super().is_connected

    def send(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            self.sock.settimeout(self._left())
            view = view[self.sock.send(view) :]

    def response_class(self, sock: Any, *args: Any, **kw: Any) -> _BoundedResponse:
        return _BoundedResponse(sock, *args, left=self._left, **kw)

    def _allow(self, seconds: float) -> float:
        self._deadline = time.monotonic() + seconds
        return seconds

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left


class _PlainConnection(_Bounded, HTTPConnection):
    pass


class _SecureConnection(_Bounded, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection
