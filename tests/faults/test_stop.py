"""A server that is told to stop while it sends, as by a restart of its service."""

from dev.server import OdooServer

from .house import House, messages
from .workers import Worker

COUNT = 600


def test_a_stopped_server_records_what_was_on_the_wire(
    house: House, worker: Worker, server: OdooServer
) -> None:
    # longer than the second that Odoo gives its threads
    house.admin.settings(latency_ms=3000)
    worker.queue(messages(COUNT))
    server.start()
    house.until(lambda: house.admin.summary()["in_flight"])

    server.stop()
    states = house.judge()
    assert states["pending"], "the request was over before the server was stopped"
    assert states["outgoing"], "it sent all before it stopped"
    assert states["pending"] + states["outgoing"] == COUNT

    house.admin.settings(latency_ms=0)
    server.start()
    house.until(house.at_rest)
    assert house.judge() == {"pending": COUNT}
