"""A chunk of messages, written as the request AT expects."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import quote, urlencode

from .account import Account
from .errors import NotSent, Refused

NUMBER = re.compile(r"\+?[0-9]{1,20}")
PRINTABLE = re.compile(r"[\x21-\x7e]*")

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


class Endpoint(NamedTuple):
    """Say where messages are posted and in which shape."""

    path: str
    content_type: str


LEGACY = Endpoint("/version1/messaging", FORM)
BULK = Endpoint("/version1/messaging/bulk", JSON)
# (environment, is there a sender?) -> endpoint. AT's documentation: the bulk endpoint
# requires a senderId, and is "coming soon" in the sandbox.
ENDPOINTS = {
    ("sandbox", False): LEGACY,
    ("sandbox", True): LEGACY,
    ("production", False): LEGACY,
    ("production", True): BULK,
}
USER = "/version1/user"


@dataclass(frozen=True)
class Chunk:
    """Hold what shares a request: one text, one sender, many numbers.

    :param numbers: E.164; one that holds anything but ``+`` and digits is refused here
    :param sender: registered short code or alphanumeric, ``""`` for AT's own
    :param token: sent as Idempotency-Key; the same for every try, different for every
        chunk. AT is not known to honour it for SMS
    :param enqueue: ``True``: AT answers before the networks do (102); ``None``: AT's
        default
    """

    numbers: Sequence[str]
    text: str = field(repr=False)
    sender: str = ""
    token: str = ""
    enqueue: bool | None = None


@dataclass(frozen=True)
class Request:
    """Hold one HTTP request, ready for the wire.

    :param count: numbers in it
    """

    method: str
    path: str
    headers: dict[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)
    count: int = 0

    @property
    def label(self) -> str:
        """Return method and path for logs, without the query."""
        return f"{self.method} {self.path.partition('?')[0]}"


def send_request(
    account: Account, chunk: Chunk, numbers: Sequence[str], token: str
) -> Request:
    """Write the request that sends ``chunk.text`` to ``numbers``.

    :raises GatewayError: key, token, sender or text cannot be written down
    """
    _check(account, chunk, token)
    endpoint = ENDPOINTS[account.environment, bool(chunk.sender)]
    headers = _headers(account) | {"content-type": endpoint.content_type}
    if token:
        headers["idempotency-key"] = token
    write = _json if endpoint is BULK else _form
    body = write(account.username, chunk, numbers)
    return Request(
        "POST", account.path + endpoint.path, headers, body, count=len(numbers)
    )


def balance_request(account: Account) -> Request:
    """Write the request that asks for the balance.

    :raises NotSent: the key cannot be written down
    """
    _check_key(account)
    query = f"?username={quote(account.username, safe='', errors='replace')}"
    return Request("GET", account.path + USER + query, _headers(account))


def _headers(account: Account) -> dict[str, str]:
    # Without Accept AT's older documentation promises XML.
    return {
        "accept": JSON,
        "apiKey": account.api_key,
        "user-agent": account.user_agent,
    }


def _form(username: str, chunk: Chunk, numbers: Sequence[str]) -> bytes:
    fields = {"username": username, "to": ",".join(numbers), "message": chunk.text}
    if chunk.sender:
        # A short code of ours pays for what it sends; AT ignores it for other senders.
        fields |= {"from": chunk.sender, "bulkSMSMode": "1"}
    if chunk.enqueue is not None:
        fields["enqueue"] = str(int(chunk.enqueue))
    return urlencode(fields).encode("ascii")


def _json(username: str, chunk: Chunk, numbers: Sequence[str]) -> bytes:
    fields = {
        "username": username,
        "message": chunk.text,
        "senderId": chunk.sender,
        "phoneNumbers": list(numbers),
    }
    if chunk.enqueue is not None:
        fields["enqueue"] = int(chunk.enqueue)
    return json.dumps(fields, ensure_ascii=False).encode("utf-8")


def _check(account: Account, chunk: Chunk, token: str) -> None:
    _check_key(account)
    # Only the text is the message's own fault; the rest waits for an administrator.
    if not _is_text(account.username):
        raise NotSent("auth", "The user name holds characters that are no text")
    if not _is_text(chunk.sender):
        raise NotSent("sender", "The sender holds characters that are no text")
    if not PRINTABLE.fullmatch(token):
        raise NotSent("request", "The token holds characters a header cannot")
    if not _is_text(chunk.text):
        raise Refused("request", "The text holds characters that are no text")


def _check_key(account: Account) -> None:
    if not account.api_key or not PRINTABLE.fullmatch(account.api_key):
        raise NotSent("auth", "The API key is missing or not a key")


def _is_text(value: str) -> bool:
    """Tell whether UTF-8 can hold a value: no NUL, no half of a surrogate pair."""
    try:
        return b"\0" not in value.encode("utf-8")
    except UnicodeEncodeError:
        return False
