"""What leaves for AT, in which shape, and how a chunk comes back."""

import logging
import threading
import traceback
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from su_sms.africastalking.client import Account, Chunk, Client
from su_sms.africastalking.errors import GatewayError, NotSent
from su_sms.africastalking.trust import Trust

from .conftest import KEY, waiting
from .server import Server, accepted, accepting, envelope, once

NUMBER = "+254711000111"
OTHER = "+254722000222"


def sent(server, client, chunk):
    outcomes = client.send(chunk)
    assert [outcome.number for outcome in outcomes] == list(chunk.numbers)
    return server.received


@pytest.mark.parametrize(
    "environment, chunk, line, fields",
    [
        (
            "sandbox",
            Chunk([NUMBER, OTHER], "Habari & karibu + 50% ✓"),
            "POST /version1/messaging HTTP/1.1",
            {
                "username": "university",
                "to": f"{NUMBER},{OTHER}",
                "message": "Habari & karibu + 50% ✓",
            },
        ),
        (
            "sandbox",
            Chunk([NUMBER], "Hi", sender="UNI", enqueue=True),
            "POST /version1/messaging HTTP/1.1",
            {
                "username": "university",
                "to": NUMBER,
                "message": "Hi",
                "from": "UNI",
                "bulkSMSMode": "1",
                "enqueue": "1",
            },
        ),
        (
            "production",
            Chunk([NUMBER], "Hi", enqueue=False),
            "POST /version1/messaging HTTP/1.1",
            {"username": "university", "to": NUMBER, "message": "Hi", "enqueue": "0"},
        ),
        (
            "production",
            Chunk([NUMBER, OTHER], "שלום \U0001f600", sender="UNI", enqueue=True),
            "POST /version1/messaging/bulk HTTP/1.1",
            {
                "username": "university",
                "phoneNumbers": [NUMBER, OTHER],
                "message": "שלום \U0001f600",
                "senderId": "UNI",
                "enqueue": 1,
            },
        ),
    ],
)
def test_request(environment, chunk, line, fields):
    with Server(accepting) as server:
        account = Account("university", KEY, environment, base_url=server.url)
        with Client(account) as client:
            [received] = sent(server, client, chunk)
    assert received.line == line
    assert received.fields == fields


def test_headers(connect):
    with Server(accepting) as server:
        client = connect(server.url, user_agent="su_sms/1.0")
        [received] = sent(server, client, Chunk([NUMBER], "Hi", token="token-1"))
    assert received.headers["apikey"] == KEY
    assert received.headers["accept"] == "application/json"
    assert received.headers["content-type"] == "application/x-www-form-urlencoded"
    assert received.headers["idempotency-key"] == "token-1"
    assert received.headers["user-agent"] == "su_sms/1.0"
    assert "cookie" not in received.headers


def test_a_chunk_without_a_token_has_no_idempotency_key(connect):
    with Server(accepting) as server:
        [received] = sent(server, connect(server.url), Chunk([NUMBER], "Hi"))
    assert "idempotency-key" not in received.headers


@pytest.mark.parametrize(
    "environment, url",
    [
        ("sandbox", "https://api.sandbox.africastalking.com"),
        ("production", "https://api.africastalking.com"),
    ],
)
def test_address_of_an_environment(environment, url):
    account = Account("u", KEY, environment)
    assert (account.url, account.port, account.secure) == (url, 443, True)


def test_a_relay_may_have_a_path(connect):
    with Server(accepting) as server:
        client = connect(server.url + "/relay/")
        [received] = sent(server, client, Chunk([NUMBER], "Hi"))
    assert received.line.startswith("POST /relay/version1/messaging ")


def test_balance(connect):
    body = b'{"UserData":{"balance":"KES 1234.5000"}}'
    with Server(once(200, body)) as server:
        balance = connect(server.url).balance()
    assert (balance.amount, balance.currency) == (Decimal("1234.5"), "KES")


def test_copies_of_a_number_go_in_requests_of_their_own(connect):
    numbers = [NUMBER, OTHER, NUMBER, NUMBER.strip("+"), OTHER]
    with Server(accepting) as server:
        received = sent(server, connect(server.url), Chunk(numbers, "Hi", token="t"))
    assert [(r.numbers, r.headers["idempotency-key"]) for r in received] == [
        ([NUMBER, OTHER], "t"),
        ([NUMBER, OTHER], "t-2"),
        ([NUMBER.strip("+")], "t-3"),
    ]


