"""One simulator process for all, reset before each test; plain sockets to it."""

import http.client
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from tests.simulator.process import Simulator

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="session")
def process():
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def simulator(process):
    process.admin.reset()
    return process


@pytest.fixture
def admin(simulator):
    return simulator.admin


class Client:
    """A client that sees what is on the wire: one connection, no retry."""

    def __init__(self, simulator):
        self.simulator = simulator
        address = urlsplit(simulator.url)
        self.connection = http.client.HTTPConnection(
            address.hostname, address.port, timeout=5
        )

    def call(self, method, path, body=None, **headers):
        """Return the response with its body read into ``content``."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, body, named)
        response = self.connection.getresponse()
        response.content = response.read()
        return response

    def send(self, to="+254712345678", message="Hello", headers=None, **fields):
        """Post a send as AT's clients do; a field of None is left out."""
        given = {"username": "sandbox", "to": to, "message": message, **fields}
        form = {name: value for name, value in given.items() if value is not None}
        usual = {"apiKey": self.simulator.api_key, "Accept": "application/json"}
        return self.call(
            "POST",
            "/version1/messaging",
            urlencode(form),
            **{"Content-Type": FORM, **usual, **(headers or {})},
        )

    def close(self):
        self.connection.close()


@pytest.fixture
def client(simulator):
    client = Client(simulator)
    yield client
    client.close()


@pytest.fixture
def make_client(simulator):
    made = []

    def make():
        made.append(Client(simulator))
        return made[-1]

    yield make
    for client in made:
        client.close()


def eventually(condition, seconds=5.0):
    """Return what the condition gives as soon as it is true; fail at the deadline."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.005)
    raise AssertionError(f"not within {seconds} s")


@pytest.fixture(name="eventually")
def give_eventually():
    return eventually


class Application:
    """The application that AT calls back: records posts, answers as it is told."""

    def __init__(self):
        self.posts = []
        self.answers = defaultdict(list)
        application = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                application.posts.append((self.path, self.headers, body))
                script = application.answers[self.path]
                self.send_response(script.pop(0) if script else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        serve = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        serve.daemon = True
        serve.start()

    def fields(self, path="/delivery"):
        """Return the forms that were posted to a path, in order."""
        return [dict(parse_qsl(body)) for each, _, body in self.posts if each == path]


@pytest.fixture
def application(admin):
    application = Application()
    kinds = ("delivery", "incoming", "optout", "subscription")
    admin.settings(callbacks={kind: f"{application.url}/{kind}" for kind in kinds})
    yield application
    application.server.shutdown()
    application.server.server_close()
