"""Run Odoo with su_sms against the simulator, and show the main job on it."""

import contextlib
import json
import secrets
import time
import urllib.request

from . import database, demo, demo_campaigns
from .environment import Environment, environment
from .problem import Problem
from .process import wait_until
from .progress import Step
from .server import OdooServer, SimulatorServer, is_free

PORT = 8069
SIMULATOR_PORT = 8090


def run(port: int | None, *, keep: bool, check: bool) -> int:
    """Start everything, send the demo's SMS, and stay until Ctrl-C unless `check`.

    `keep` goes on with the database of the last run on this port.  Gives the exit
    status: 0 if all messages were accepted.
    """
    port = port or PORT
    # a run that was killed may still be stopping
    if not wait_until(lambda: is_free(port), 3):
        raise Problem(
            f"port {port} is taken: stop what uses it, or choose another, as in "
            f"`python3 -m dev run --port {port + 1}`"
        )
    env = environment()
    arguments = prepare(env, f"run_{port}", keep)
    with contextlib.ExitStack() as stack:
        with Step("Starting the simulator"):
            simulator = stack.enter_context(
                SimulatorServer(
                    env,
                    api_key=f"atsk_{secrets.token_hex(32)}",
                    port=SIMULATOR_PORT if is_free(SIMULATOR_PORT) else None,
                )
            )
        with Step("Starting Odoo"):
            odoo = stack.enter_context(
                OdooServer(env, f"run_{port}", port=port, arguments=arguments)
            )
            let_report(simulator.url, demo.callbacks(rpc := odoo.rpc()))
        print()
        accepted = demo.show(rpc, simulator.url, simulator.api_key)
        if check:
            return 0 if accepted else 1
        demo_campaigns.make(rpc, demo.gateway(rpc, {}))
        print(f"\nOdoo:       {odoo.url}  (admin / admin), log in {odoo.log}")
        print(f"Simulator:  {simulator.url}")
        print("Ctrl-C stops everything.", flush=True)
        return watch(odoo, simulator)


def let_report(simulator: str, paths: dict[str, str]) -> None:
    """Let the simulator report to Odoo, by kind of report the address."""
    request = urllib.request.Request(
        f"{simulator}/admin/settings",
        json.dumps({"callbacks": paths}).encode(),
        {"Content-Type": "application/json"},
        method="PATCH",
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.open(request, timeout=10).close()


def prepare(env: Environment, name: str, keep: bool) -> list[str]:
    """Have a database `name` with su_sms; gives arguments that bring it up to date."""
    if keep and database.exists(env, name):
        return [f"--update={database.ADDON}"]
    source = database.template(env, addon=True)
    with Step("Making a fresh database"):
        database.copy(env, source, name)
    return []


def watch(*servers: OdooServer | SimulatorServer) -> int:
    """Wait until interrupted, or until one of `servers` has ended: a Problem."""
    with contextlib.suppress(KeyboardInterrupt):
        while all(server.process.status() is None for server in servers):
            time.sleep(0.5)
        ended = next(s for s in servers if s.process.status() is not None)
        raise Problem(f"the {ended.name} has ended: {ended.log} says why")
    print("\nStopping …", flush=True)
    return 0
