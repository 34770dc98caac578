"""Every fault over a real socket: what the client meets, what was recorded."""

import http.client
import json
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from tests.simulator.process import Simulator, SimulatorError

NUMBERS = [f"+2547123456{n:02d}" for n in range(10)]
ALL = ",".join(NUMBERS)


def answered(response):
    return [
        r["number"]
        for r in json.loads(response.content)["SMSMessageData"]["Recipients"]
    ]


@pytest.mark.parametrize(
    "kind, recorded", [("reset_before", 0), ("reset_after", 1), ("reset_connect", 0)]
)
def test_reset(client, admin, kind, recorded):
    admin.fault(kind)
    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        client.send()
    assert admin.summary()["accepted"] == recorded
    client.close()
    assert client.send().status == 201


def test_reset_connect_reads_nothing(client, admin):
    admin.fault("reset_connect")
    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        client.send()
    assert admin.requests() == []


@pytest.mark.parametrize("kind, recorded", [("hang_before", 0), ("hang_after", 1)])
def test_hang_until_the_client_gives_up(client, admin, eventually, kind, recorded):
    admin.fault(kind)
    client.connection.timeout = 0.2
    with pytest.raises(TimeoutError):
        client.send()
    assert admin.summary()["accepted"] == recorded
    client.close()
    eventually(lambda: admin.summary()["in_flight"] == 0)
    assert admin.requests()[0]["status"] is None
    assert admin.summary()["statuses"] == {"none": 1}


@pytest.mark.parametrize("kind", ["hang_before", "hang_after"])
def test_a_hung_request_is_closed_after_its_seconds(client, admin, kind):
    admin.fault(kind, seconds=0.1)
    with pytest.raises(http.client.RemoteDisconnected):
        client.send()


def test_accepted_before_the_answer(client, admin):
    admin.settings(latency_ms=60_000)
    client.connection.timeout = 0.2
    with pytest.raises(TimeoutError):
        client.send()
    assert admin.summary()["accepted"] == 1


PLAIN, HTML = "text/plain; charset=UTF-8", "text/html"
HTTP = [
    ("http_401", 401, PLAIN, "The supplied authentication is invalid"),
    ("http_429", 429, PLAIN, "The user has sent too many requests"),
    ("http_500", 500, HTML, "<html>"),
    ("http_502", 502, HTML, "<html>"),
    ("http_503", 503, HTML, "<html>"),
    ("http_504", 504, HTML, "<html>"),
]


@pytest.mark.parametrize("accept", [False, True])
@pytest.mark.parametrize("kind, status, content_type, text", HTTP)
def test_http_errors(client, admin, kind, status, content_type, text, accept):
    admin.fault(kind, accept=accept)
    response = client.send()
    assert response.status == status
    assert response.getheader("Content-Type") == content_type
    assert response.content.decode().startswith(text)
    assert admin.summary()["accepted"] == int(accept)
    assert client.send().status == 201


@pytest.mark.parametrize("kind", ["http_429", "http_503"])
def test_retry_after(client, admin, kind):
    admin.fault(kind, retry_after="7")
    assert client.send().getheader("Retry-After") == "7"
    admin.fault(kind)
    assert client.send().getheader("Retry-After") is None


def test_truncated_json(client, admin):
    admin.fault("truncated_json")
    response = client.send()
    assert response.status == 201
    with pytest.raises(ValueError):
        json.loads(response.content)
    assert admin.summary()["accepted"] == 1


def test_answer_cut_with_the_connection(client, admin):
    admin.fault("truncated_json", cut="connection")
    with pytest.raises(http.client.IncompleteRead):
        client.send()
    assert admin.summary()["accepted"] == 1


def test_xml(client, admin):
    admin.fault("xml")
    response = client.send()
    assert response.getheader("Content-Type") == "application/xml"
    assert response.content.startswith(b"<AfricasTalkingResponse><SMSMessageData>")
    assert admin.summary()["accepted"] == 1


RESHAPED = [
    ("missing_recipient", {}, NUMBERS[1:]),
    ("missing_recipient", {"numbers": NUMBERS[3:5]}, NUMBERS[:3] + NUMBERS[5:]),
    ("duplicated_recipient", {}, NUMBERS + NUMBERS[:1]),
    ("duplicated_recipient", {"numbers": NUMBERS[4:5]}, NUMBERS + NUMBERS[4:5]),
    ("echo_invalid", {}, ["+" + NUMBERS[0], *NUMBERS[1:]]),
]


@pytest.mark.parametrize("kind, match, expected", RESHAPED)
def test_reshaped_recipients(client, admin, kind, match, expected):
    admin.fault(kind, **match)
    assert answered(client.send(ALL)) == expected
    assert admin.summary()["accepted"] == 10


