"""Call methods of Odoo's models over HTTP, as the web client does."""

import http.cookiejar
import json
import urllib.error
import urllib.request
from typing import Any

from .problem import Problem


class RemoteError(Exception):
    """An exception raised in Odoo, with its message."""


class Rpc:
    """A session of `login` on the database `database` of the Odoo at `url`."""

    def __init__(
        self, url: str, database: str, login: str = "admin", password: str = "admin"
    ) -> None:
        self.url = url.rstrip("/")
        self.database = database
        self.login = login
        self._cookies = http.cookiejar.CookieJar()
        # never through a proxy: it is a server of ours
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(self._cookies),
        )
        session = self._post(
            "/web/session/authenticate",
            {"db": database, "login": login, "password": password},
        )
        if not session.get("uid"):
            raise Problem(f"{self.url} refuses {login} on the database {database}")
        self.uid: int = session["uid"]

    @property
    def cookies(self) -> dict[str, str]:
        """Return the session's cookies; a browser that has them is signed in."""
        return {each.name: each.value for each in self._cookies}

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Return the result of `method` of `model`; raises RemoteError."""
        return self._post(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def _post(self, path: str, params: dict[str, Any]) -> Any:
        request = urllib.request.Request(
            self.url + path,
            json.dumps({"jsonrpc": "2.0", "id": 1, "params": params}).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with self._opener.open(request, timeout=120) as answer:
                body = json.load(answer)
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            raise Problem(f"no answer from Odoo at {self.url}: {error}") from error
        if "error" in body:
            data = body["error"].get("data", {})
            raise RemoteError(data.get("message") or body["error"].get("message"))
        # Odoo leaves it out where a method gives None
        return body.get("result")
