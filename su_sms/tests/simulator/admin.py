"""The admin API: what a test asks and orders, as JSON under ``/admin/``."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from . import phones
from .account.inbox import Incoming
from .account.ledger import Acceptance, Message
from .account.numbers import REFUSED, SCRIPTS, network_code
from .callbacks import Callback, Callbacks
from .faults import AT_ONCE, KINDS, Fault
from .listeners import Gate
from .state import State

WAIT_AT_MOST = 30.0
PAGE = 1_000


class Admin:
    """Handlers of the admin API, one for each path and method."""

    def __init__(self, state: State, callbacks: Callbacks, gate: Gate) -> None:
        self.state = state
        self.callbacks = callbacks
        self.gate = gate

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add to an application."""
        table: tuple[tuple[str, str, Callable[..., Awaitable[Any]]], ...] = (
            ("GET", "health", self.health),
            ("POST", "reset", self.reset),
            ("GET", "settings", self.settings),
            ("PATCH", "settings", self.change_settings),
            ("GET", "faults", self.faults),
            ("POST", "faults", self.set_fault),
            ("DELETE", "faults", self.clear_faults),
            ("GET", "ledger", self.ledger),
            ("DELETE", "ledger", self.clear_ledger),
            ("GET", "ledger/summary", self.summary),
            ("GET", "requests", self.requests),
            ("GET", "callbacks", self.list_callbacks),
            ("GET", "numbers", self.numbers),
            ("GET", "phones", self.phones),
            ("POST", "incoming", self.incoming),
            ("POST", "optout", self.optout),
            ("POST", "subscription", self.subscription),
            ("POST", "report", self.report),
        )
        return [
            web.route(method, f"/admin/{path}", _as_json(handler))
            for method, path, handler in table
        ]

    async def health(self, request: web.Request) -> dict[str, Any]:
        """Say that the simulator is there."""
        return {"status": "ok", "profile": self.state.settings.profile}

    async def reset(self, request: web.Request) -> dict[str, Any]:
        """Forget everything, end every fault, take the start settings."""
        self.state.reset()
        self.callbacks.forget()
        await self.gate.restored()
        return {"status": "ok"}

    async def settings(self, request: web.Request) -> dict[str, Any]:
        """Return the settings."""
        return self.state.settings.to_json()

    async def change_settings(self, request: web.Request) -> dict[str, Any]:
        """Change settings and give them all."""
        self.state.settings.update(await _body(request))
        return self.state.settings.to_json()

    async def faults(self, request: web.Request) -> dict[str, Any]:
        """Return the faults that wait, and the kinds there are."""
        waiting = [fault.to_json() for fault in self.state.faults.waiting]
        return {"faults": waiting, "kinds": sorted(KINDS)}

    async def set_fault(self, request: web.Request) -> dict[str, Any]:
        """Set a fault; those that wait for no request happen now."""
        fault = Fault.parse(await _body(request))
        if fault.kind in AT_ONCE:
            self.gate.act(fault)
        else:
            self.state.faults.add(fault)
        return fault.to_json()

    async def clear_faults(self, request: web.Request) -> dict[str, Any]:
        """Forget the faults, let go what hangs, listen again."""
        self.state.faults.clear()
        await self.gate.restored()
        return {"status": "ok"}

    async def ledger(self, request: web.Request) -> dict[str, Any]:
        """Return accepted messages, oldest first, of one number if asked."""
        offset, limit = _page(request)
        number = request.query.get("number")
        total, messages = self.state.ledger.select(number, offset, limit)
        return {"total": total, "messages": [each.to_json() for each in messages]}

    async def clear_ledger(self, request: web.Request) -> dict[str, Any]:
        """Forget messages and requests; settings, faults and balance stay."""
        self.state.ledger = type(self.state.ledger)()
        self.state.requests = type(self.state.requests)()
        return {"status": "ok"}

    async def summary(self, request: web.Request) -> dict[str, Any]:
        """Return the counts."""
        return self.state.summary()

    async def requests(self, request: web.Request) -> dict[str, Any]:
        """Return the API requests, oldest first."""
        offset, limit = _page(request)
        log = self.state.requests
        return {
            "total": len(log.exchanges),
            "in_flight": log.in_flight,
            "in_flight_peak": log.in_flight_peak,
            "requests": [asdict(e) for e in log.exchanges[offset : offset + limit]],
        }

    async def list_callbacks(self, request: web.Request) -> dict[str, Any]:
        """Return the callbacks posted, oldest first, of one kind or number if asked."""
        offset, limit = _page(request)
        kind, number = request.query.get("kind"), request.query.get("number")
        found = [
            callback
            for callback in self.callbacks.posted
            if kind in (None, callback.kind) and number in (None, _number_of(callback))
        ]
        return {
            "total": len(found),
            "delivered": self.callbacks.delivered,
            "tries": self.callbacks.tries,
            "callbacks": [each.to_json() for each in found[offset : offset + limit]],
        }

    async def numbers(self, request: web.Request) -> dict[str, Any]:
        """Return the numbers that behave in a known way."""
        scripts = {n: [s.to_json() for s in steps] for n, steps in SCRIPTS.items()}
        return {"refused": REFUSED, "scripts": scripts}

    async def phones(self, request: web.Request) -> dict[str, Any]:
        """Return the phones that last saw a message, for the page."""
        limit = int(request.query.get("limit", "24"))
        return phones.latest(self.state, request.query.get("search", ""), limit)

    async def incoming(self, request: web.Request) -> dict[str, Any]:
        """Let a phone send a message: ``from``, ``to``, ``text``.

        To a short code that is shared, only what begins with one of our keywords comes.
        """
        given = await _body(request)
        wait = given.pop("wait", 0)
        sender, to, text = (_required(given, name) for name in ("from", "to", "text"))
        settings = self.state.settings
        routed = settings.routed(to, text)
        if routed is None:
            # Another customer's, or nobody's: AT tells us nothing of it.
            return {"callback": None}
        given["text"] = routed
        given["text"] = routed
        message = Incoming(len(self.state.inbox) + 1, sender, to, routed)
        self.state.inbox.append(message)
        network = network_code(sender, settings.profile)
        fields = message.posted() | ({"networkCode": network} if network else {})
        return await self._post("incoming", fields | given, wait, needed=False)

    async def optout(self, request: web.Request) -> dict[str, Any]:
        """Let a phone opt out of a sender: ``phone``, ``sender`` ("" for all)."""
        given = await _body(request)
        phone, sender = _required(given, "phone"), str(given.get("sender", ""))
        self.state.opted_out.add((phone, sender))
        fields = {"senderId": sender, "phoneNumber": phone}
        return await self._post("optout", fields, given.get("wait", 0), needed=False)

    async def subscription(self, request: web.Request) -> dict[str, Any]:
        """Post a change of a premium subscription."""
        given = await _body(request)
        wait = given.pop("wait", 0)
        given.setdefault("updateType", "addition")
        return await self._post("subscription", given, wait)

    async def report(self, request: web.Request) -> dict[str, Any]:
        """Post a delivery report: ``id`` and ``status``, and any other field.

        An id the ledger knows brings its number and network along.
        """
        given = await _body(request)
        wait = given.pop("wait", 0)
        status, message_id = _required(given, "status"), _required(given, "id")
        message = self.state.ledger.by_id.get(message_id)
        if message is None:
            message = Message(_NOBODY, message_id, given.get("phoneNumber", ""), 0)
        extra = {name: str(value) for name, value in given.items()}
        callback = self.callbacks.report(message, status, extra)
        return await self._posted("delivery", callback, wait, needed=True)

    async def _post(
        self, kind: str, fields: dict[str, Any], wait: float, needed: bool = True
    ) -> dict[str, Any]:
        text = {name: str(value) for name, value in fields.items()}
        return await self._posted(kind, self.callbacks.post(kind, text), wait, needed)

    async def _posted(
        self, kind: str, callback: Callback | None, wait: float, needed: bool
    ) -> dict[str, Any]:
        if callback is None:
            if needed:
                raise ValueError(f"no URL is set for {kind} callbacks")
            return {"callback": None}
        if wait:
            await self.callbacks.tried(callback, min(float(wait), WAIT_AT_MOST))
        return {"callback": callback.to_json()}


_NOBODY = Acceptance(0, "", "", "", 0, 0, "", None)


def _as_json(
    handler: Callable[[web.Request], Awaitable[Any]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        try:
            return web.json_response(await handler(request))
        except (TypeError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)

    return answer


async def _body(request: web.Request) -> dict[str, Any]:
    given = json.loads(await request.read() or b"{}")
    if not isinstance(given, dict):
        raise ValueError("the body is a JSON object")
    return given


def _required(given: dict[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is missing")
    return value


def _page(request: web.Request) -> tuple[int, int]:
    offset = int(request.query.get("offset", "0"))
    limit = int(request.query.get("limit", str(PAGE)))
    if offset < 0 or limit < 0:
        raise ValueError("offset and limit are 0 or more")
    return offset, limit


def _number_of(callback: Callback) -> str | None:
    return callback.fields.get("phoneNumber") or callback.fields.get("from")
