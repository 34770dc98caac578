"""Whose signature on the server's certificate is believed."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass
from typing import Literal

import certifi
from cryptography import x509

MODES = ("verify", "ca", "relaxed")
# What stands between has no dash, and so no other beginning.
CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")

Reason = Literal["private_key", "no_certificate", "damaged_certificate"]


class TrustError(ValueError):
    """A PEM text that says nothing about whom to believe."""

    reason: Reason

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Trust:
    """Choose who may vouch for the server.

    :param mode: ``"verify"``: the public authorities and those of this machine;
        ``"ca"``: ``ca_pem`` as well, for a firewall that inspects TLS;
        ``"relaxed"``: anybody, so that the line is open to whoever sits on it
    :param ca_pem: certificates in PEM, used in mode ``"ca"``
    """

    mode: str = "verify"
    ca_pem: str = ""

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"Unknown trust: {self.mode!r}")


def authorities(pem: str) -> list[x509.Certificate]:
    """Read the certificates in a PEM text.

    :raises TrustError: no certificate in it, a damaged one, or a private key, which
        must not be handed around
    """
    if "PRIVATE KEY-----" in pem:
        raise TrustError("private_key")
    blocks = CERTIFICATE.findall(pem)
    if not blocks:
        raise TrustError("no_certificate")
    try:
        return [x509.load_pem_x509_certificate(block.encode()) for block in blocks]
    except ValueError:
        raise TrustError("damaged_certificate") from None


def ssl_context(trust: Trust) -> ssl.SSLContext:
    """Make the TLS settings for a trust.

    :raises TrustError: ``ca_pem`` cannot be used, see :func:`authorities`
    """
    context = ssl.create_default_context()
    if trust.mode == "relaxed":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    # Slim images come without the system's store; requests brings this one.
    context.load_verify_locations(certifi.where())
    if trust.mode == "ca":
        authorities(trust.ca_pem)
        blocks = CERTIFICATE.findall(trust.ca_pem)
        context.load_verify_locations(cadata="\n".join(blocks))
        # Python 3.13 turns this on; the CAs that firewalls make for themselves
        # often lack the extensions it asks for.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context
