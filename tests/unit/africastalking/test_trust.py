"""Who is believed, and what the probe says about the line."""

import logging
import socket
import ssl
from datetime import datetime, timedelta, timezone

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from su_sms.africastalking.client import Account, Chunk
from su_sms.africastalking.probe import _certificate, handshake, resolve, walk
from su_sms.africastalking.probe import connect as probe_connect
from su_sms.africastalking.trust import (
    Trust,
    TrustError,
    authorities,
    ssl_context,
)

from .server import Server, accepting

CHUNK = Chunk(["+254711000111"], "Hello")


@pytest.fixture
def secure(ca):
    """A server whose certificate the test authority signed."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert("127.0.0.1", organization_name="Test server").configure_cert(context)
    with Server(accepting, tls=context) as server:
        yield server


@pytest.fixture
def wrong_name(ca):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert("other.example").configure_cert(context)
    with Server(accepting, tls=context) as server:
        yield server


def pem(ca):
    return ca.cert_pem.bytes().decode()


def port_of(server):
    return int(server.url.rpartition(":")[2])


def test_an_unknown_authority_is_refused_once(secure, connect, naps):
    [outcome] = connect(secure.url).send(CHUNK)
    assert (outcome.state, outcome.reason) == ("not_sent", "tls")
    assert "certificate refused" in outcome.text
    assert naps.taken == []
    assert secure.received == []


def test_a_known_authority_is_accepted_on_one_connection(secure, ca, connect):
    client = connect(secure.url, trust=Trust("ca", pem(ca)))
    outcomes = client.send(CHUNK) + client.send(CHUNK)
    assert [outcome.state for outcome in outcomes] == ["accepted"] * 2
    assert secure.connections == 1


def test_another_authority_is_refused(secure, connect):
    stranger = pem(trustme.CA())
    [outcome] = connect(secure.url, trust=Trust("ca", stranger)).send(CHUNK)
    assert outcome.reason == "tls"


def test_another_name_is_refused(wrong_name, ca, connect):
    [outcome] = connect(wrong_name.url, trust=Trust("ca", pem(ca))).send(CHUNK)
    assert outcome.reason == "tls"
    assert wrong_name.received == []


@pytest.mark.parametrize("fixture", ["secure", "wrong_name"])
def test_relaxed_accepts_anybody_and_says_so_each_time(
    fixture, connect, caplog, request
):
    server = request.getfixturevalue(fixture)
    client = connect(server.url, trust=Trust("relaxed"))
    for _ in range(2):
        [outcome] = client.send(CHUNK)
        assert outcome.state == "accepted"
    warnings = [r for r in caplog.records if r.levelno == logging.WARNING]
    assert len(warnings) == 2
    assert "not verified" in warnings[0].getMessage()


@pytest.mark.parametrize(
    "text, reason",
    [
        ("", "no_certificate"),
        ("hello", "no_certificate"),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
            "damaged_certificate",
        ),
        (
            "-----BEGIN CERTIFICATE-----\n\u00e9\u00e9\n-----END CERTIFICATE-----",
            "damaged_certificate",
        ),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n", "private_key"),
    ],
)
def test_a_file_that_is_no_authority(text, reason):
    with pytest.raises(TrustError) as error:
        ssl_context(Trust("ca", text))
    assert error.value.reason == reason


def test_comments_and_several_authorities_in_one_file(ca):
    text = f"Chuo Kikuu – CA \u00e9\n{pem(ca)}\nsecond\n{pem(trustme.CA())}"
    assert len(authorities(text)) == 2
    ssl_context(Trust("ca", text))


def test_a_trust_that_does_not_exist():
    with pytest.raises(ValueError):
        Trust("blind")


def test_walk_over_a_good_line(secure, ca):
    account = Account("u", "k", base_url=secure.url, trust=Trust("ca", pem(ca)))
    steps = list(walk(account))
    assert [step.name for step in steps] == ["resolve", "connect", "handshake"]
    assert all(step.ok and step.ms >= 0 for step in steps)
    certificate = steps[-1].certificate
    assert certificate.verified
    assert certificate.error == ""
    assert "Test authority" in certificate.issuer
    assert "Test server" in certificate.subject
    assert certificate.not_after > datetime.now(timezone.utc)
    assert secure.received == []


def test_a_refused_certificate_names_its_issuer(secure):
    *_steps, step = walk(Account("u", "k", base_url=secure.url))
    assert not step.ok
    assert not step.certificate.verified
    assert "issuer" in step.certificate.error or "self" in step.certificate.error
    assert "Test authority" in step.text


@pytest.mark.parametrize(
    "attributes, issuer",
    [
        ([(NameOID.ORGANIZATION_NAME, "Chuo\0 Kikuu\x1b[31m")], "Chuo Kikuu [31m"),
        ([(NameOID.COMMON_NAME, "call +254712345678")], "call …78"),
        ([(NameOID.COMMON_NAME, "atsk_" + "a1" * 25)], "…"),
        ([(NameOID.COUNTRY_NAME, "KE")], "C=KE"),
        ([(NameOID.ORGANIZATION_NAME, f"Org {n}") for n in range(600)], "Org 0, Org 1"),
        ([(NameOID.COMMON_NAME, "\0")], "CN="),
    ],
)
def test_whoever_inspects_the_line_names_themselves_briefly(attributes, issuer):
    certificate = _certificate(signed_by(attributes), "x" * 10)
    assert certificate.issuer.startswith(issuer)
    assert len(certificate.issuer) <= 120
    assert certificate.issuer.isprintable()


def signed_by(attributes):
    """Return a certificate in DER whose issuer has these attributes."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(oid, text) for oid, text in attributes])
    now = datetime.now(timezone.utc)
    made = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=1,
        not_valid_before=now,
        not_valid_after=now + timedelta(days=1),
    )
    return made.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_of_a_name_with_very_many_addresses_some_are_shown(monkeypatch):
    found = [(0, 0, 0, "", (f"10.0.{n // 250}.{n % 250}", 0)) for n in range(3000)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    step = resolve("many.example")
    assert step.ok
    assert step.text.startswith("10.0.0.0, 10.0.0.1, ")
    assert len(step.text) < 200


def test_relaxed_goes_on_but_tells(secure):
    step = handshake("127.0.0.1", port_of(secure), Trust("relaxed"), 5)
    assert step.ok
    assert not step.certificate.verified
    assert "Test authority" in step.text


def test_walk_stops_at_the_first_failure():
    [step] = walk(Account("u", "k", base_url="https://nowhere.invalid"))
    assert (step.name, step.ok) == ("resolve", False)
    assert "name not found" in step.text
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    steps = list(walk(Account("u", "k", base_url=f"https://127.0.0.1:{port}")))
    assert [step.ok for step in steps] == [True, False]
    assert steps[-1].text == "Connection refused"


def test_no_handshake_over_plain_http():
    with Server(accepting) as server:
        steps = list(walk(Account("u", "k", base_url=server.url)))
        tls = handshake("127.0.0.1", port_of(server), Trust(), 0.3)
    assert [step.name for step in steps] == ["resolve", "connect"]
    assert all(step.ok for step in steps)
    assert (tls.ok, tls.certificate) == (False, None)


def test_each_step_is_usable_on_its_own(secure):
    assert resolve("localhost").ok
    step = probe_connect("127.0.0.1", port_of(secure), 5)
    assert step.ok
    assert str(port_of(secure)) in step.text


def test_a_proxy_that_is_down_or_says_no():
    with Server(lambda peer: peer.answer(407)) as server:
        step = probe_connect("at.example", 443, 5, server.url)
    assert not step.ok
    assert "407" in step.text
