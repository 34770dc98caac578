"""What the proxy of docker-compose.yml is for: nobody stops Odoo by being slow."""

from __future__ import annotations

import contextlib
import http.client
from urllib.parse import urlsplit

import pytest
import yaml

from dev import cache
from dev.server import HOST

from .conftest import Proxy

SLOW = 100
#: within what somebody else is answered meanwhile
SECONDS = 3
LONGEST_POST = 64 * 1024
GUESSES = 120
WEBSOCKET = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.fixture(scope="module")
def callback(proxy: Proxy) -> str:
    """Return the path that delivery reports are posted to."""
    odoo = proxy.odoo.rpc()
    [gateway] = odoo.call("sms.gateway.config", "create", [{"name": "Test"}])
    [row] = odoo.call("sms.gateway.config", "read", [gateway], ["delivery_url"])
    return urlsplit(row["delivery_url"]).path


def ask(
    proxy: Proxy,
    path: str,
    *,
    port: int = 0,
    source: str = HOST,
    seconds: float = 30,
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
) -> int:
    """Return the status of what is answered; TimeoutError after ``seconds``."""
    client = http.client.HTTPConnection(
        HOST, port or proxy.port, timeout=seconds, source_address=(source, 0)
    )
    with contextlib.closing(client):
        client.request("GET" if body is None else "POST", path, body, headers or {})
        answer = client.getresponse()
        answer.read()
        return answer.status


@contextlib.contextmanager
def slow_posts(proxy: Proxy, port: int, path: str, count: int = SLOW):
    """Begin so many posts, and send no more of any."""
    head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 1000\r\n"
    head += "Content-Type: application/x-www-form-urlencoded\r\n\r\nid="
    with contextlib.ExitStack() as stack:
        posts = [stack.enter_context(proxy.connect(port)) for _each in range(count)]
        for post in posts:
            post.sendall(head.encode())
        yield posts


def test_slow_posts_stop_nobody(proxy: Proxy, callback: str) -> None:
    for path in (callback, "/web/login", "/o/AbCdEfGhIjKl"):
        with slow_posts(proxy, proxy.port, path) as posts:
            for _each in range(10):
                assert ask(proxy, "/web/login", seconds=SECONDS) == 200
            assert ask(proxy, callback, body=b"id=1", seconds=SECONDS) == 200
            [post] = posts[:1]
            post.sendall(b"x" * 997)
            assert post.recv(12).startswith(b"HTTP/1.1 ")


def test_a_forged_address_buys_no_guesses(proxy: Proxy) -> None:
    def guess(n: int, source: str = HOST) -> int:
        forged = f"203.0.113.{n % 250}"
        headers = dict.fromkeys(("X-Forwarded-For", "X-Real-IP"), forged)
        headers |= {"X-Forwarded-Host": forged, "Forwarded": f"for={forged}"}
        path = f"/su_sms/callback/guess{n}/delivery"
        return ask(proxy, path, source=source, headers=headers, body=b"id=1")

    answers = [guess(n) for n in range(GUESSES)]
    assert set(answers[:30]) == {404}
    assert set(answers[-10:]) == {429}
    assert guess(0, source="127.0.0.2") == 404, "somebody else's address"


def test_what_is_too_long_does_not_reach_odoo(proxy: Proxy, callback: str) -> None:
    before = proxy.odoo.log.read_text().count("/su_sms/callback/")
    assert ask(proxy, callback, body=b"x" * (LONGEST_POST + 1)) == 413
    assert proxy.odoo.log.read_text().count("/su_sms/callback/") == before


def test_the_websocket_is_the_gevent_server(proxy: Proxy) -> None:
    headers = WEBSOCKET | {"Origin": proxy.url}
    path = "/websocket?version=19.0-1"
    assert ask(proxy, path, headers=headers) == 101
    assert ask(proxy, path, port=proxy.odoo.port, headers=headers) != 101


def test_its_log_has_no_secrets(proxy: Proxy, callback: str) -> None:
    token = callback.split("/")[3]
    ask(proxy, f"{callback}?again=1", body=b"id=1")
    ask(proxy, callback, body=b"x" * (LONGEST_POST + 1))
    ask(proxy, "/o/AbCdEfGhIjKl?x=AbCdEfGhIjKl")
    log = proxy.log.read_text()
    assert "POST /su_sms/callback/... 200" in log.replace('" ', " ")
    assert token not in log
    assert "AbCdEfGhIjKl" not in log


def test_only_the_proxy_can_be_reached() -> None:
    services = yaml.safe_load((cache.CHECKOUT / "docker-compose.yml").read_text())
    ports = {
        name: port
        for name, service in services["services"].items()
        for port in service.get("ports", ())
    }
    assert set(ports) == {"proxy", "simulator"}
    assert all(port.startswith("127.0.0.1:") for port in ports.values())


def test_without_the_proxy_slow_posts_would(proxy: Proxy, callback: str) -> None:
    """Show that there is something to keep away: far fewer stop all workers."""
    with slow_posts(proxy, proxy.odoo.port, callback, SLOW // 8):
        with pytest.raises(TimeoutError):
            ask(proxy, "/web/login", port=proxy.odoo.port, seconds=SECONDS)
