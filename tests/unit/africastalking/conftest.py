"""Clients that wait for nothing, and a CA."""

import pytest
import trustme

from su_sms.africastalking.client import Account, Client

KEY = "atsk_0123456789abcdef0123456789abcdef"


class Naps:
    """A clock that only sleeping moves, so that waits are counted, not endured."""

    def __init__(self):
        self.taken = []

    def sleep(self, seconds):
        self.taken.append(seconds)

    def clock(self):
        return sum(self.taken)


@pytest.fixture
def naps():
    return Naps()


@pytest.fixture
def connect(naps):
    """Return a function that makes a client of a server's URL."""
    clients = []

    def make(url, **settings):
        account = Account("sandbox", KEY, base_url=url, **settings)
        client = Client(account, sleep=naps.sleep, clock=naps.clock, rng=lambda: 1.0)
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture(scope="session")
def ca():
    return trustme.CA(organization_name="Test authority")


def waiting(client):
    """Return a client's connections that wait for the next exchange."""
    adapter = client._line._session.get_adapter(client.account.url)
    pool = adapter.get_connection_with_tls_context().pool
    return [connection for connection in pool.queue if connection]
