"""Stand in for Twilio's Messages API: `python -m tests.bench.twilio SECONDS`.

Accepts every message after a latency. Prints its URL when it listens, and ends with
its standard input. Plain HTTP: what TLS would cost Twilio is left out in its favour.
"""

from __future__ import annotations

import asyncio
import sys
import uuid

from aiohttp import web


async def serve(latency: float) -> None:
    """Serve on a free port until standard input closes."""

    async def accept(request: web.Request) -> web.Response:
        await request.post()
        await asyncio.sleep(latency)
        return web.json_response({"sid": f"SM{uuid.uuid4().hex}"}, status=201)

    app = web.Application()
    app.router.add_post("/{path:.*}", accept)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = site._server.sockets[0].getsockname()[:2]
    print(f"http://{host}:{port}", flush=True)
    await asyncio.to_thread(sys.stdin.buffer.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1])))
