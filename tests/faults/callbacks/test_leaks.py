"""What a real server logs, at its most talkative about us, holds no secret."""

from __future__ import annotations

import contextlib
import http.client
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dev.rpc import RemoteError
from dev.server import OdooServer

from ..system import System
from .events import path, until_applied
from .posting import Post, connect, exchange

BODY = "Serengeti kesho saa nne"
NATIONAL = "711408905"
NUMBER = f"+254{NATIONAL}"
KEY = "atsk_simulator"
WRONG_KEY = "atsk_kilimanjaro_d41d8cd98f00b204e980"
PASSWORD = "ngorongoro-4711"
TEST = ("sms.campaign.test", "create")


@pytest.fixture
def talkative(system: System, tmp_path: Path) -> Iterator[OdooServer]:
    """Return a running server that logs all there is to log, queries as well."""
    names = ("", "odoo", "odoo.sql_db", "odoo.http.rpc")
    levels = [f"--log-handler={name}:DEBUG" for name in names]
    log = tmp_path / "odoo.log"
    with OdooServer(system.env, system.database, log=log, arguments=levels) as server:
        yield server


def test_log_of_a_server(system: System, talkative: OdooServer):
    call = talkative.rpc().call

    def send() -> None:
        """Send by hand, and wait until it has left or is held."""
        values = {"composition_mode": "numbers", "numbers": NUMBER, "body": BODY}
        composer = call("sms.composer", "create", [values])
        call("sms.composer", "action_send_sms", composer)

    send()
    system.until_still()
    gateway = [system.gateway]
    proxy = {"proxy_username": "moi", "proxy_password": PASSWORD}
    call("sms.gateway.config", "write", gateway, proxy)
    # Wrong key, wrong proxy, a fault in the middle, then well again.
    for values, mend in (
        ({"api_key": WRONG_KEY}, {"api_key": KEY}),
        ({"proxy_url": "http://127.0.0.1:9"}, {"proxy_url": False}),
    ):
        call("sms.gateway.config", "write", gateway, values)
        send()
        wizard = call("sms.test.wizard", "create", [{"gateway_id": system.gateway}])
        call("sms.test.wizard", "action_run", wizard)
        call("sms.gateway.config", "write", gateway, mend)
    system.simulator.admin.fault("truncated_json")
    send()
    # Requests that end in an error and a traceback.
    for values in ({"api_key": WRONG_KEY, "no_field": 1}, {"trust": "nobody"}):
        with contextlib.suppress(RemoteError):
            call("sms.gateway.config", "write", gateway, values)
    with contextlib.suppress(RemoteError):
        call("sms.sms", "create", [{"number": NUMBER, "body": BODY, "state": "lost"}])
    refused(call)
    [(token,)] = system.sql("SELECT callback_token FROM sms_gateway_config")
    statuses = receive(system, talkative)
    assert statuses == [200, 200, 200, 200, 404]
    until_applied(system)
    system.until_still()

    log = talkative.log.read_text(errors="replace")
    assert "odoo.addons.su_sms" in log or "su_sms.africastalking" in log
    assert "Traceback" in log
    assert "{'api_key': …}" in log
    assert "a text can't be filled in" in log
    assert "query: SELECT" in log
    assert "/su_sms/callback/…" in log
    for secret in (KEY, WRONG_KEY, PASSWORD, token, BODY, NATIONAL):
        lines = [line for line in log.splitlines() if secret in line]
        assert not lines, lines[:3]


def refused(call: Any) -> None:
    """Ask for what is refused, and have a text fail that can't be filled in."""
    bad = f"0{NATIONAL}00"
    failing = {"body": BODY + " {{ object.nobody.nothing }}", "res_model": "res.users"}
    by_record = {"composition_mode": "mass", "res_ids": "[2]", **failing}
    for model, values in (
        ("sms.blacklist", {"number": bad}),
        ("phone.blacklist", {"number": bad}),
        ("sms.composer", {"composition_mode": "numbers", "numbers": bad, "body": BODY}),
        ("sms.composer", by_record),
        ("sms.sms", {"number": NUMBER, "body": BODY}),
    ):
        with contextlib.suppress(RemoteError):
            made = call(model, "create", [values])
            call(model, "action_send_sms", made)
    campaign = {"name": "Leak", "body": BODY, "audience_ids": []}
    made = call("sms.campaign", "create", [campaign])
    trial = {"campaign_id": made[0], "numbers": bad}
    with contextlib.suppress(RemoteError):
        call("sms.campaign.test", "action_send", call(*TEST, [trial]))


def receive(system: System, server: OdooServer) -> list[int]:
    """Post what makes sense and what does not; return the statuses."""
    connection: http.client.HTTPConnection = connect(server.url)
    fields = {"from": NUMBER, "to": "22141", "text": BODY, "id": "1"}
    posts = [
        Post.form(path(system), id="ATXid_none", status=BODY, phoneNumber=NUMBER),
        Post.form(path(system, "incoming"), **fields),
        Post.form(path(system, "incoming"), text=BODY),
        Post.form(path(system, "optout"), phoneNumber=NUMBER, senderId=BODY),
        Post.form(path(system) + "x", phoneNumber=NUMBER),
    ]
    try:
        return [exchange(connection, post) for post in posts]
    finally:
        connection.close()
