"""What benchmarks run on: two Odoo databases in this process, providers outside it."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import requests
from odoo import api
from odoo.modules.registry import Registry
from odoo.service import server
from odoo.sql_db import Cursor
from odoo.tools import config
from requests.adapters import HTTPAdapter

from tests.simulator.process import Simulator

from .environment import environment
from .sent import Sent, SentByTwilio
from .server import Server

ROOT = Path(__file__).resolve().parents[2]


class System:
    """Dispatch rows in three ways and give the seconds each takes.

    A context manager. Each way asserts that every row was sent, once.

    :ivar database: the registry of the database with su_sms
    :ivar baseline: that of the one without it
    :ivar settings: Odoo's settings file

    :param settings: Odoo's settings file, or None for what ODOO_RC names
    :param database: with su_sms
    :param baseline: without it, else the same
    """

    def __init__(
        self, settings: str | None, database: str, baseline: str, runs: int
    ) -> None:
        self.runs = runs
        self.settings = settings
        self._stack = contextlib.ExitStack()
        self._twilio: dict[float, str] = {}
        arguments = ["--no-http", "--max-cron-threads=0"]
        arguments += ["--log-handler=:WARNING", "--log-handler=py.warnings:ERROR"]
        config.parse_config(
            arguments + (["--config", settings] if settings else []),
            setup_logging=True,
        )
        server.load_server_wide_modules()
        self.baseline = Registry(baseline)
        self.database = Registry(database)
        for registry, expected in ((self.baseline, False), (self.database, True)):
            installed = "sms.gateway.config" in registry
            if installed is not expected:
                state = "has" if installed else "lacks"
                raise SystemExit(f"Database {registry.db_name} {state} su_sms.")

    def __enter__(self) -> System:
        self._simulator = self._stack.enter_context(Simulator())
        self._point_gateway_at_simulator()
        # Let caches fill and connections open before the clock counts.
        few = [{"number": f"+2547110000{n:02d}", "body": "Hello"} for n in range(20)]
        self.odoo(few)
        self.su_sms(few, latency=0)
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def odoo(self, rows: list[dict[str, str]]) -> float:
        """Let Odoo dispatch to a provider that accepts everything in no time."""
        _queue(self.baseline, rows)
        return self.odoo_sends(len(rows))

    def odoo_sends(self, count: int) -> float:
        """Let Odoo dispatch so many messages that wait, likewise."""
        self._company({"sms_provider": "iap"})
        with mock.patch.object(
            sys.modules["odoo.addons.sms.tools.sms_api"].SmsApi,
            "_send_sms_batch",
            _accept_at_once,
        ):
            return _dispatch(self.baseline, count)

    def twilio(self, rows: list[dict[str, str]], *, latency: float) -> float:
        """Let `sms_twilio` dispatch to a provider that takes `latency` seconds."""
        self._company(
            {
                "sms_provider": "twilio",
                "sms_twilio_account_sid": f"AC{'0' * 32}",
                "sms_twilio_auth_token": "0" * 32,
            }
        )
        session = _session_to(self._twilio_url(latency))
        fake = SimpleNamespace(Session=session, exceptions=requests.exceptions)
        sms_twilio = sys.modules["odoo.addons.sms_twilio.tools.sms_api"]
        with mock.patch.object(sms_twilio, "requests", fake):
            _queue(self.baseline, rows)
            return _dispatch(self.baseline, len(rows))

    def su_sms(
        self,
        rows: list[dict[str, str]],
        *,
        latency: float,
        concurrency: int | None = None,
        prepare: Callable[[Cursor], None] | None = None,
        **provider: float,
    ) -> float:
        """Let su_sms dispatch to the simulator, whose requests take `latency` seconds.

        :param concurrency: requests side by side; None for the gateway's own default
        :param prepare: called with the queue filled, before the clock starts
        :param provider: more settings of the simulator
        """
        self.ready(latency=latency, concurrency=concurrency, **provider)
        _queue(self.database, rows, prepare)
        return self.su_sms_sends(len(rows))

    def ready(
        self, *, latency: float, concurrency: int | None = None, **provider: float
    ) -> None:
        """Let the simulator be empty and the gateway as it is to be."""
        self._simulator.admin.reset()
        self._simulator.admin.settings(latency_ms=latency * 1000, **provider)
        with environment(self.database) as env:
            gateway = env["sms.gateway.config"].search([], limit=1)
            gateway.is_default = True
            default = gateway.default_get(["concurrency"])["concurrency"]
            gateway.concurrency = concurrency or default
            env["sms.concurrency"].search([]).unlink()

    def su_sms_sends(self, count: int) -> float:
        """Let su_sms dispatch so many messages that wait; see ``ready``."""
        seconds = _dispatch(self.database, count)
        summary = self._simulator.admin.summary()
        assert summary["accepted"] == summary["distinct"] == count, summary
        return seconds

    def requests(self) -> list[dict[str, object]]:
        """Return what the simulator was asked since it was made ready."""
        return self._simulator.admin.requests()

    def server(self) -> Server:
        """Return an HTTP server, not started, on the database with su_sms."""
        return Server(self.settings, self.database.db_name)

    def sent(self, count: int) -> Sent:
        """Make messages of a mailing that our gateway has sent."""
        return self._make(Sent, count)

    def sent_by_twilio(self, count: int) -> Sent:
        """Make messages of a mailing that `sms_twilio` has sent."""
        return self._make(SentByTwilio, count)

    def _make(self, kind: type[Sent], count: int) -> Sent:
        with environment(self.database) as env:
            # What su_sms adds to Odoo's tracking of mailings, it adds for Twilio too
            # as soon as there is a default gateway.
            env["sms.gateway.config"].search([]).is_default = False
        return kind(self.database, count)

    def _point_gateway_at_simulator(self) -> None:
        with environment(self.database) as env:
            parameters = env["ir.config_parameter"]
            parameters.set_param("su_sms.base_url", self._simulator.url)
            gateways = env["sms.gateway.config"]
            gateways.search([]).active = False
            gateways.create(
                {
                    "name": "Benchmark",
                    "environment": "sandbox",
                    "api_key": self._simulator.api_key,
                    "use_window": False,
                    "is_default": True,
                }
            )

    def _company(self, values: dict[str, str]) -> None:
        with environment(self.baseline) as env:
            env.company.write(values)
            if not env.company.sms_twilio_number_ids:
                number = {
                    "number": "+254700999999",
                    "country_id": env.ref("base.ke").id,
                }
                env["sms.twilio.number"].create(number)

    def _twilio_url(self, latency: float) -> str:
        if latency not in self._twilio:
            process = self._stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.bench.twilio", str(latency)],
                    cwd=ROOT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            self._twilio[latency] = process.stdout.readline().strip()
        return self._twilio[latency]


def _queue(
    registry: Registry,
    rows: list[dict[str, str]],
    prepare: Callable[[Cursor], None] | None = None,
) -> None:
    """Put the rows, and no others, in the queue."""
    with registry.cursor() as cr:
        cr.execute("TRUNCATE sms_sms CASCADE")
    with environment(registry) as env:
        env["sms.sms"].create(rows)
    with registry.cursor() as cr:
        if prepare:
            prepare(cr)


def _dispatch(registry: Registry, count: int) -> float:
    """Return the seconds until so many messages that wait are accepted."""
    with registry.cursor() as cr:
        cr.execute("ANALYZE sms_sms")
    with registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        done, first = None, _first(cr)
        began = time.monotonic()
        while first and first != done:
            env["sms.sms"]._process_queue()
            cr.commit()
            env.invalidate_all()
            done, first = first, _first(cr)
        seconds = time.monotonic() - began
        cr.execute("SELECT state, count(*) FROM sms_sms GROUP BY state")
        states = dict(cr.fetchall())
    assert states == {"pending": count}, states
    return seconds


def _first(cr) -> int | None:
    """Return the first row in the queue: one that stays is not going to leave."""
    cr.execute("SELECT id FROM sms_sms WHERE state = 'outgoing' ORDER BY id LIMIT 1")
    row = cr.fetchone()
    return row and row[0]


def _accept_at_once(self, messages, delivery_reports_url=False):
    return [
        {"uuid": number["uuid"], "state": "success", "credit": 1}
        for message in messages
        for number in message["numbers"]
    ]


def _session_to(url: str) -> type[requests.Session]:
    """Return a session class that leads https:// to `url`, whatever the host."""

    class Detour(HTTPAdapter):
        def send(self, request, **given):
            request.url = f"{url}{request.path_url}"
            return super().send(request, **given | {"proxies": {}})

    class Session(requests.Session):
        def __init__(self):
            super().__init__()
            self.mount("https://", Detour())

    return Session