def test_copies_behind_a_failed_request_are_not_tried(connect):
    def vanish(peer):
        peer.receive()

    with Server(vanish, accepting) as server:
        outcomes = connect(server.url).send(Chunk([NUMBER] * 10_000, "Hi"))
    assert [outcomes[0].state, outcomes[0].reason] == ["unknown", "reset"]
    assert {(o.state, o.reason) for o in outcomes[1:]} == {("not_sent", "down")}
    assert server.connections == 1


def test_what_is_no_number_never_reaches_the_request(connect):
    garbage = [
        "+254711,+254722",
        "",
        "abc",
        "+254 711",
        "+",
        "٢٥٤٧١١",
        "+1\n",
        "1" * 99,
    ]
    with Server(accepting) as server:
        outcomes = connect(server.url).send(Chunk([NUMBER, *garbage], "Hi"))
    assert [r.numbers for r in server.received] == [[NUMBER]]
    assert [(o.state, o.reason) for o in outcomes[1:]] == (
        [("refused", "number")] * len(garbage)
    )


def test_a_chunk_of_garbage_alone_sends_nothing(connect):
    with Server(accepting) as server:
        [outcome] = connect(server.url).send(Chunk(["abc"], "Hi"))
    assert (outcome.state, outcome.reason) == ("refused", "number")
    assert server.connections == 0


@pytest.mark.parametrize("chunk", [Chunk([], "Hi"), Chunk([NUMBER], "")])
def test_a_chunk_without_numbers_or_text_is_a_mistake(chunk, connect):
    with pytest.raises(ValueError):
        connect("http://127.0.0.1:1").send(chunk)


@pytest.mark.parametrize(
    "chunk, state, reason",
    [
        (Chunk([NUMBER], "NUL \0"), "refused", "request"),
        (Chunk([NUMBER], "half \ud83d"), "refused", "request"),
        (Chunk([NUMBER], "Hi", sender="U\0"), "not_sent", "sender"),
        (Chunk([NUMBER], "Hi", token="two\r\nlines"), "not_sent", "request"),
        (Chunk([NUMBER], "Hi", token="ключ"), "not_sent", "request"),
    ],
)
@pytest.mark.parametrize("environment", ["sandbox", "production"])
def test_what_cannot_be_written_stays_here(chunk, state, reason, environment):
    with Server(accepting) as server:
        account = Account("university", KEY, environment, base_url=server.url)
        [outcome] = Client(account).send(chunk)
    assert (outcome.state, outcome.reason) == (state, reason)
    assert server.connections == 0


@pytest.mark.parametrize("username", ["a\0b", "\ud83d"])
def test_a_user_name_that_is_none_is_a_matter_of_credentials(username):
    with Server(accepting) as server:
        account = Account(username, KEY, base_url=server.url)
        [outcome] = Client(account).send(Chunk([NUMBER], "Hi"))
    assert (outcome.state, outcome.reason) == ("not_sent", "auth")
    assert server.connections == 0


@pytest.mark.parametrize("key", ["", "two\r\nlines", "ключ", "a b", "nul\0", "\ud83d"])
def test_a_key_that_is_none_is_a_matter_of_credentials(key):
    with Server(accepting) as server:
        client = Client(Account("u", key, base_url=server.url))
        [outcome] = client.send(Chunk([NUMBER], "Hi"))
        with pytest.raises(NotSent) as caught:
            client.balance()
    assert (outcome.state, outcome.reason) == ("not_sent", "auth")
    assert caught.value.reason == "auth"
    assert server.connections == 0


@pytest.mark.parametrize("agent", ["two\r\nlines", "агент"])
def test_a_header_that_cannot_be_written_is_not_sent(agent, connect):
    with Server(accepting) as server:
        client = connect(server.url, user_agent=agent)
        [outcome] = client.send(Chunk([NUMBER], "Hi"))
    assert (outcome.state, outcome.reason) == ("not_sent", "request")
    assert server.received == []


@pytest.mark.parametrize("username", ["with space & more", "имя", "\ud83d", "a\r\nb"])
def test_any_user_name_can_ask_for_the_balance(username):
    with Server(once(401, b"No")) as server:
        account = Account(username, KEY, base_url=server.url, attempts=1)
        with pytest.raises(NotSent) as caught:
            Client(account).balance()
    assert caught.value.reason == "auth"


