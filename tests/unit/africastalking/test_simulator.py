"""The connector against the simulator: its ledger says what really went out."""

import socket
import struct
import threading
import time
from decimal import Decimal

import pytest

from su_sms.africastalking.client import Account, Chunk, Client
from su_sms.africastalking.errors import NotSent
from su_sms.africastalking.trust import Trust
from tests.simulator.process import Simulator

from .conftest import waiting

NUMBER = "+254711000111"
OTHER = "+254722000222"
CODES = {
    401: ("refused", "risk"),
    402: ("not_sent", "sender"),
    403: ("refused", "number"),
    404: ("refused", "number_type"),
    405: ("not_sent", "credit"),
    406: ("refused", "opted_out"),
    407: ("refused", "route"),
    409: ("not_sent", "window"),
    500: ("not_sent", "provider"),
    501: ("not_sent", "provider"),
    502: ("refused", "rejected"),
}


@pytest.fixture(scope="module")
def process():
    with Simulator(https=True) as simulator:
        yield simulator


@pytest.fixture
def simulator(process):
    process.admin.reset()
    yield process
    process.admin.clear_faults()


@pytest.fixture(params=["sandbox", "production"])
def environment(request, simulator):
    """Both request shapes: the sandbox's form and the live bulk endpoint's JSON."""
    live = request.param == "production"
    simulator.admin.settings(profile="live" if live else "sandbox")
    return request.param


@pytest.fixture
def client(simulator, environment, naps):
    with make(simulator, naps, environment) as client:
        yield client


def make(simulator, naps, environment="sandbox", **settings):
    values = {"base_url": simulator.url, "read_timeout": 0.5} | settings
    username = "university" if environment == "production" else "sandbox"
    account = Account(username, simulator.api_key, environment, **values)
    return Client(account, sleep=naps.sleep, clock=naps.clock, rng=lambda: 1.0)


def test_send(client, simulator, environment):
    chunk = Chunk([NUMBER, OTHER], "Habari € ✓ \U0001f600", "UNIVERSITY", "token-1")
    outcomes = client.send(chunk)
    assert [outcome.state for outcome in outcomes] == ["accepted"] * 2
    messages = simulator.admin.ledger()
    assert [o.message_id for o in outcomes] == [m["id"] for m in messages]
    assert {m["text"] for m in messages} == {chunk.text}
    assert {m["sender"] for m in messages} == {"UNIVERSITY"}
    assert {o.cost for o in outcomes} == {Decimal("0.8")}
    assert {o.currency for o in outcomes} == {"KES"}
    # The sandbox does not say how many parts it charged.
    assert {o.parts for o in outcomes} == {1 if environment == "production" else None}
    [request] = simulator.admin.requests()
    assert request["path"].endswith("bulk") == (environment == "production")


def test_every_code_of_a_recipient(client, simulator):
    numbers = [f"+254700000{code}" for code in CODES] + [NUMBER]
    outcomes = client.send(Chunk(numbers, "Hello", "UNIVERSITY"))
    assert [(o.state, o.reason) for o in outcomes[:-1]] == list(CODES.values())
    assert [o.code for o in outcomes[:-1]] == list(CODES)
    assert outcomes[-1].state == "accepted"
    assert simulator.admin.summary()["accepted"] == 1


def test_credit_that_runs_out_in_the_middle(client, simulator):
    simulator.admin.settings(balance="0.8")
    [first, second] = client.send(Chunk([NUMBER, OTHER], "Hello", "UNIVERSITY"))
    assert first.state == "accepted"
    assert (second.state, second.reason) == ("not_sent", "credit")
    assert client.balance().amount == 0


def test_balance_falls(client):
    before = client.balance()
    client.send(Chunk([NUMBER], "Hello", "UNIVERSITY"))
    assert before.amount - client.balance().amount == Decimal("0.8")


def test_sender_that_is_not_registered(client, simulator):
    outcomes = client.send(Chunk([NUMBER, OTHER], "Hello", "STRANGER"))
    assert [(o.state, o.reason) for o in outcomes] == [("not_sent", "sender")] * 2
    assert simulator.admin.summary()["accepted"] == 0


