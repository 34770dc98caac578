"""Each fault of a line, over a real socket, and what is known after it."""

import os
import socket
import ssl
import time
import warnings

import pytest

from su_sms.africastalking.client import Chunk
from su_sms.africastalking.errors import NotSent, OutcomeUnknown
from su_sms.africastalking.trust import Trust

from .conftest import waiting
from .server import Server, accepted, accepting, once

NUMBER = "+254711000111"
CHUNK = Chunk([NUMBER], "Hello")
# More than the kernels' buffers on both sides hold.
LONG = Chunk([NUMBER], "x" * 16_000_000)


def reset_unread(peer):
    peer.reset()


def reset_in_the_headers(peer):
    peer.file.readline()
    peer.reset()


def reset_in_the_body(peer):
    peer.file.read(100_000)
    peer.reset()


def never_read(peer):
    peer.hang()


def reset_after(peer):
    peer.receive()
    peer.reset()


def close_after(peer):
    peer.receive()


def hang_after(peer):
    peer.receive()
    peer.hang()


def hang_in_the_answer(peer):
    peer.receive()
    peer.sock.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{")
    peer.hang()


def cut_the_answer(peer):
    peer.receive()
    peer.sock.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{")


def cut_a_chunked_answer(peer):
    peer.receive()
    peer.sock.sendall(
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n"
    )


def cut_without_a_length(peer):
    peer.receive()
    peer.sock.sendall(b"HTTP/1.1 201 Created\r\n\r\n" + accepted(NUMBER)[:-5])


def babble(peer):
    peer.receive()
    peer.sock.sendall(b"220 mail.example.org ESMTP\r\n")


def bad_chunks(peer):
    peer.receive()
    peer.sock.sendall(
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
    )


def bad_gzip(peer):
    peer.receive()
    peer.answer(201, b"no gzip", Content_Encoding="gzip")


def endless_headers(peer):
    peer.receive()
    peer.sock.sendall(b"HTTP/1.1 201 Created\r\n" + b"X: y\r\n" * 200 + b"\r\n")


def endless_body(peer, head=b"HTTP/1.1 201 Created\r\n\r\n"):
    peer.receive()
    peer.sock.sendall(head)
    while not peer.server.over.is_set():
        peer.sock.sendall(b" " * 1_000_000)


def endless_redirect(peer):
    endless_body(peer, b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n\r\n")


@pytest.mark.parametrize(
    "talk, chunk, state, reason",
    [
        (reset_in_the_body, LONG, "not_sent", "down"),
        (reset_in_the_headers, LONG, "not_sent", "down"),
        (never_read, LONG, "not_sent", "down"),
        (reset_after, CHUNK, "unknown", "reset"),
        (close_after, CHUNK, "unknown", "reset"),
        (hang_after, CHUNK, "unknown", "timeout"),
        (hang_in_the_answer, CHUNK, "unknown", "timeout"),
        (cut_the_answer, CHUNK, "unknown", "reset"),
        (cut_a_chunked_answer, CHUNK, "unknown", "reset"),
        (cut_without_a_length, CHUNK, "unknown", "unreadable"),
        (babble, CHUNK, "unknown", "unreadable"),
        (bad_chunks, CHUNK, "unknown", "reset"),
        (bad_gzip, CHUNK, "unknown", "unreadable"),
        (endless_headers, CHUNK, "unknown", "unreadable"),
        (endless_body, CHUNK, "unknown", "unreadable"),
        (endless_redirect, CHUNK, "unknown", "unreadable"),
    ],
)
@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_fault(talk, chunk, state, reason, secure, connect, ca):
    tls, trust = None, Trust()
    if secure:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        ca.issue_cert("127.0.0.1").configure_cert(tls)
        trust = Trust("ca", ca.cert_pem.bytes().decode())
    with Server(talk, tls=tls) as server:
        client = connect(server.url, trust=trust, read_timeout=0.5, attempts=1)
        [outcome] = client.send(chunk)
    assert (outcome.state, outcome.reason) == (state, reason)
    assert outcome.text
    assert server.connections == 1


@pytest.mark.parametrize(
    "piece", ["headers", "body"], ids=["drips headers", "drips the body"]
)
def test_a_dripping_answer_ends_with_the_read_timeout(piece, connect):
    def drip(peer):
        peer.receive()
        if piece == "body":
            peer.sock.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 900\r\n\r\n")
        else:
            peer.sock.sendall(b"HTTP/1.1 201 Created\r\nX: ")
        while not peer.server.over.wait(0.05):
            peer.sock.sendall(b"y")

    with Server(drip) as server:
        started = time.monotonic()
        [outcome] = connect(server.url, read_timeout=0.4).send(CHUNK)
    assert (outcome.state, outcome.reason) == ("unknown", "timeout")
    assert time.monotonic() - started < 2


def test_nobody_listens(connect, naps):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    [outcome] = connect(url).send(CHUNK)
    assert (outcome.state, outcome.reason) == ("not_sent", "down")
    assert outcome.text == "Connection refused"
    assert naps.taken == [0.5, 1.0]


def test_a_name_that_does_not_exist(connect):
    [outcome] = connect("https://nowhere.invalid", attempts=1).send(CHUNK)
    assert (outcome.state, outcome.reason) == ("not_sent", "down")
    assert "name not found" in outcome.text


@pytest.mark.parametrize("url", ["https://a..b", "http://" + "a" * 70 + ".example"])
def test_a_name_that_cannot_exist(url, connect):
    [outcome] = connect(url, attempts=1).send(CHUNK)
    assert outcome.state == "not_sent"


def test_no_answer_to_a_connection(connect):
    # A listener that accepts nobody: its queue is full, the next SYN is dropped.
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(address)
        client = connect(
            f"http://127.0.0.1:{address[1]}", connect_timeout=0.3, attempts=1
        )
        [outcome] = client.send(CHUNK)
        for filler in fillers:
            filler.close()
    assert (outcome.state, outcome.reason) == ("not_sent", "down")
    assert outcome.text == "timed out"


def test_a_handshake_that_never_ends(connect):
    with Server(never_read) as server:
        client = connect(
            server.url.replace("http", "https"), connect_timeout=0.3, attempts=1
        )
        [outcome] = client.send(CHUNK)
    assert (outcome.state, outcome.reason) == ("not_sent", "down")


def test_a_server_that_does_not_speak_tls(connect):
    def plain(peer):
        peer.sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with Server(plain) as server:
        client = connect(server.url.replace("http", "https"), attempts=1)
        [outcome] = client.send(CHUNK)
    assert (outcome.state, outcome.reason) == ("not_sent", "down")


def test_an_early_answer_to_half_a_request_is_still_read(connect):
    def refuse(peer):
        peer.file.read(1000)
        peer.answer(401, b"The supplied authentication is invalid")

    with Server(refuse) as server:
        [outcome] = connect(server.url, attempts=1).send(LONG)
    assert outcome.state == "not_sent"
    assert outcome.reason in ("auth", "down")


def test_a_reset_before_reading_is_never_called_sent(connect):
    # The kernel may take the request before the reset arrives: then nobody knows.
    with Server(reset_unread, accepting) as server:
        [outcome] = connect(server.url, attempts=1).send(CHUNK)
    assert outcome.state in ("unknown", "not_sent")
    assert outcome.reason in ("reset", "down")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(status, connect):
    with Server(accepting) as other:
        with Server(once(status, location=f"{other.url}/version1/x")) as server:
            [outcome] = connect(server.url).send(CHUNK)
    assert (outcome.state, outcome.reason) == ("not_sent", "request")
    assert other.connections == 0


def test_balance_raises_what_send_returns(connect):
    with Server(once(401, b"The supplied authentication is invalid")) as server:
        with pytest.raises(NotSent) as caught:
            connect(server.url).balance()
    assert caught.value.reason == "auth"
    with Server(close_after) as server:
        with pytest.raises(OutcomeUnknown) as caught:
            connect(server.url).balance()
    assert caught.value.reason == "reset"


def test_a_connection_the_server_closed_is_not_used_again(connect, naps):
    with Server(lambda peer: peer.accept(), accepting) as server:
        client = connect(server.url)
        [first] = client.send(CHUNK)
        deadline = time.monotonic() + 5
        while waiting(client)[0].is_connected:
            assert time.monotonic() < deadline
        [second] = client.send(CHUNK)
    assert [first.state, second.state] == ["accepted", "accepted"]
    assert server.connections == 2
    # Used, it would have failed on the way and been tried again.
    assert naps.taken == []


def test_a_connection_idle_for_long_is_not_used_again(connect, monkeypatch):
    with Server(accepting) as server:
        client = connect(server.url)
        client.send(CHUNK)
        client.send(CHUNK)
        assert server.connections == 1
        monkeypatch.setattr("su_sms.africastalking.session.LONGEST_IDLE", 0.0)
        client.send(CHUNK)
    assert server.connections == 2


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs Linux's /proc")
@pytest.mark.parametrize("talk", [reset_after, cut_the_answer, babble, once(503)])
def test_failed_exchanges_leave_no_socket_open(talk, connect):
    with Server(talk) as server:
        client = connect(server.url, attempts=1)
        client.send(CHUNK)
        before = len(os.listdir("/proc/self/fd"))
        with warnings.catch_warnings():
            warnings.simplefilter("error", ResourceWarning)
            for _ in range(50):
                client.send(CHUNK)
        deadline = time.monotonic() + 5
        while len(os.listdir("/proc/self/fd")) > before + 5:
            assert time.monotonic() < deadline