@pytest.mark.parametrize(
    "settings",
    [
        {"environment": "staging"},
        {"base_url": "ftp://x"},
        {"base_url": "https://"},
        {"base_url": "https://host:0"},
        {"base_url": "https://host:99999"},
        {"base_url": "https://host/?q"},
        {"base_url": "https://ho st"},
        {"base_url": "//host"},
        {"proxy": "socks5://user:secret@host:1"},
        {"proxy": "host:3128"},
        {"attempts": 0},
        {"concurrency": 0},
        {"read_timeout": 0},
    ],
)
def test_settings_that_cannot_work(settings):
    with pytest.raises(ValueError) as caught:
        Account("u", KEY, **settings)
    assert "secret" not in str(caught.value)


def test_proxies_and_credentials_of_the_machine_play_no_part(
    connect, monkeypatch, tmp_path
):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login x password y\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with Server(accepting) as server:
        [received] = sent(server, connect(server.url), Chunk([NUMBER], "Hi"))
    assert "authorization" not in received.headers


def test_cookies_are_not_kept(connect):
    with Server(once(201, envelope("Sent to 0/1"), set_cookie="a=b"), accepting) as s:
        client = connect(s.url)
        client.send(Chunk([NUMBER], "Hi"))
        [_first, second] = sent(s, client, Chunk([NUMBER], "Hi"))
    assert "cookie" not in second.headers


def test_threads_share_a_client_and_its_connections(connect):
    together = threading.Barrier(8)

    numbers = [f"+2547110{count:05}" for count in range(200)]

    def send(number):
        return client.send(Chunk([number], f"Hi {number}"))[0]

    with Server(accepting) as server:
        client = connect(server.url, concurrency=8)
        with ThreadPoolExecutor(8, initializer=together.wait) as pool:
            outcomes = list(pool.map(send, numbers))
    assert [o.number for o in outcomes] == numbers
    assert {o.state for o in outcomes} == {"accepted"}
    assert all(o.message_id == f"ATXid_{o.number[1:]}" for o in outcomes)
    assert all(r.fields["message"] == f"Hi {r.numbers[0]}" for r in server.received)
    assert server.connections <= 8


def test_more_threads_than_connections_do_not_wait_for_each_other(connect):
    meeting = threading.Barrier(6)

    def talk(peer):
        request = peer.receive()
        meeting.wait(10)
        peer.answer(201, accepted(*request.numbers))

    with Server(talk) as server:
        client = connect(server.url, concurrency=2)
        with ThreadPoolExecutor(6) as pool:
            chunks = [Chunk([f"+25471100011{count}"], "Hi") for count in range(6)]
            outcomes = list(pool.map(client.send, chunks))
        assert len(waiting(client)) <= 2
    assert Counter(o.state for [o] in outcomes) == {"accepted": 6}


def test_a_closed_client_opens_again(connect):
    with Server(accepting) as server:
        client = connect(server.url)
        client.send(Chunk([NUMBER], "Hi"))
        client.close()
        [outcome] = client.send(Chunk([NUMBER], "Hi"))
    assert outcome.state == "accepted"
    assert server.connections == 2


def test_one_line_is_logged_and_holds_no_secret(connect, caplog):
    caplog.set_level(logging.DEBUG)
    text = "Very private words"
    with Server(accepting) as server:
        client = connect(server.url)
        client.send(Chunk([NUMBER, OTHER], text, token="t"))
        client.send(Chunk([NUMBER, "abc"], text + "\0"))
    lines = [r for r in caplog.records if r.name == "su_sms.africastalking"]
    assert len(lines) == 1
    assert "POST /version1/messaging" in lines[0].getMessage()
    assert "accepted 2" in lines[0].getMessage()
    for secret in (KEY, text, NUMBER[1:], OTHER[1:]):
        assert secret not in caplog.text


@pytest.mark.parametrize(
    "talk, url",
    [
        (once(401, b"The supplied authentication is invalid"), None),
        (lambda peer: peer.receive(), None),
        (accepting, "http://127.0.0.1:1"),
    ],
)
def test_a_traceback_with_every_local_shows_no_key(talk, url, connect):
    with Server(talk) as server:
        client = connect(url or server.url, attempts=1)
        try:
            client.balance()
        except GatewayError as error:
            shown = traceback.TracebackException.from_exception(
                error, capture_locals=True
            )
            assert error.__context__ is None
            assert error.__cause__ is None
    assert KEY not in "".join(shown.format())


def test_nothing_that_can_be_printed_shows_a_key_or_a_text():
    account = Account("u", KEY, proxy="http://me:secret@proxy:1", trust=Trust())
    assert KEY not in repr(account) + repr(Client(account))
    assert "secret" not in repr(account)
    assert "private" not in repr(Chunk([NUMBER], "private"))