@pytest.mark.parametrize("given", [{"api_key": "atsk_wrong"}, {"username": "stranger"}])
def test_wrong_credentials(given, simulator, naps):
    values = {"username": "sandbox", "api_key": simulator.api_key} | given
    with Client(Account(**values, base_url=simulator.url)) as client:
        [outcome] = client.send(Chunk([NUMBER], "Hello"))
        with pytest.raises(NotSent) as caught:
            client.balance()
    assert (outcome.state, outcome.reason) == ("not_sent", "auth")
    assert "authentication is invalid" in outcome.text
    assert caught.value.reason == "auth"


@pytest.mark.parametrize(
    "kind, match, state, reason, recorded",
    [
        ("reset_before", {}, "unknown", "reset", 0),
        ("reset_after", {}, "unknown", "reset", 1),
        ("hang_before", {}, "unknown", "timeout", 0),
        ("hang_after", {}, "unknown", "timeout", 1),
        ("http_401", {}, "not_sent", "auth", 0),
        ("http_429", {"retry_after": "900"}, "not_sent", "throttled", 0),
        ("http_503", {"retry_after": "900"}, "not_sent", "busy", 0),
        ("http_500", {}, "unknown", "http_5xx", 0),
        ("http_500", {"accept": True}, "unknown", "http_5xx", 1),
        ("http_502", {}, "unknown", "http_5xx", 0),
        ("http_502", {"accept": True}, "unknown", "http_5xx", 1),
        ("http_504", {"accept": True}, "unknown", "http_5xx", 1),
        ("truncated_json", {}, "unknown", "unreadable", 1),
        ("truncated_json", {"cut": "connection"}, "unknown", "reset", 1),
        ("xml", {}, "unknown", "unreadable", 1),
        ("missing_recipient", {}, "unknown", "missing", 1),
        ("duplicated_recipient", {}, "accepted", "", 1),
        ("echo_invalid", {}, "accepted", "", 1),
        ("shuffled", {}, "accepted", "", 1),
    ],
)
def test_fault(kind, match, state, reason, recorded, client, simulator, naps):
    simulator.admin.fault(kind, **match)
    [outcome] = client.send(Chunk([NUMBER], "Hello", "UNIVERSITY"))
    assert (outcome.state, outcome.reason) == (state, reason)
    assert simulator.admin.summary()["accepted"] == recorded
    # Only what was certainly not sent may be tried again, and none of these was.
    assert naps.taken == []


@pytest.mark.parametrize("kind", ["http_429", "http_503"])
def test_what_passes_is_tried_again_and_sent_once(kind, client, simulator, naps):
    simulator.admin.fault(kind, times=2, retry_after="1")
    [outcome] = client.send(Chunk([NUMBER], "Hello", "UNIVERSITY", "token"))
    assert outcome.state == "accepted"
    assert naps.taken == [1.5, 2.0]
    assert simulator.admin.summary()["accepted"] == 1


def test_connections_refused_for_a_while(simulator):
    waits = []

    def wait(seconds):
        waits.append(seconds)
        simulator.admin.clear_faults()

    simulator.admin.fault("refuse")
    account = Account("sandbox", simulator.api_key, base_url=simulator.url)
    with Client(account, sleep=wait) as client:
        [outcome] = client.send(Chunk([NUMBER], "Hello"))
    assert outcome.state == "accepted"
    assert len(waits) == 1
    assert simulator.admin.summary()["accepted"] == 1


def test_refused_for_long(client, simulator, naps):
    simulator.admin.fault("refuse")
    [outcome] = client.send(Chunk([NUMBER], "Hello", "UNIVERSITY"))
    assert (outcome.state, outcome.reason) == ("not_sent", "down")
    assert len(naps.taken) == 2


