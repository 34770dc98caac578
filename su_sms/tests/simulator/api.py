"""What AT answers to a call: its paths, its checks, its send.

Nothing here waits or touches a socket; ``exchange`` does both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from . import answers
from .account import parts
from .account.ledger import Acceptance, Message
from .account.numbers import REFUSED, STATUS_NAMES
from .account.settings import decimal_text
from .answers import Answer, Recipient, SendResult
from .state import State

DEFAULT_SENDER = "AFRICASTKNG"
MESSAGING = "/version1/messaging"
BULK = "/version1/messaging/bulk"
USER = "/version1/user"
FORM = "application/x-www-form-urlencoded"
E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
# The shape of a number hashed for Safaricom, seen in a recorded request.
HASHED = re.compile(r"\+[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True)
class Call:
    """A request as the API reads it; ``fault`` is why its body could not be read."""

    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    fields: dict[str, Any] = field(default_factory=dict)
    fault: Answer | None = None

    @classmethod
    def parse(
        cls,
        method: str,
        path: str,
        headers: Mapping[str, str],
        query: Mapping[str, str],
        body: bytes,
    ) -> Call:
        """Read a request's body by its content type."""
        content_type = headers.get("Content-Type", "").partition(";")[0].strip().lower()
        fields: dict[str, Any] = {}
        fault = None
        if method != "POST":
            pass
        elif content_type == FORM:
            form = parse_qs(body.decode(errors="replace"), keep_blank_values=True)
            fields = {name: values[0] for name, values in form.items()}
            fields |= {"phoneNumbers": form.get("phoneNumbers", [])}
        elif path == BULK and content_type == "application/json":
            fields, fault = _read_json(body)
        else:
            fault = answers.unsupported_type(f"{FORM} or multipart/form-data")
        return cls(method, path, headers, query, fields, fault)

    @property
    def numbers(self) -> list[str]:
        """Return the numbers the request names, as they are written."""
        if self.path == BULK:
            masked = self.fields.get("maskedNumber")
            return [masked] if masked else self.fields.get("phoneNumbers", [])
        to = self.fields.get("to")
        return [] if to is None else to.split(",")

    @property
    def sends(self) -> bool:
        """Tell whether the request asks to send."""
        return self.method == "POST" and self.path in (MESSAGING, BULK)


def _read_json(body: bytes) -> tuple[dict[str, Any], Answer | None]:
    try:
        fields = json.loads(body)
    except ValueError as error:
        return {}, answers.malformed(str(error))
    if not isinstance(fields, dict):
        return {}, answers.malformed("Object expected")
    numbers = fields.get("phoneNumbers", [])
    if not isinstance(numbers, list) or not all(isinstance(n, str) for n in numbers):
        return {}, answers.malformed("Expected List as JsArray for phoneNumbers")
    for name in ("username", "message", "senderId", "maskedNumber"):
        if not isinstance(fields.get(name, ""), str):
            return {}, answers.malformed(f"Expected String as JsString for {name}")
    return fields, None


@dataclass
class Reply:
    """What the API decided: an answer, or a send result yet to be written."""

    answer: Answer | None = None
    result: SendResult | None = None
    accepted: list[Message] = field(default_factory=list)


def reply(state: State, call: Call, request: int) -> Reply:
    """Answer a call, recording whatever it sends under the request's number."""
    methods = ROUTES.get(call.path)
    if methods is None or (call.path == BULK and state.settings.profile != "live"):
        # AT: the sandbox of the new bulk endpoint is "coming soon".
        return Reply(answers.NOT_FOUND)
    endpoint = methods.get(call.method)
    if endpoint is None:
        return Reply(answers.wrong_method(methods))
    if call.fault is not None:
        return Reply(call.fault)
    return endpoint(state, call, request)


def _rejection(
    state: State, call: Call, given: Mapping[str, Any], missing: Callable[[str], Answer]
) -> Answer | None:
    """Check key and username, in the order in which AT could."""
    key = call.headers.get("apiKey")
    if key is None:
        return answers.NO_CREDENTIALS
    username = given.get("username")
    if username is None:
        return missing("username")
    settings = state.settings
    # The sandbox knows only the literal "sandbox", the live host never does.
    at_home = (settings.profile == "sandbox") == (username == "sandbox")
    if not at_home or settings.accounts.get(username) != key:
        return answers.BAD_CREDENTIALS
    return None


def _send_form(state: State, call: Call, request: int) -> Reply:
    rejection = _rejection(state, call, call.fields, answers.missing_field)
    for name in ("to", "message"):
        if rejection is None and name not in call.fields:
            rejection = answers.missing_field(name)
    if rejection is not None:
        return Reply(rejection)
    return _send(state, call, request, call.fields.get("from"))


def _missing_member(name: str) -> Answer:
    return answers.malformed(f"Object is missing required member '{name}'")


