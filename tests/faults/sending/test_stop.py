"""A server that is told to stop while it sends, as by a restart of its service."""

from dev.server import OdooServer

from ..system import System, messages
from ..workers import Worker

COUNT = 600


def test_a_stopped_server_records_what_was_on_the_wire(
    system: System, worker: Worker, server: OdooServer
) -> None:
    # longer than the second that Odoo gives its threads
    system.admin.settings(latency_ms=3000)
    worker.queue(messages(COUNT))
    server.start()
    system.until(lambda: system.admin.summary()["in_flight"])

    server.stop()
    states = system.judge()
    assert states["pending"], "the request was over before the server was stopped"
    assert states["outgoing"], "it sent all before it stopped"
    assert states["pending"] + states["outgoing"] == COUNT

    system.admin.settings(latency_ms=0)
    server.start()
    system.until(system.at_rest)
    assert system.judge() == {"pending": COUNT}
