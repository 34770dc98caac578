"""Posts that nobody should send: each odd in a way that some program is."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote_plus, urlencode

from .posting import FORM, Post

KINDS = ("delivery", "incoming", "optout", "subscription")
LONGEST = 32_768
NAMES = (
    *("id", "status", "phoneNumber", "networkCode", "failureReason", "retryCount"),
    *("from", "to", "text", "date", "linkId", "cost", "senderId", "shortCode"),
    *("keyword", "updateType", "ID", "self", "cls", "env", "token", "kind", "kwargs"),
    *("csrf_token", "session_id", "debug", "context", "", "__proto__", "id[]", "a.b"),
)
WORDS = ("ATXid_1", "None", "Success", "success", "Teleported", "Failed", "STOP", "")
NUMBERS = ("+254711000001", "254711000001", "++2547", "٠٧١٢٣٤٥٦٧٨", "0", "-1", "1e400")
DATES = ("2026-11-22 09:30:00", "0001-01-01T00:00:00Z", "9999-12-31 23:59:59")
WRONG_DATES = ("2026-02-31 25:61:61", "1970-01-01", "tomorrow")
CODE = (
    "'; DROP TABLE sms_sms; --",
    "%s %(x)s",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
)
CODE += ("../../etc/passwd", "${jndi:x}", '{"a": 1}', "null", "\\u0000", "\r\nA: b")
SIGNS = ("\0", "a\0b", "\ufeff", "\u202e", "\ud83d", "👩‍👩‍👧‍👦", "é" * 500)
VALUES = (*WORDS, *NUMBERS, *DATES, *WRONG_DATES, *CODE, *SIGNS)
TYPES = (
    *(FORM, f"{FORM}; charset=utf-16", f"{FORM}; charset=nonsense", "text/plain", ""),
    *("application/json", "multipart/form-data", "multipart/form-data; boundary=", "/"),
    *("application/xml", "application/octet-stream", "x" * 300),
)
METHODS = ("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "X")
READING = ("GET", "HEAD", "OPTIONS")
WRONG_TOKENS = ("wrong", "x" * 200, "%00", "%c3%28", "..%2f", "é".encode().hex(), "%20")


@dataclass(frozen=True)
class Case:
    """A post and what it must come to.

    :ivar stored: whether an event of it is to be kept
    :ivar statuses: what it may be answered
    """

    post: Post
    stored: bool
    statuses: frozenset[int]


def case(rng: random.Random, token: str) -> Case:
    """Make up a case for the gateway with this token."""
    path = f"/su_sms/callback/{token}/{rng.choice(KINDS)}"
    if rng.random() < 0.2:
        path += "?" + urlencode(
            {rng.choice(NAMES): _value(rng)}, errors="surrogatepass"
        )
    roll = rng.random()
    if roll < 0.03:
        wrong = path.replace(token, rng.choice(WRONG_TOKENS), 1)
        return Case(_post(rng, wrong, _form(rng)), False, frozenset({404, 429}))
    if roll < 0.05:
        long = b"text=" + bytes(
            rng.choices(b"ab%&=\xff", k=LONGEST + rng.randrange(99_999))
        )
        return Case(_post(rng, path, long), False, frozenset({413}))
    if roll < 0.08:
        method = rng.choice(METHODS)
        post = Post(path, b"", method=method)
        given = frozenset({200} if method in READING else {405, 501})
        return Case(post, False, given)
    return Case(_post(rng, path, rng.choice(BODIES)(rng)), True, frozenset({200}))


def _post(rng: random.Random, path: str, body: bytes) -> Post:
    content_type = rng.choice(TYPES) if rng.random() < 0.3 else FORM
    headers = {"Content-Type": content_type} if content_type else {}
    if rng.random() < 0.1:
        headers["Transfer-Encoding"] = "chunked"
    if rng.random() < 0.05:
        sid = quote_plus(_value(rng), errors="surrogatepass")
        headers["Cookie"] = f"session_id={sid}"
    return Post(path, body, headers)


def _form(rng: random.Random) -> bytes:
    """A form, fields repeated and mixed at will."""
    pairs = [(rng.choice(NAMES), _value(rng)) for _ in range(rng.randrange(12))]
    return urlencode(pairs, errors="surrogatepass").encode()


def _report(rng: random.Random) -> bytes:
    """A report but for one odd value."""
    fields = {"id": "ATXid_1", "status": "Success", "phoneNumber": "+254711000001"}
    fields[rng.choice(NAMES)] = _value(rng)
    return urlencode(fields, errors="surrogatepass").encode()


def _bytes(rng: random.Random) -> bytes:
    """Any bytes."""
    return rng.randbytes(rng.randrange(2000))


def _signs(rng: random.Random) -> bytes:
    """The signs that forms are made of."""
    return bytes(rng.choices(b"&=%+;ai0\x00\xff\xc3", k=rng.randrange(500)))


def _mutated(rng: random.Random) -> bytes:
    """A form with some bytes changed."""
    body = bytearray(_form(rng))
    for _ in range(rng.randrange(8)):
        if body:
            body[rng.randrange(len(body))] = rng.randrange(256)
    return bytes(body)


def _long(rng: random.Random) -> bytes:
    """As long as is taken, in one value that does not compress, or in many fields."""
    room = LONGEST - 200
    if rng.random() < 0.5:
        return b"a=1&" * (room // 4)
    name = rng.choice(["id", "from", "phoneNumber", "status", "text"])
    return f"id=1&status=Success&{name}={rng.randbytes(room // 2).hex()}".encode()


def _json(rng: random.Random) -> bytes:
    """JSON instead of a form."""
    return json.dumps({rng.choice(NAMES): _value(rng)}).encode()


def _multipart(rng: random.Random) -> bytes:
    """Parts instead of a form, whatever the boundary."""
    return (
        f'--b\r\nContent-Disposition: form-data; name="{rng.choice(NAMES)}"\r\n\r\n'
        f"{_value(rng)}\r\n--b--\r\n"
    ).encode(errors="surrogatepass")


BODIES: tuple[Callable[[random.Random], bytes], ...] = (
    *(_form, _report, _bytes, _signs, _mutated, _json, _multipart),
    lambda rng: _long(rng) if rng.random() < 0.2 else b"",
)


def _value(rng: random.Random) -> str:
    value = rng.choice(VALUES)
    return value + rng.choice(VALUES) if rng.random() < 0.2 else value
