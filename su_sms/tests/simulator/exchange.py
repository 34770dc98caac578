"""One API request over its socket: the answer, or the fault in its place."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct

from aiohttp import web

from .answers import NOT_FOUND, SERVER, Answer, sent, sent_as_xml
from .api import Call, Reply, reply
from .callbacks import Callbacks
from .faults import Fault, reshape
from .state import State

LINGER_NOT = struct.pack("ii", 1, 0)


def reset(transport: asyncio.BaseTransport | None) -> None:
    """Close a connection with a reset instead of a goodbye."""
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
    transport.abort()  # type: ignore[attr-defined]


async def nothing_here(request: web.Request) -> web.Response:
    """Answer a path outside the API; nothing of it is recorded."""
    return web.Response(
        status=NOT_FOUND.status, body=NOT_FOUND.body, headers=_headers(NOT_FOUND)
    )


def _headers(answer: Answer) -> dict[str, str]:
    headers = {"Server": SERVER, **answer.headers}
    return headers | {"Content-Type": answer.content_type}


class Exchanger:
    """The handler of everything under AT's paths."""

    def __init__(self, state: State, callbacks: Callbacks) -> None:
        self.state = state
        self.callbacks = callbacks

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        """Answer an API request, record it, and play the fault that waits for it."""
        log = self.state.requests
        peer = "{}:{}".format(*request.transport.get_extra_info("peername")[:2])
        record = log.begin(request.method, request.path, request.headers, peer)
        try:
            body = await request.read()
            call = Call.parse(
                request.method, request.path, request.headers, request.query, body
            )
            fault = self.state.faults.take(call.path, call.numbers, call.sends)
            wait = self.state.load.wait(self.state.settings)
            if wait is None and fault is None:
                fault = Fault("http_429")
            record.recipients = len(call.numbers) if call.sends else 0
            record.fault = fault.kind if fault else None
            given = Reply()
            if fault is None or fault.records:
                given = reply(self.state, call, record.number)
                record.accepted = len(given.accepted)
                self.callbacks.follow(given.accepted)
            if pause := (wait or 0.0) + self.state.settings.latency_ms / 1000:
                await asyncio.sleep(pause)
            if fault and fault.kind.startswith("hang_"):
                return await self._hang(request, fault)
            if fault and fault.kind.startswith("reset_"):
                return await self._reset(request)
            answer = self._answer(call, given, fault)
            response = await self._write(request, answer, fault)
            record.status = answer.status
            return response
        finally:
            log.end(record)

    def _answer(self, call: Call, given: Reply, fault: Fault | None) -> Answer:
        if fault and (instead := fault.answer()):
            return instead
        if given.result is None:
            assert given.answer is not None
            return given.answer
        result = given.result
        if fault:
            result = result._replace(recipients=reshape(fault, result.recipients))
        unasked = "json" not in call.headers.get("Accept", "")
        if (fault and fault.kind == "xml") or (
            self.state.settings.xml_without_accept and unasked
        ):
            return sent_as_xml(result)
        return sent(result)

    async def _write(
        self, request: web.Request, answer: Answer, fault: Fault | None
    ) -> web.StreamResponse:
        headers = _headers(answer)
        body = answer.body
        if fault and fault.kind == "truncated_json":
            if fault.cut == "connection":
                return await self._cut(request, answer, headers)
            body = body[: len(body) // 2]
        return web.Response(status=answer.status, body=body, headers=headers)

    async def _cut(
        self, request: web.Request, answer: Answer, headers: dict[str, str]
    ) -> web.StreamResponse:
        response = web.StreamResponse(status=answer.status, headers=headers)
        response.content_length = len(answer.body)
        await response.prepare(request)
        await response.write(answer.body[: len(answer.body) // 2])
        response.force_close()
        if request.transport is not None:
            request.transport.close()
        return response

    async def _hang(self, request: web.Request, fault: Fault) -> web.Response:
        cleared = self.state.faults.cleared
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(cleared.wait(), fault.seconds)
        if request.transport is not None:
            request.transport.close()
        return web.Response()

    async def _reset(self, request: web.Request) -> web.Response:
        reset(request.transport)
        return web.Response()
