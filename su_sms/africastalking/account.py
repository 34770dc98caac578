"""An account at AT and how to reach it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

from .trust import Trust

# Source: AT's documentation of the SMS API, "Send bulk".
HOSTS = {
    "sandbox": "https://api.sandbox.africastalking.com",
    "production": "https://api.africastalking.com",
}
PORTS = {"http": 80, "https": 443}
Reason = Literal["bad_address", "bad_proxy"]


class AccountError(ValueError):
    """A URL that can't be used; never carries it, since it may hold a password."""

    reason: Reason

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Account:
    """Say who sends, with which key, and over what line.

    :param username: the application's; the literal ``sandbox`` in AT's sandbox
    :param environment: ``"sandbox"`` or ``"production"``
    :param base_url: another server than the environment's, e.g. an internal relay;
        a path in it goes before AT's own
    :param proxy: ``http://[user:password@]host:port``; reached by CONNECT where the
        line is TLS. Proxies, cookies and netrc files of the machine play no part
    :param connect_timeout: seconds to connect, the TLS handshake included. Name
        resolution keeps the system's own limit
    :param read_timeout: seconds to write the request, and again for the whole answer
    :param attempts: tries of one request, the first included
    :param retry_seconds: no try starts later than this after the first
    :param concurrency: connections kept open; more threads may send, on fresh ones
    :raises AccountError: a URL or a proxy that cannot work
    :raises ValueError: an environment or a number that cannot
    """

    username: str
    api_key: str = field(repr=False)
    environment: str = "sandbox"
    base_url: str = ""
    trust: Trust = Trust()
    proxy: str = field(default="", repr=False)
    connect_timeout: float = 5.0
    read_timeout: float = 30.0
    attempts: int = 3
    retry_seconds: float = 30.0
    concurrency: int = 8
    user_agent: str = "su_sms"

    def __post_init__(self) -> None:
        if self.environment not in HOSTS:
            raise ValueError(f"Unknown environment: {self.environment!r}")
        _split(self.url, ("http", "https"), "bad_address")
        if self.proxy:
            _split(self.proxy, ("http",), "bad_proxy")
        if min(self.attempts, self.concurrency) < 1:
            raise ValueError("attempts and concurrency start at 1")
        if min(self.connect_timeout, self.read_timeout) <= 0:
            raise ValueError("Timeouts must be more than 0 seconds")

    @property
    def url(self) -> str:
        """Return the server's address, without a slash at its end."""
        return (self.base_url or HOSTS[self.environment]).strip().rstrip("/")

    @property
    def secure(self) -> bool:
        """Tell whether the line is TLS."""
        return urlsplit(self.url).scheme.lower() == "https"

    @property
    def host(self) -> str:
        """Return the server's name."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """Return the server's port, the scheme's own by default."""
        parts = urlsplit(self.url)
        return parts.port or PORTS[parts.scheme.lower()]

    @property
    def path(self) -> str:
        """Return what goes before AT's paths, usually nothing."""
        return urlsplit(self.url).path


@dataclass(frozen=True)
class Proxy:
    """Say where an HTTP proxy listens and how to sign in to it."""

    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> Proxy:
        """Read ``http://[user:password@]host[:port]``.

        :raises AccountError: anything else
        """
        parts = _split(url, ("http",), "bad_proxy")
        return cls(
            parts.hostname or "",
            parts.port or PORTS["http"],
            unquote(parts.username or ""),
            unquote(parts.password or ""),
        )


def _split(url: str, schemes: tuple[str, ...], reason: Reason) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme.lower() in schemes and parts.hostname
        usable = usable and (parts.port is None or parts.port > 0)
        usable = usable and url.isascii() and url.isprintable() and " " not in url
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment:
        raise AccountError(reason)
    return parts
