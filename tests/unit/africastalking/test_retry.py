"""What is tried again, when, and how often."""

import time
from email.utils import formatdate

import pytest

from su_sms.africastalking.client import Chunk
from su_sms.africastalking.errors import NotSent, OutcomeUnknown, Refused
from su_sms.africastalking.retry import Retry, retry_after

from .server import Server, accepting, once

CHUNK = Chunk(["+254711000111"], "Hello", token="t1")


def test_waits_double_up_to_a_limit_and_are_jittered(naps):
    def fail():
        raise NotSent("down")

    retry = Retry(8, 100, naps.sleep, naps.clock, lambda: 1.0)
    with pytest.raises(NotSent):
        retry(fail)
    assert naps.taken == [0.5, 1, 2, 4, 8, 8, 8]
    naps.taken.clear()
    with pytest.raises(NotSent):
        Retry(3, 100, naps.sleep, naps.clock, lambda: 0.5)(fail)
    assert naps.taken == [0.25, 0.5]


def test_no_try_starts_after_the_total_time(naps):
    def fail():
        naps.sleep(4)
        raise NotSent("busy")

    with pytest.raises(NotSent):
        Retry(100, 10, naps.sleep, naps.clock, lambda: 1.0)(fail)
    # The third try starts at 9.5 s; the fourth would at 15.5 s.
    assert naps.taken == [4, 0.5, 4, 1, 4]


@pytest.mark.parametrize(
    "error",
    [
        NotSent("tls"),
        NotSent("auth"),
        NotSent("request"),
        NotSent("sender"),
        Refused("request"),
        OutcomeUnknown("timeout"),
        OutcomeUnknown("http_5xx"),
    ],
)
def test_what_is_not_tried_again(error, naps):
    def fail():
        raise error

    with pytest.raises(type(error)):
        Retry(5, 100, naps.sleep, naps.clock, lambda: 1.0)(fail)
    assert naps.taken == []


def test_retry_after_within_the_total_time_is_waited_for(connect, naps):
    with Server(once(429, retry_after="3"), once(503, retry_after="4"), accepting) as s:
        [outcome] = connect(s.url).send(CHUNK)
    assert outcome.state == "accepted"
    assert naps.taken == [3.5, 5.0]
    assert {r.headers["idempotency-key"] for r in s.received} == {"t1"}


def test_retry_after_beyond_the_total_time_is_handed_back_at_once(connect, naps):
    with Server(once(429, retry_after="120")) as server:
        [outcome] = connect(server.url).send(CHUNK)
    assert (outcome.state, outcome.reason) == ("not_sent", "throttled")
    assert outcome.retry_after == 120
    assert naps.taken == []
    assert server.connections == 1


def test_tries_are_counted(connect, naps):
    with Server(once(503)) as server:
        [outcome] = connect(server.url).send(CHUNK)
    assert (outcome.state, outcome.reason) == ("not_sent", "busy")
    assert server.connections == 3


def test_an_unknown_outcome_is_never_tried_again(connect, naps):
    with Server(once(502, b"<title>Bad Gateway</title>"), accepting) as server:
        [outcome] = connect(server.url).send(CHUNK)
    assert (outcome.state, outcome.reason) == ("unknown", "http_5xx")
    assert server.connections == 1


@pytest.mark.parametrize(
    "value, expected",
    [
        ("7", 7),
        (" 0 ", 0),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("1.5", None),
        ("٣", None),
        ("9" * 400, None),
        ("Wed, 21 Oct 2015 07:28:30 GMT", 30),
        ("Wed, 21 Oct 2015 07:27:00 GMT", 0),
        ("Wed, 99 Oct 2015 07:28:30 GMT", None),
    ],
)
def test_retry_after_header(value, expected):
    headers = {"retry-after": value, "date": "Wed, 21 Oct 2015 07:28:00 GMT"}
    assert retry_after(headers) == expected


def test_retry_after_date_without_a_date_of_the_answer():
    assert 50 < retry_after({"retry-after": formatdate(time.time() + 60)}) <= 61
    assert retry_after({}) is None
