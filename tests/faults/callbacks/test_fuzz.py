"""What anybody may post to the callbacks' addresses."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from dev.rpc import RemoteError
from dev.server import OdooServer

from ..system import System, number
from ..workers import Worker
from .events import (
    give_up_waiting,
    path,
    payloads,
    server_errors,
    states,
    until_applied,
)
from .nonsense import case
from .posting import Post, connect, exchange, post_all

CONNECTIONS = 6
# More than the addresses of a provider guess wrong.
GUESSES = 60
DRIPS = 20


@pytest.fixture
def running(server: OdooServer) -> Iterator[OdooServer]:
    """Return the server, started."""
    yield server.start()


def sent_message(system: System, worker: Worker) -> str:
    """Send a message; return its id at the provider."""
    worker.queue([{"number": number(0), "body": "Hello"}])
    worker("dispatch")
    [entry] = system.admin.ledger()
    return entry["id"]


def report(system: System, message_id: str) -> Post:
    """Make the report that a message was delivered."""
    return Post.form(path(system), id=message_id, status="Success")


def test_nonsense_is_stored_and_stops_nothing(
    system: System, worker: Worker, running: OdooServer, rng: random.Random, long: bool
) -> None:
    message_id = sent_message(system, worker)
    token = path(system).split("/")[3]
    cases = [case(rng, token) for _ in range(10_000 if long else 500)]

    statuses = post_all(running.url, [each.post for each in cases], CONNECTIONS)

    wrong = [
        (status, each)
        for each, status in zip(cases, statuses, strict=True)
        if status not in each.statuses
    ]
    assert not wrong, wrong[:3]
    stored = sum(each.stored for each in cases)
    assert sum(states(system).values()) == stored
    assert exchange(connect(running.url), report(system, message_id)) == 200
    until_applied(system)
    give_up_waiting(system)
    until_applied(system, waiting=True)
    assert system.states() == {"sent": 1}
    assert sum(states(system).values()) == stored + 1
    assert not server_errors(running)


def test_who_guesses_tokens_is_slowed_down_and_stops_no_report(
    system: System, running: OdooServer
) -> None:
    guess = Post.form("/su_sms/callback/guess/delivery", id="1")
    guesses = post_all(running.url, [guess] * GUESSES, CONNECTIONS)
    assert set(guesses) == {404, 429}

    assert exchange(connect(running.url), report(system, "ATXid_1")) == 200
    assert sum(states(system).values()) == 1


def test_slow_posts_hold_up_no_other_and_are_stored_when_they_are_whole(
    system: System, running: OdooServer
) -> None:
    post = report(system, "ATXid_slow")
    head = (
        f"POST {post.path} HTTP/1.1\r\nHost: odoo\r\nContent-Length: {len(post.body)}"
        "\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n"
    ).encode()
    address = urlsplit(running.url)
    drips = [
        socket.create_connection((address.hostname, address.port), timeout=60)
        for _ in range(DRIPS)
    ]
    for drip in drips:
        drip.sendall(head + post.body[:5])

    others = post_all(running.url, [report(system, "ATXid_quick")] * 50, CONNECTIONS)
    assert set(others) == {200}
    assert sum(states(system).values()) == 50

    for byte in post.body[5:]:
        for drip in drips:
            drip.sendall(bytes([byte]))
    for drip in drips:
        with drip, drip.makefile("rb") as answer:
            assert b" 200 " in answer.readline()
    assert sorted(payloads(system).values()) == [DRIPS, 50]


def test_posts_that_are_cut_off_are_not_stored(
    system: System, running: OdooServer
) -> None:
    post = report(system, "ATXid_cut")
    head = f"POST {post.path} HTTP/1.1\r\nHost: odoo\r\nContent-Length: 999\r\n\r\n"
    address = urlsplit(running.url)
    for _ in range(DRIPS):
        with socket.create_connection((address.hostname, address.port)) as cut:
            cut.sendall(head.encode() + post.body)
    assert exchange(connect(running.url), report(system, "ATXid_1")) == 200
    assert sum(states(system).values()) == 1


def test_report_on_a_deleted_message_is_kept_as_unmatched(
    system: System, worker: Worker, running: OdooServer
) -> None:
    message_id = sent_message(system, worker)
    system.sql("DELETE FROM sms_sms")

    assert exchange(connect(running.url), report(system, message_id)) == 200

    until_applied(system)
    give_up_waiting(system)
    until_applied(system, waiting=True)
    assert states(system) == {"unmatched": 1}


def test_gateway_that_is_archived_still_hears_and_one_deleted_is_not_found(
    system: System, worker: Worker, running: OdooServer
) -> None:
    [gateway] = worker.create(
        "sms.gateway.config", [{"name": "Old", "is_default": False}]
    )
    [(token,)] = system.sql(
        "SELECT callback_token FROM sms_gateway_config WHERE id = %s", [gateway]
    )
    post = Post.form(f"/su_sms/callback/{token}/delivery", id="1", status="Success")
    rpc, connection = running.rpc(), connect(running.url)

    assert exchange(connection, post) == 200
    rpc.call("sms.gateway.config", "write", [gateway], {"active": False})
    assert exchange(connection, post) == 200
    assert sum(states(system).values()) == 2
    with pytest.raises(RemoteError, match="can't be deleted"):
        rpc.call("sms.gateway.config", "unlink", [gateway])
    system.sql("DELETE FROM sms_gateway_event")
    rpc.call("sms.gateway.config", "unlink", [gateway])
    assert exchange(connection, post) == 404
    assert not states(system)
