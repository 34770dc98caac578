"""An Odoo without a server that does what it is told, in a process of its own.

``workers.Worker`` starts it, and has the other end of its line. An order is ``(name,
{argument: value})``, its answer ``("done", result)`` or ``("failed", what)``;
``("waiting", where)`` comes before an answer when the order goes on after a further
word. It ends when nobody has the other end any more.
"""

from __future__ import annotations

import base64
import resource
import sys
import threading
import time
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import Any

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.service import server
from odoo.service.model import retrying
from odoo.tools import config

from tests import memory

Values = dict[str, Any]


class Orders:
    """What a worker can be told; each public method is an order."""

    def __init__(self, registry: Registry, line: Connection) -> None:
        self._registry = registry
        self._line = line
        self._env: api.Environment | None = None

    def begin(self) -> None:
        """Open the transaction that the orders up to ``commit`` or ``rollback`` use."""
        self._registry.check_signaling()
        self._env = api.Environment(self._registry.cursor(), SUPERUSER_ID, {})

    def commit(self) -> None:
        """Commit as Odoo does at the end of a request: then hooks run."""
        self._env.cr.commit()
        self._registry.signal_changes()
        self._env.cr.close()

    def rollback(self) -> None:
        """Return the transaction up."""
        self._env.cr.rollback()
        self._env.cr.close()

    def create(
        self, model: str, rows: list[Values], user: int = SUPERUSER_ID
    ) -> list[int]:
        """Create records as a user; return their ids."""
        return self._env[model].with_user(user).create(rows).ids

    def send(self, rows: list[Values]) -> list[int]:
        """Create messages and send them, as every sender in Odoo does."""
        messages = self._env["sms.sms"].create(rows)
        messages.send()
        return messages.ids

    def set_param(self, name: str, value: str) -> None:
        """Set a system parameter."""
        self._env["ir.config_parameter"].set_param(name, value)

    def send_retried(self, rows: list[Values], partner: int) -> int:
        """Send and write on a partner within Odoo's ``retrying``; return the tries.

        The first try waits for a word between sending and writing.
        """
        tries = 0

        def request() -> None:
            nonlocal tries
            tries += 1
            self.send(rows)
            self._env.flush_all()
            if tries == 1:
                self._wait("sent, not written")
            self._env["res.partner"].browse(partner).ref = f"try {tries}"

        self.begin()
        with self._env.cr:
            retrying(request, self._env)
        return tries

    def sleeping_job(self, seconds: float) -> None:
        """Add a job that is due before all others and does nothing for a while."""
        self._env["ir.cron"].create(
            {
                "name": "Sleep",
                "model_id": self._env.ref("base.model_res_partner").id,
                "code": f"log('It sleeps.')\ntime.sleep({seconds})",
                "priority": 0,
                "nextcall": "2020-01-01 00:00:00",
                "interval_number": 1,
                "interval_type": "days",
            }
        )

    def call(
        self,
        model: str,
        ids: list[int],
        method: str,
        user: int,
        wait: bool,
        options: Values,
    ) -> None:
        """Press a button as a user does, in a transaction that Odoo tries again.

        With ``wait``, the first try waits for a word before its commit.
        """
        waits = wait

        def request() -> None:
            nonlocal waits
            getattr(self._env[model].with_user(user).browse(ids), method)(**options)
            self._env.flush_all()
            if waits:
                waits = False
                self._wait("done, not committed")

        self.begin()
        with self._env.cr:
            retrying(request, self._env)

    def write(self, model: str, ids: list[int], values: Values) -> None:
        """Write on records."""
        self._env[model].browse(ids).write(values)

    def unlink(self, model: str, ids: list[int]) -> None:
        """Delete records."""
        self._env[model].browse(ids).unlink()

    def work(self) -> None:
        """Move campaigns on as their cron does."""
        self.begin()
        with self._env.cr:
            self._env["sms.campaign"]._work()

    def set_page(self, people: int) -> None:
        """Let this process prepare campaigns by pages of so many."""
        _module("models.campaign.sms_campaign_prepare").PAGE = people

    def audience(self, path: str, body: str) -> dict[str, Any]:
        """Make a campaign to the people of a file; tell what that took and found."""
        content = base64.b64encode(Path(path).read_bytes()).decode()
        before, began = memory.watch(), time.monotonic()
        self.begin()
        with self._env.cr:
            audience = {"kind": "file", "file": content, "file_name": Path(path).name}
            campaign = self._env["sms.campaign"].create(
                {"name": "File", "body": body, "audience_ids": [(0, 0, audience)]}
            )
            found = {"id": campaign.id, "count_state": campaign.count_state}
        found["seconds"] = time.monotonic() - began
        found["mb"] = memory.peak() - before
        return found

    def dispatch(self) -> None:
        """Run over the outbox once."""
        self.begin()
        with self._env.cr:
            self._env["sms.sms"]._process_outbox()

    def dispatch_with(self, more_mb: float) -> None:
        """Run over the outbox once, where there is little address space left."""
        usual = resource.getrlimit(resource.RLIMIT_AS)
        most = int((memory.address_space() + more_mb) * 1024 * 1024)
        resource.setrlimit(resource.RLIMIT_AS, (most, usual[1]))
        try:
            self.dispatch()
        finally:
            resource.setrlimit(resource.RLIMIT_AS, usual)

    def run_cron(self) -> None:
        """Run the outbox's cron as Odoo does: again while it says that more is due."""
        more = True
        while more:
            self.begin()
            with self._env.cr:
                self._env.ref("su_sms.ir_cron_outbox").method_direct_trigger()
            # What goes on beside the job, while nobody holds its record.
            for thread in threading.enumerate():
                if thread.name == "su_sms":
                    thread.join()
            self.begin()
            with self._env.cr:
                more = self._is_due("su_sms.ir_cron_outbox")

    def _is_due(self, cron: str) -> bool:
        triggers = self._env["ir.cron.trigger"]
        due = [("cron_id", "=", self._env.ref(cron).id), ("call_at", "<=", "now")]
        return bool(triggers.search_count(due))

    def apply_events(self) -> None:
        """Apply what the provider has posted."""
        self.begin()
        with self._env.cr:
            self._env["sms.gateway.event"]._apply_inbox()

    def process_queue(self) -> None:
        """Do what Odoo's own cron for SMS does."""
        self.begin()
        with self._env.cr:
            self._env["sms.sms"]._process_queue()

    def forget(self) -> None:
        """Run retention once."""
        self.begin()
        with self._env.cr:
            self._env["sms.gateway.config"]._forget()

    def set_connections(self, most: int) -> None:
        """Let this process have so many connections to the database at most."""
        sql_db._Pool._maxconn = most

    def set_clock(self, ahead: float) -> None:
        """Let dispatchers of this process be ``ahead`` seconds in the future."""
        transactions = _module("tools.transactions")
        clock = transactions.__dict__.setdefault("_clock", transactions._now)
        transactions._now = lambda: clock() + timedelta(seconds=ahead)

    def _wait(self, where: str) -> None:
        self._line.send(("waiting", where))
        self._line.recv()


def _module(name: str) -> ModuleType:
    return sys.modules[f"odoo.addons.su_sms.{name}"]


def obey(orders: Orders, name: str, given: Values) -> tuple[str, Any]:
    """Carry out an order and give the answer."""
    try:
        return "done", getattr(orders, name)(**given)
    except Exception as error:
        return "failed", f"{type(error).__name__}: {error}"


def main(line: Connection, database: str) -> None:
    """Load the database's registry, say so, and obey until the line ends."""
    orders = Orders(registry(database, logs=True), line)
    line.send(("done", "ready"))
    while True:
        try:
            name, given = line.recv()
        except EOFError:
            return
        line.send(obey(orders, name, given))


def registry(database: str, *, logs: bool = False) -> Registry:
    """Load a database's registry in this process, which ``logs`` or not."""
    config.parse_config(["--no-http", "--max-cron-threads=0"], setup_logging=logs)
    server.load_server_wide_modules()
    return Registry(database)
