"""The bytes that AT answers with: bodies, rejections, spellings.

Recorded unless marked inferred. AT runs akka-http, whose plain-text rejections are
what it says where its own code has nothing to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from json.encoder import encode_basestring as quote
from typing import NamedTuple
from xml.sax.saxutils import escape

from .account.settings import decimal_text

SERVER = "akka-http/10.2.10"
# The sandbox adds its total up in dollars while each recipient costs shillings:
# "USD 0.0079" for one part of "KES 0.8000".
SANDBOX_CURRENCY = "USD"
SANDBOX_RATE = (79, 8_000)


@dataclass(frozen=True)
class Answer:
    """One HTTP answer, ready to be written."""

    status: int
    body: bytes
    content_type: str
    headers: dict[str, str] = field(default_factory=dict)


class Recipient(NamedTuple):
    """One entry of Recipients; ``cost`` in ten-thousandths, 0 when refused."""

    number: str
    code: int
    status: str
    cost: int = 0
    message_id: str = "None"
    parts: int = 0


class SendResult(NamedTuple):
    """What AT decided about one send request."""

    message: str
    recipients: list[Recipient]
    currency: str
    with_parts: bool


def text(status: int, body: str, **headers: str) -> Answer:
    """Build a plain-text answer as akka-http writes it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, body.encode(), "text/plain; charset=UTF-8", named)


def json(status: int, body: str) -> Answer:
    """Build a JSON answer; the header has no charset, as recorded."""
    return Answer(status, body.encode(errors="replace"), "application/json")


CHALLENGE = {"WWW_Authenticate": 'Basic realm="api",charset=UTF-8'}
BAD_CREDENTIALS = text(401, "The supplied authentication is invalid", **CHALLENGE)
# The three below are inferred from akka-http's RejectionHandler.default.
NO_CREDENTIALS = text(
    401,
    "The resource requires authentication, which was not supplied with the request",
    **CHALLENGE,
)
NOT_FOUND = text(404, "The requested resource could not be found.")
WRONG_TYPE = "The request's Content-Type is not supported. Expected:\n"


def missing_field(name: str) -> Answer:
    """Answer a form that lacks a field."""
    return text(400, f"Request is missing required form field '{name}'")


def missing_parameter(name: str) -> Answer:
    """Answer a query that lacks a parameter."""
    return text(404, f"Request is missing required query parameter '{name}'")


def malformed(reason: str) -> Answer:
    """Answer JSON that can't be read."""
    return text(400, f"The request content was malformed:\n{reason}")


def unsupported_type(expected: str) -> Answer:
    """Answer a body of a type that the endpoint doesn't read (inferred)."""
    return text(415, WRONG_TYPE + expected)


def wrong_method(allowed: Iterable[str]) -> Answer:
    """Answer a method that the path doesn't have (inferred)."""
    names = ", ".join(allowed)
    return text(
        405, f"HTTP method not allowed, supported methods: {names}", Allow=names
    )


def total(accepted: list[Recipient], profile: str, currency: str) -> str:
    """Write the total as the profile does; a bare 0 when nothing was accepted."""
    if not accepted:
        return "Total Cost: 0"
    amount = sum(recipient.cost for recipient in accepted)
    if profile == "live":
        return f"Total Cost: {currency} {decimal_text(amount)}"
    rate, unit = SANDBOX_RATE
    dollars = decimal_text(round(amount * rate / unit))
    parts = accepted[0].parts
    return f"Total Cost: {SANDBOX_CURRENCY} {dollars} Message parts: {parts}"


def sent(result: SendResult) -> Answer:
    """Write a send result: compact JSON, keys in alphabetical order."""
    prices: dict[int, str] = {0: "0"}
    entries = []
    for number, code, status, cost, message_id, parts in result.recipients:
        if cost not in prices:
            prices[cost] = f"{result.currency} {decimal_text(cost)}"
        shown = f'"messageParts":{parts},' if result.with_parts and parts else ""
        entries.append(
            f'{{"cost":{quote(prices[cost])},"messageId":"{message_id}",{shown}'
            f'"number":{quote(number)},"status":"{status}","statusCode":{code}}}'
        )
    return json(
        201,
        f'{{"SMSMessageData":{{"Message":{quote(result.message)},'
        f'"Recipients":[{",".join(entries)}]}}}}',
    )


def sent_as_xml(result: SendResult) -> Answer:
    """Write a send result as XML, AT's default of old (inferred from its docs)."""
    entries = "".join(
        f"<Recipient><number>{escape(recipient.number)}</number>"
        f"<cost>{_price(recipient.cost, result.currency)}</cost>"
        f"<status>{recipient.status}</status>"
        f"<statusCode>{recipient.code}</statusCode>"
        f"<messageId>{recipient.message_id}</messageId></Recipient>"
        for recipient in result.recipients
    )
    body = (
        "<AfricasTalkingResponse><SMSMessageData>"
        f"<Message>{escape(result.message)}</Message>"
        f"<Recipients>{entries}</Recipients>"
        "</SMSMessageData></AfricasTalkingResponse>"
    )
    return Answer(201, body.encode(errors="replace"), "application/xml")


def _price(cost: int, currency: str) -> str:
    return f"{currency} {decimal_text(cost)}" if cost else "0"


def web_page(status: int, reason: str, headers: dict[str, str]) -> Answer:
    """Write the HTML that a proxy in front of AT would answer with (inferred)."""
    title = f"{status} {reason}"
    page = (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
        f"<center><h1>{title}</h1></center>\r\n<hr><center>nginx</center>\r\n"
        "</body>\r\n</html>\r\n"
    )
    return Answer(status, page.encode(), "text/html", {"Server": "nginx"} | headers)
