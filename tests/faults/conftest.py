"""Fixtures: a system for each test, copied from one prepared; workers and servers."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dev import database
from dev.environment import Environment, environment
from dev.server import OdooServer
from tests.simulator.process import Simulator

from .system import CHUNK, SIDE_BY_SIDE, System
from .workers import Worker, fork_from

LONG_SECONDS = 3600


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="more messages, more faults")
    parser.addoption("--seed", type=int, help="repeat the random moments of a run")


def pytest_configure(config: pytest.Config) -> None:
    if config.option.seed is None:
        config.option.seed = random.randrange(1_000_000)


def pytest_report_header(config: pytest.Config) -> str:
    return f"random moments: --seed {config.option.seed}"


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    # Once more, below what failed: that is all that is shown of a long log.
    terminalreporter.write_line(pytest_report_header(config))


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    if config.option.long:
        for item in items:
            item.add_marker(pytest.mark.timeout(LONG_SECONDS))


@pytest.fixture
def long(request: pytest.FixtureRequest) -> bool:
    """Tell whether the long form was asked for."""
    return request.config.option.long


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    """Return random numbers that the run's seed and the test's name repeat."""
    return random.Random(f"{request.config.option.seed} {request.node.name}")


@pytest.fixture(scope="session")
def env() -> Environment:
    return environment()


@pytest.fixture(scope="session")
def running_simulator(env: Environment) -> Iterator[Simulator]:
    with Simulator(python=str(env.python)) as simulator:
        yield simulator


@pytest.fixture(scope="session")
def prepared(
    env: Environment,
    running_simulator: Simulator,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """Return a database whose default gateway leads to the simulator."""
    source = database.template(env, addon=True)
    with database.temporary(env, "faults", source) as name:
        fork_from(env, name)
        log = tmp_path_factory.mktemp("prepared") / "odoo.log"
        with Worker(env, name, log) as worker:
            worker("begin")
            worker("set_param", name="su_sms.base_url", value=running_simulator.url)
            worker("commit")
            worker.create("sms.gateway.config", [gateway_values()])
        yield name


@pytest.fixture
def system(
    env: Environment, prepared: str, running_simulator: Simulator
) -> Iterator[System]:
    """Return a database of this test's own and the simulator, all empty."""
    running_simulator.admin.reset()
    with database.temporary(env, "fault", prepared) as name:
        yield System(env, name, running_simulator)


@pytest.fixture
def workers(system: System, tmp_path: Path) -> Iterator[Callable[[int], list[Worker]]]:
    """Return ``workers(count)``: that many dispatchers, ready."""
    with contextlib.ExitStack() as stack:

        def start(count: int) -> list[Worker]:
            logs = [tmp_path / f"worker-{n}.log" for n in range(count)]
            new = [Worker(system.env, system.database, log) for log in logs]
            for worker in new:
                stack.callback(worker.kill)
            for worker in new:
                assert worker.result() == "ready"
            return new

        yield start


@pytest.fixture
def worker(workers: Callable[[int], list[Worker]]) -> Worker:
    """Return one worker, ready."""
    return workers(1)[0]


@pytest.fixture
def server(
    request: pytest.FixtureRequest, system: System, tmp_path: Path
) -> Iterator[OdooServer]:
    """Return Odoo's server, not started; with workers where a test says so."""
    log = tmp_path / "odoo.log"
    workers = getattr(request, "param", 0)
    server = OdooServer(system.env, system.database, log=log, workers=workers)
    yield server
    server.stop()


def gateway_values() -> dict[str, object]:
    """Return the values of a gateway that the simulator accepts."""
    return {
        "name": "Simulator",
        "environment": "sandbox",
        "api_key": "atsk_simulator",
        "use_window": False,
        "chunk_size": CHUNK,
        "concurrency": SIDE_BY_SIDE,
        "attempts": 1,
    }
