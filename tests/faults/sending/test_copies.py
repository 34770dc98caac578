"""A database is copied, restored, renamed: what waited in it is sent once."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from dev.environment import Environment

from ..system import System, messages
from ..workers import Worker

COUNT = 200


def by_template(env: Environment, source: str, name: str) -> None:
    """As Odoo's *Duplicate* does, but for the uuid that it renews."""
    env.postgres.query(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')


def by_dump(env: Environment, source: str, name: str) -> None:
    """As a backup is restored, here beside the original."""
    env.postgres.query(f'CREATE DATABASE "{name}"')
    dump = subprocess.run(
        [env.postgres.bin / "pg_dump", "--format=custom", "--compress=0", source],
        env=env.env,
        capture_output=True,
        check=True,
    )
    subprocess.run(
        [env.postgres.bin / "pg_restore", "--no-owner", f"--dbname={name}"],
        env=env.env,
        input=dump.stdout,
        check=True,
    )


@pytest.mark.parametrize("made", [by_template, by_dump])
def test_what_waits_in_a_copy_is_not_sent_again(
    system: System, env: Environment, made, tmp_path: Path
) -> None:
    queue(system, env, tmp_path)
    copy = f"{system.database}_copy"
    env.postgres.query(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
    made(env, system.database, copy)
    try:
        check_held(System(env, copy, system.simulator), tmp_path / "copy.log")
    finally:
        env.postgres.query(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
    with Worker(env, system.database, tmp_path / "original.log") as worker:
        worker("dispatch")
    system.judge()
    assert system.admin.summary()["accepted"] == COUNT


def test_what_was_sent_after_a_backup_is_not_sent_again_by_it(
    system: System, env: Environment, tmp_path: Path
) -> None:
    queue(system, env, tmp_path)
    backup = f"{system.database}_backup"
    env.postgres.query(f'DROP DATABASE IF EXISTS "{backup}" WITH (FORCE)')
    by_dump(env, system.database, backup)
    with Worker(env, system.database, tmp_path / "original.log") as worker:
        worker("dispatch")
    assert system.admin.summary()["accepted"] == COUNT
    env.postgres.query(f'DROP DATABASE "{system.database}" WITH (FORCE)')
    env.postgres.query(f'ALTER DATABASE "{backup}" RENAME TO "{system.database}"')
    check_held(system, tmp_path / "restored.log")
    assert system.admin.summary()["accepted"] == COUNT


def queue(system: System, env: Environment, folder: Path) -> None:
    """Let messages wait in a database that has sent before."""
    with Worker(env, system.database, folder / "queue.log") as worker:
        worker("dispatch")
        worker.queue(messages(COUNT))


def check_held(copied: System, log: Path) -> None:
    """Assert that nothing leaves a copy, and that it says why."""
    with Worker(copied.env, copied.database, log) as worker:
        worker("dispatch")
    assert copied.states()["outgoing"] == COUNT
    held = copied.sql("SELECT DISTINCT hold_reason FROM sms_gateway_config")
    assert [tuple(row) for row in held] == [("copy",)]


def test_a_renamed_database_sends_on(
    system: System, env: Environment, tmp_path: Path
) -> None:
    with Worker(env, system.database, tmp_path / "before.log") as worker:
        worker("dispatch")
        worker.queue(messages(COUNT))
    other = f"{system.database}_renamed"
    env.postgres.query(f'ALTER DATABASE "{system.database}" RENAME TO "{other}"')
    try:
        with Worker(env, other, tmp_path / "after.log") as worker:
            worker("dispatch")
        System(env, other, system.simulator).judge()
        assert system.admin.summary()["accepted"] == COUNT
    finally:
        env.postgres.query(f'ALTER DATABASE "{other}" RENAME TO "{system.database}"')
