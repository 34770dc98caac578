"""Odoo's workers end with their database, and are started again by whoever watches."""

from __future__ import annotations

from pathlib import Path

from dev.server import OdooServer

from ..system import System, messages, until
from ..workers import Worker
from .cluster import Cluster

COUNT = 300
LATENCY_MS = 1000


def test_a_server_that_ended_with_its_database_goes_on_when_it_is_started_again(
    system: System, tmp_path: Path
) -> None:
    with Cluster(system.env.postgres, tmp_path / "cluster") as cluster:
        env = cluster.adopt(system.env, system.database)
        system = System(env, system.database, system.simulator)
        with Worker(env, system.database, tmp_path / "worker.log") as worker:
            worker.queue(messages(COUNT))
        system.admin.settings(latency_ms=LATENCY_MS)
        server = OdooServer(env, system.database, log=tmp_path / "odoo.log", workers=2)
        with server:
            system.until(lambda: system.states()["pending"])
            cluster.kill()
            until(lambda: server.process.status() is not None, "the server's end")
        assert "Stopping forcefully" in server.log.read_text()

        cluster.start()
        in_doubt = system.states()["process"]
        system.admin.settings(latency_ms=0)
        system.end_leases()
        with server:
            until(system.at_rest, "an empty queue")
        states = system.judge()
        assert states["unknown"] == in_doubt
        assert states["pending"] == COUNT - in_doubt