def test_idle_connections_closed_by_the_server_cost_nothing(client, simulator, naps):
    chunk = Chunk([NUMBER], "Hello", "UNIVERSITY")
    client.send(chunk)
    simulator.admin.fault("close_idle")
    deadline = time.monotonic() + 5
    while waiting(client)[0].is_connected:
        assert time.monotonic() < deadline
    [outcome] = client.send(chunk)
    assert outcome.state == "accepted"
    assert naps.taken == []
    assert simulator.admin.summary()["accepted"] == 2


@pytest.mark.parametrize("kind", ["shuffled", "missing_recipient", "echo_invalid"])
def test_many_numbers_answered_strangely_never_mismatch(kind, client, simulator):
    numbers = [f"+25471100{count:04}" for count in range(200)]
    odd = [numbers[17], numbers[170]]
    simulator.admin.fault(kind, **({} if kind == "shuffled" else {"numbers": odd}))
    outcomes = client.send(Chunk(numbers, "Hello", "UNIVERSITY"))
    ids = {m["number"]: m["id"] for m in simulator.admin.ledger()}
    assert [outcome.number for outcome in outcomes] == numbers
    for outcome in outcomes:
        if kind == "missing_recipient" and outcome.number in odd:
            assert (outcome.state, outcome.reason) == ("unknown", "missing")
        else:
            assert outcome.message_id == ids[outcome.number]


def test_copies_of_a_number_are_each_sent_once(client, simulator):
    simulator.admin.settings(collapse_duplicates=True)
    outcomes = client.send(Chunk([NUMBER, OTHER] + [NUMBER] * 3, "Hi", "UNIVERSITY"))
    assert [outcome.state for outcome in outcomes] == ["accepted"] * 5
    assert len({outcome.message_id for outcome in outcomes}) == 5
    assert len(simulator.admin.ledger(number=NUMBER)) == 4


def test_accept_header_keeps_xml_away(client, simulator):
    simulator.admin.settings(xml_without_accept=True)
    [outcome] = client.send(Chunk([NUMBER], "Hello", "UNIVERSITY"))
    assert outcome.state == "accepted"


def test_queued_by_at(client, simulator):
    [outcome] = client.send(Chunk([NUMBER], "Hello", "UNIVERSITY", enqueue=True))
    assert (outcome.state, outcome.code) == ("accepted", 102)


def test_https(simulator, naps):
    trust = Trust("ca", simulator.ca_file.read_text())
    with make(simulator, naps, base_url=simulator.https_url, trust=trust) as client:
        [outcome] = client.send(Chunk([NUMBER], "Hello"))
        assert outcome.state == "accepted"
    with make(simulator, naps, base_url=simulator.https_url) as client:
        [outcome] = client.send(Chunk([NUMBER], "Hello"))
        assert (outcome.state, outcome.reason) == ("not_sent", "tls")
    assert simulator.admin.summary()["accepted"] == 1


class Cutter:
    """A relay that resets each connection after a number of bytes to the server."""

    def __init__(self, url, limit):
        host, _, port = url.removeprefix("http://").partition(":")
        self.upstream, self.limit = (host, int(port)), limit
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._relay, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self.listener.close()

    def _relay(self):
        while True:
            try:
                near, _address = self.listener.accept()
            except OSError:
                return
            with near, socket.create_connection(self.upstream) as far:
                left = self.limit
                while left and (data := near.recv(min(left, 65536))):
                    far.sendall(data)
                    left -= len(data)
                linger = struct.pack("ii", 1, 0)
                near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


@pytest.mark.parametrize("limit", [0, 1, 200, 5_000, 1_000_000, 10_000_000])
def test_cut_anywhere_in_the_request_not_sent_means_not_sent(limit, simulator, naps):
    chunk = Chunk([NUMBER], "x" * 12_000_000)
    with Cutter(simulator.url, limit) as relay:
        with make(simulator, naps, base_url=relay.url, attempts=1) as client:
            [outcome] = client.send(chunk)
    assert outcome.state in ("not_sent", "unknown")
    assert simulator.admin.summary()["accepted"] == 0
    if limit < 1_000_000:
        assert (outcome.state, outcome.reason) == ("not_sent", "down")