def test_shuffled(client, admin):
    admin.fault("shuffled")
    numbers = answered(client.send(ALL))
    assert numbers != NUMBERS and sorted(numbers) == NUMBERS


def test_faults_are_taken_in_order_and_as_often_as_set(client, admin):
    admin.fault("http_502", times=2)
    admin.fault("http_503")
    statuses = [client.send().status for _ in range(4)]
    assert statuses == [502, 502, 503, 201]
    assert admin.faults() == []


def test_a_fault_waits_for_its_path_or_number(client, admin):
    admin.fault("http_500", path="/user")
    admin.fault("http_502", numbers=NUMBERS[:1])
    assert client.send(NUMBERS[1]).status == 201
    assert client.send(ALL).status == 502
    key = client.simulator.api_key
    user = "/version1/user?username=sandbox"
    assert client.call("GET", user, apiKey=key).status == 500


def test_until_cleared(client, admin):
    admin.fault("http_500", times=None)
    assert [client.send().status for _ in range(3)] == [500] * 3
    admin.clear_faults()
    assert client.send().status == 201


def test_refuse_is_an_outage_that_forgets_nothing(client, make_client, admin):
    client.send()
    admin.fault("refuse")
    with pytest.raises(ConnectionRefusedError):
        make_client().send()
    # The connection that was kept is gone as well.
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        client.send()
    admin.clear_faults()
    assert make_client().send().status == 201
    assert admin.summary()["accepted"] == 2


def test_refuse_ends_by_itself(make_client, admin, eventually):
    admin.fault("refuse", seconds=0.1)

    def sent():
        try:
            return make_client().send().status == 201
        except ConnectionRefusedError:
            return False

    assert not sent()
    eventually(sent)
    assert admin.faults() == []


def test_close_idle(client, admin):
    client.send()
    peer = admin.requests()[0]["peer"]
    admin.fault("close_idle")
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        client.send()
    client.close()
    client.send()
    assert admin.requests()[-1]["peer"] != peer


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "nonsense"},
        {"kind": "xml", "other": 1},
        {"kind": "xml", "times": "1"},
        {"kind": "xml", "times": 0},
        {"kind": "truncated_json", "cut": "hair"},
    ],
)
def test_faults_that_make_no_sense(admin, fault):
    with pytest.raises(SimulatorError, match="error"):
        admin.fault(**fault)


def test_sixteen_at_once_are_not_slower_than_one(make_client, admin):
    admin.settings(latency_ms=1_000)
    many = ",".join(f"+2547{n:08d}" for n in range(10_000_000, 10_000_500))
    clients = [make_client() for _ in range(16)]
    began = time.monotonic()
    with ThreadPoolExecutor(16) as pool:
        assert {r.status for r in pool.map(lambda c: c.send(many), clients)} == {201}
    # One after the other would take 16 s.
    assert time.monotonic() - began < 8
    assert admin.summary()["in_flight_peak"] == 16
    assert admin.summary()["accepted"] == 8_000


def test_https_with_its_own_ca():
    with Simulator(https=True) as simulator:
        address = urlsplit(simulator.https_url)
        trusting = ssl.create_default_context(cafile=simulator.ca_file)
        for context in (trusting, None):
            connection = http.client.HTTPSConnection(
                address.hostname, address.port, timeout=5, context=context
            )
            if context is None:
                with pytest.raises(ssl.SSLCertVerificationError):
                    connection.request("GET", "/admin/health")
            else:
                connection.request("GET", "/admin/health")
                assert json.load(connection.getresponse())["status"] == "ok"
            connection.close()
        for kind in ("reset_before", "reset_connect"):
            simulator.admin.fault(kind)
            connection = http.client.HTTPSConnection(
                address.hostname, address.port, timeout=5, context=trusting
            )
            # OpenSSL calls it an end of file when the write meets the reset.
            with pytest.raises((ConnectionResetError, ssl.SSLEOFError)):
                connection.request("GET", "/version1/user?username=sandbox")
                connection.getresponse()
            connection.close()


def test_stop_and_start_on_the_same_port():
    with Simulator() as simulator:
        url = simulator.url
        assert simulator.admin.health()["status"] == "ok"
        simulator.stop()
        with pytest.raises(OSError):
            simulator.admin.health()
        simulator.start()
        assert simulator.url == url
        assert simulator.admin.health()["status"] == "ok"


def test_a_taken_port_says_so(simulator):
    port = urlsplit(simulator.url).port
    with pytest.raises(SimulatorError):
        Simulator(port=port).start()
