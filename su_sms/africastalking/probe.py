"""Walk the line to the server step by step, and see who signed its certificate.

For Test Connection: each step says what it found and how long it took, so that the
first one that fails names the cause. No key and no message ever travels here.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone

from cryptography import x509
from cryptography.x509.oid import NameOID
from urllib3.util import make_headers

from .account import Account, Proxy
from .exchange import describe
from .trust import Trust, ssl_context
from .wording import brief

ERRORS = (OSError, http.client.HTTPException, ValueError, x509.InvalidVersion)
# Addresses of a name that are shown.
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Certificate:
    """Say whose certificate was shown, and who vouches for it.

    :param subject: name it was made for
    :param issuer: organisation that signed it, with the signing name
    :param not_after: end of its life, UTC
    :param verified: whether the account's trust accepts it; in mode relaxed, whether
        mode verify would
    :param error: why not, in OpenSSL's words
    """

    subject: str
    issuer: str
    not_after: datetime
    verified: bool
    error: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """Say how one step went.

    :param name: ``resolve``, ``connect`` or ``handshake``
    :param ms: milliseconds it took
    :param text: what was found, or what went wrong
    """

    name: str
    ok: bool
    ms: float
    text: str
    certificate: Certificate | None = None


def walk(account: Account) -> Iterator[Step]:
    """Return the steps to the account's server, up to the first that fails.

    With a proxy it is the proxy's name that is looked up here. Over plain HTTP there
    is no handshake.

    :raises TrustError: the account's CA cannot be used
    """
    host, port, timeout = account.host, account.port, account.connect_timeout
    first = Proxy.parse(account.proxy).host if account.proxy else host
    steps: list[Callable[[], Step]] = [
        lambda: resolve(first),
        lambda: connect(host, port, timeout, account.proxy),
    ]
    if account.secure:
        steps.append(
            lambda: handshake(host, port, account.trust, timeout, account.proxy)
        )
    for take in steps:
        step = take()
        yield step
        if not step.ok:
            return


def resolve(host: str) -> Step:
    """Look a name up; ``text`` lists its addresses."""

    def addresses() -> str:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        known = list(dict.fromkeys(address[4][0] for address in found))
        return ", ".join(known[:SHOWN] + ["…"] * (len(known) > SHOWN))

    return _timed("resolve", addresses)


def connect(host: str, port: int, timeout: float, proxy: str = "") -> Step:
    """Open a TCP connection and close it; through a proxy up to its CONNECT."""

    def opened() -> str:
        with _open(host, port, timeout, proxy) as sock:
            peer = "{}:{}".format(*sock.getpeername()[:2])
        return f"{peer} (proxy)" if proxy else peer

    return _timed("connect", opened)


def handshake(
    host: str, port: int, trust: Trust, timeout: float, proxy: str = ""
) -> Step:
    """Do the TLS handshake; name who signed the certificate, accepted or not.

    When it is refused, a second connection without verification reads the
    certificate, sends nothing and closes, so that the step can name the firewall
    that signed it.

    :raises TrustError: the trust's CA cannot be used
    """
    strict = Trust() if trust.mode == "relaxed" else trust
    context, anyone = ssl_context(strict), ssl_context(Trust("relaxed"))
    started = time.monotonic()

    def shake(context: ssl.SSLContext) -> tuple[bytes, str]:
        with _open(host, port, timeout, proxy) as sock:
            with context.wrap_socket(sock, server_hostname=host) as secure:
                return secure.getpeercert(binary_form=True) or b"", secure.version()

    error = ""
    try:
        try:
            shown, version = shake(context)
        except ssl.SSLCertVerificationError as refusal:
            error = brief(refusal.verify_message) or "not verified"
            shown, version = shake(anyone)
        certificate = _certificate(shown, error)
    except ERRORS as failure:
        return Step("handshake", False, _ms(started), describe(failure))
    ok = not error or trust.mode == "relaxed"
    text = f"{version}, signed by {certificate.issuer}"
    if error:
        text = f"{text}: {error}"
    return Step("handshake", ok, _ms(started), text, certificate)


def _timed(name: str, take: Callable[[], str]) -> Step:
    started = time.monotonic()
    try:
        text = take()
    except ERRORS as failure:
        return Step(name, False, _ms(started), describe(failure))
    return Step(name, True, _ms(started), text)


def _ms(started: float) -> float:
    return (time.monotonic() - started) * 1000


def _open(host: str, port: int, timeout: float, proxy: str) -> socket.socket:
    if not proxy:
        return socket.create_connection((host, port), timeout)
    through = Proxy.parse(proxy)
    tunnel = http.client.HTTPConnection(through.host, through.port, timeout=timeout)
    pair = f"{through.username}:{through.password}" if through.username else None
    tunnel.set_tunnel(host, port, make_headers(proxy_basic_auth=pair))
    try:
        tunnel.connect()
    except BaseException:
        tunnel.close()
        raise
    return tunnel.sock


def _certificate(shown: bytes, error: str) -> Certificate:
    certificate = x509.load_der_x509_certificate(shown)
    not_after = getattr(certificate, "not_valid_after_utc", None)
    if not_after is None:  # cryptography before 42
        not_after = certificate.not_valid_after.replace(tzinfo=timezone.utc)
    return Certificate(
        _name(certificate.subject, NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME),
        _name(certificate.issuer, NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME),
        not_after,
        not error,
        error,
    )


def _name(name: x509.Name, *oids: x509.ObjectIdentifier) -> str:
    """Return the parts of a name that people know, the first first.

    Whoever inspects the line says it: it may be anything, and of any length.
    """
    parts = [
        str(part.value) for oid in oids for part in name.get_attributes_for_oid(oid)
    ]
    known = ", ".join(filter(None, (brief(part) for part in dict.fromkeys(parts))))
    return brief(known) or brief(name.rfc4514_string())