def _send_bulk(state: State, call: Call, request: int) -> Reply:
    rejection = _rejection(state, call, call.fields, _missing_member)
    needed = ["phoneNumbers", "message"]
    if not call.fields.get("maskedNumber"):
        needed.append("senderId")
    for name in needed:
        if rejection is None and name not in call.fields:
            rejection = _missing_member(name)
    if rejection is not None:
        return Reply(rejection)
    return _send(state, call, request, call.fields.get("senderId"))


def _send(state: State, call: Call, request: int, sender: str | None) -> Reply:
    settings = state.settings
    username = call.fields["username"]
    key = call.headers.get("Idempotency-Key")
    if settings.honour_idempotency and (username, key) in state.remembered:
        return Reply(result=state.remembered[username, key])
    with_parts = settings.profile == "live"
    if sender and (sender not in settings.senders or len(sender) > 11):
        return Reply(
            result=SendResult("InvalidSenderId", [], settings.currency, with_parts)
        )
    premium = str(call.fields.get("bulkSMSMode", "1")) == "0"
    count = parts.count(call.fields["message"])
    acceptance = Acceptance(
        request=request,
        username=username,
        sender=sender or DEFAULT_SENDER,
        text=call.fields["message"],
        parts=count,
        cost=0 if premium else count * settings.price,
        currency=settings.currency,
        idempotency_key=key,
    )
    numbers = call.numbers
    if settings.collapse_duplicates:
        numbers = list(dict.fromkeys(numbers))
    code = 102 if premium else _accepted_code(call, settings.profile)
    recipients, accepted = _deliver(state, acceptance, numbers, code)
    message = f"Sent to {len(accepted)}/{len(numbers)}"
    if not premium:
        billed = [r for r in recipients if r.code < 400]
        message += " " + answers.total(billed, settings.profile, settings.currency)
    result = SendResult(message, recipients, settings.currency, with_parts)
    if settings.honour_idempotency and key:
        state.remembered[username, key] = result
    return Reply(result=result, accepted=accepted)


def _accepted_code(call: Call, profile: str) -> int:
    """Return the code of acceptance, as recorded for each form of ``enqueue``."""
    enqueue = call.fields.get("enqueue")
    if enqueue is None:
        return 100 if profile == "live" else 101
    return 102 if str(enqueue).lower() in ("1", "true") else 101


def _deliver(
    state: State, acceptance: Acceptance, numbers: list[str], code: int
) -> tuple[list[Recipient], list[Message]]:
    settings = state.settings
    balance = settings.balance
    cost = acceptance.cost
    codes = []
    for number in numbers:
        refused = _refusal(state, number, acceptance.sender)
        if refused is None and cost > balance:
            refused = 405
        if refused is None:
            balance -= cost
        codes.append(refused or code)
    settings.balance = balance
    added = state.ledger.add(
        acceptance,
        [n for n, decided in zip(numbers, codes, strict=True) if decided == code],
    )
    messages = iter(added)
    recipients = [
        Recipient(
            number,
            code,
            STATUS_NAMES[code],
            cost,
            next(messages).id,
            acceptance.parts,
        )
        if decided == code
        else Recipient(number, decided, STATUS_NAMES[decided])
        for number, decided in zip(numbers, codes, strict=True)
    ]
    return recipients, added


def _refusal(state: State, number: str, sender: str) -> int | None:
    """Return the code that a number is refused with, None when it is not."""
    if number in REFUSED:
        return REFUSED[number]
    if not E164.fullmatch(number) and not HASHED.fullmatch(number):
        return 403
    if state.opted_out and not state.opted_out.isdisjoint(
        ((number, sender), (number, ""))
    ):
        return 406
    return None


def _fetch(state: State, call: Call, request: int) -> Reply:
    rejection = _rejection(state, call, call.query, answers.missing_parameter)
    if rejection is not None:
        return Reply(rejection)
    last = call.query.get("lastReceivedId", "0")
    after = int(last) if last.isascii() and last.isdigit() else 0
    messages = [each.fetched() for each in state.inbox if each.number > after]
    shown = json.dumps(messages, separators=(",", ":"), ensure_ascii=False)
    return Reply(answers.json(200, f'{{"SMSMessageData":{{"Messages":{shown}}}}}'))


def _user(state: State, call: Call, request: int) -> Reply:
    rejection = _rejection(state, call, call.query, answers.missing_parameter)
    if rejection is not None:
        return Reply(rejection)
    settings = state.settings
    live = settings.profile == "live"
    currency = settings.currency if live else answers.SANDBOX_CURRENCY
    balance = f"{currency} {decimal_text(settings.balance)}"
    body = json.dumps({"UserData": {"balance": balance}}, separators=(",", ":"))
    return Reply(answers.json(200, body))


ROUTES: dict[str, dict[str, Callable[[State, Call, int], Reply]]] = {
    MESSAGING: {"GET": _fetch, "POST": _send_form},
    BULK: {"POST": _send_bulk},
    USER: {"GET": _user},
}
