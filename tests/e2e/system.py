"""The whole system for a browser to look at: Odoo, its database, the simulator."""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from dev import database
from dev.environment import environment
from dev.rpc import Rpc
from dev.server import OdooServer
from tests.simulator.process import Simulator

COMPANY = "Savanna University"
ADMINISTRATOR = "Wanjiku Kamau"
SECONDS = 30
TIMEZONE = "Africa/Nairobi"


@dataclass(frozen=True)
class System:
    """A running Odoo with su_sms whose gateways reach a running simulator.

    :param admin: an RPC session of Odoo's administrator
    """

    url: str
    simulator: Simulator
    admin: Rpc

    def user(self, login: str, name: str, *groups: str) -> int:
        """Make an employee, whose password is the login; return the id.

        :param groups: external ids, as in ``su_sms.group_user``
        """
        # Who had the login in a test before leaves it.
        for other in self.admin.call("res.users", "search", [("login", "=", login)]):
            gone = {"login": f"{login} {other}", "active": False}
            self.admin.call("res.users", "write", other, gone)
        ids = [self.ref(group) for group in ("base.group_user", *groups)]
        values = {"login": login, "password": login, "name": name, "tz": TIMEZONE}
        return self.admin.call("res.users", "create", [values | {"group_ids": ids}])[0]

    def session(self, login: str) -> Rpc:
        """Sign somebody in whose password is the login; the administrator is."""
        if login == self.admin.login:
            return self.admin
        return Rpc(self.url, self.admin.database, login, login)

    def contact(self, name: str, phone: str, **values: Any) -> int:
        """Make a contact with a Kenyan number as people type it; return the id."""
        values |= {"name": name, "phone": phone, "country_id": self.ref("base.ke")}
        return self.admin.call("res.partner", "create", [values])[0]

    def gateway(self, **values: Any) -> int:
        """Make a sandbox gateway that reaches the simulator; return the id."""
        values = {
            "environment": "sandbox",
            "api_key": self.simulator.api_key,
            # People look at any hour.
            "use_window": False,
            **values,
        }
        return self.admin.call("sms.gateway.config", "create", [values])[0]

    def let_report(self, gateway: int) -> None:
        """Let the simulator report what a gateway's messages came to."""
        [row] = self.admin.call(
            "sms.gateway.config", "read", [gateway], ["delivery_url"]
        )
        address = self.url + urlsplit(row["delivery_url"]).path
        self.simulator.admin.settings(callbacks={"delivery": address})

    def trust(self, gateway: int) -> str:
        """Return what a gateway trusts, as saved."""
        return self.admin.call("sms.gateway.config", "read", [gateway], ["trust"])[0][
            "trust"
        ]

    def run(self, expression: str) -> Any:
        """Evaluate an expression as code of Odoo, which may do what nobody may."""
        values = {
            "name": "Do",
            "model_id": self.ref("base.model_res_partner"),
            "state": "code",
            "code": f"action = {{'result': {expression}}}",
        }
        action = self.admin.call("ir.actions.server", "create", [values])
        return self.admin.call("ir.actions.server", "run", action)["result"]

    def messages(self, rows: list[dict[str, Any]]) -> list[int]:
        """Add messages, as no person can; return their ids."""
        return self.run(f"env['sms.sms'].sudo().create({rows!r}).ids")

    def archive_gateways(self) -> None:
        """Leave no gateway in use, and no message waiting for one."""
        waiting = [("state", "=", "outgoing")]
        messages = self.admin.call("sms.sms", "search", waiting)
        self.admin.call("sms.sms", "action_set_canceled", messages)
        gateways = self.admin.call("sms.gateway.config", "search", [])
        self.admin.call("sms.gateway.config", "write", gateways, {"active": False})

    def wait_until_left(self, messages: list[int]) -> None:
        """Wait until it is known what became of all `messages`."""
        deadline = time.monotonic() + SECONDS
        waiting = [("id", "in", messages), ("state", "in", ("outgoing", "process"))]
        while self.admin.call("sms.sms", "search_count", waiting):
            assert time.monotonic() < deadline, "messages have not left"
            time.sleep(0.1)

    def own_phone(self, phone: str) -> None:
        """Put `phone` into the administrator's profile."""
        self.admin.call("res.users", "write", self.admin.uid, {"phone": phone})

    def ref(self, name: str) -> int:
        """Return the id of an external id."""
        module, _dot, record = name.partition(".")
        domain = [("module", "=", module), ("name", "=", record)]
        found = self.admin.call("ir.model.data", "search_read", domain, ["res_id"])
        return found[0]["res_id"]


@contextlib.contextmanager
def running(label: str, arguments: Sequence[str] = ()) -> Iterator[System]:
    """Start the system on free ports and a fresh database; stop it at the end.

    :param label: names the database
    :param arguments: for Odoo's command line
    """
    env = environment()
    source = database.template(env, addon=True)
    key = f"atsk_{secrets.token_hex(32)}"
    with (
        database.temporary(env, label, source) as name,
        Simulator(api_key=key) as simulator,
        OdooServer(env, name, arguments=arguments) as odoo,
    ):
        system = System(odoo.url, simulator, odoo.rpc())
        _set_up(system)
        yield system


def _set_up(system: System) -> None:
    """Make the database a Kenyan university's, and point it at the simulator."""
    call = system.admin.call
    call("ir.config_parameter", "set_param", "su_sms.base_url", system.simulator.url)
    company = {"name": COMPANY, "country_id": system.ref("base.ke")}
    call("res.company", "write", system.ref("base.main_company"), company)
    person = {"name": ADMINISTRATOR, "tz": TIMEZONE}
    call("res.users", "write", system.admin.uid, person)
