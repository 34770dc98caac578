"""Post many bodies over a few connections, as a provider does."""

from __future__ import annotations

import http.client
import itertools
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

FORM = "application/x-www-form-urlencoded"
ANSWER_SECONDS = 60


@dataclass(frozen=True)
class Post:
    """One request: ``path`` with its query, ``body`` as it goes over the wire."""

    path: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": FORM})
    method: str = "POST"

    @classmethod
    def form(cls, path: str, **fields: str) -> Post:
        """Make a post of a form's fields."""
        return cls(path, urlencode(fields).encode())


def post_all(url: str, posts: Sequence[Post], connections: int) -> list[int]:
    """Post side by side, each connection one after another; return the statuses.

    Connections are kept alive as far as the server does. An exception of any of them
    is raised here, when the others have ended.

    :param url: of the server: ``http://host:port``
    """
    statuses = [0] * len(posts)
    places = itertools.count()
    errors: list[Exception] = []

    def work() -> None:
        connection = connect(url)
        try:
            while not errors and (place := next(places)) < len(posts):
                statuses[place] = exchange(connection, posts[place])
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return statuses


def connect(url: str) -> http.client.HTTPConnection:
    """Return a connection to a server, opened when it is used."""
    parts = urlsplit(url)
    return http.client.HTTPConnection(
        parts.hostname, parts.port, timeout=ANSWER_SECONDS
    )


def exchange(connection: http.client.HTTPConnection, post: Post) -> int:
    """Make one request; return the status of its answer."""
    chunked = "Transfer-Encoding" in post.headers
    connection.request(
        post.method,
        post.path,
        iter([post.body]) if chunked else post.body,
        dict(post.headers),
        encode_chunked=chunked,
    )
    answer = connection.getresponse()
    answer.read()
    return answer.status
