"""A server that speaks raw sockets, for what a well-behaved one cannot do."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from urllib.parse import parse_qs

Talk = Callable[["Peer"], None]


class Peer:
    """One accepted connection."""

    def __init__(self, sock: socket.socket, server: Server) -> None:
        self.sock = sock
        self.server = server
        self.file = sock.makefile("rb")

    def receive(self) -> Received:
        """Read one whole request; raise ConnectionError when the client is gone."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.file.readline()
            if not line:
                raise ConnectionError
            head += line
        received = Received(head.decode("latin-1"))
        received.body = self.file.read(int(received.headers.get("content-length", 0)))
        self.server.received.append(received)
        return received

    def answer(self, status: int = 201, body: bytes = b"", **headers: str) -> None:
        """Answer with a length, so that the connection stays usable."""
        lines = [f"HTTP/1.1 {status} Status", f"Content-Length: {len(body)}"]
        lines += [f"{key.replace('_', '-')}: {value}" for key, value in headers.items()]
        self.sock.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def accept(self) -> None:
        """Accept every number of one request, as AT does."""
        self.answer(201, accepted(*self.receive().numbers))

    def hang(self) -> None:
        """Do nothing until the test is over."""
        self.server.over.wait(30)

    def reset(self) -> None:
        """Close with RST."""
        linger = struct.pack("ii", 1, 0)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.file.close()
        self.sock.close()


class Received:
    """A request as it came."""

    def __init__(self, head: str) -> None:
        self.line, *lines = head.rstrip().split("\r\n")
        pairs = (line.split(": ", 1) for line in lines)
        self.headers = {name.lower(): value for name, value in pairs}
        self.body = b""

    @property
    def fields(self) -> dict:
        if self.headers["content-type"] == "application/json":
            return json.loads(self.body)
        return {key: value for key, [value] in parse_qs(self.body.decode()).items()}

    @property
    def numbers(self) -> list[str]:
        fields = self.fields
        return fields.get("phoneNumbers") or fields["to"].split(",")


class Server:
    """Serve each connection by the next of ``talks``, those after the last by it."""

    def __init__(self, *talks: Talk, tls: ssl.SSLContext | None = None) -> None:
        self.talks, self.tls = talks, tls
        self.received: list[Received] = []
        self.connections = 0
        self.over = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "{}://127.0.0.1:{}".format(
            "https" if tls else "http", self.listener.getsockname()[1]
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.over.set()
        self.listener.close()

    def _listen(self) -> None:
        while True:
            try:
                sock, _address = self.listener.accept()
            except OSError:
                return
            talk = self.talks[min(self.connections, len(self.talks) - 1)]
            self.connections += 1
            threading.Thread(target=self._serve, args=(sock, talk), daemon=True).start()

    def _serve(self, sock: socket.socket, talk: Talk) -> None:
        try:
            if self.tls:
                sock = self.tls.wrap_socket(sock, server_side=True)
            talk(Peer(sock, self))
        except OSError:
            pass
        finally:
            sock.close()


def accepting(peer: Peer) -> None:
    """Accept every request of a connection until the client leaves."""
    while True:
        peer.accept()


def once(status: int, body: bytes = b"", **headers: str) -> Talk:
    """Answer one request so and close."""

    def talk(peer: Peer) -> None:
        peer.receive()
        peer.answer(status, body, connection="close", **headers)

    return talk


def accepted(*numbers: str) -> bytes:
    """Write the answer that accepts ``numbers``, in AT's order of keys."""
    return envelope(
        f"Sent to {len(numbers)}/{len(numbers)} Total Cost: KES 0.8000",
        *(
            {
                "cost": "KES 0.8000",
                "messageId": f"ATXid_{number[1:]}",
                "messageParts": 1,
                "number": number,
                "status": "Success",
                "statusCode": 101,
            }
            for number in numbers
        ),
    )


def envelope(message: str, *recipients: dict) -> bytes:
    """Write AT's envelope, compact as AT does."""
    data = {"SMSMessageData": {"Message": message, "Recipients": list(recipients)}}
    return json.dumps(data, separators=(",", ":")).encode()
