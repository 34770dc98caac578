"""The clients of a process, one for each gateway; remade when its account changes."""

from __future__ import annotations

import threading
from collections.abc import Hashable

from .account import Account
from .client import Client

_clients: dict[Hashable, tuple[Account, Client]] = {}
_lock = threading.Lock()


def get(key: Hashable, account: Account) -> Client:
    """Return the client of a gateway, with the connections it has kept alive.

    A client whose account has changed is forgotten, not closed: another thread may
    still be waiting for its answer.

    :param key: names the gateway within this process
    """
    with _lock:
        known = _clients.get(key)
        if known is None or known[0] != account:
            known = _clients[key] = (account, Client(account))
        return known[1]
