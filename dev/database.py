"""Databases: templates made once, and copies of them made in a second."""

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from . import cache
from .environment import Environment
from .process import call
from .testing import odoo_log

#: what a person sees: SMS Marketing and contacts
BASE = ("contacts", "mass_mailing_sms")
#: whose records campaigns may go to as well, where they are installed
RECORDS = ("calendar", "event", "hr")
#: every addon of Odoo's that sends SMS, or makes others do so
BRIDGES = (
    "base_automation",
    "calendar_sms",
    "crm_sms",
    "event_sms",
    "hr_recruitment_sms",
    "mass_mailing_crm_sms",
    "mass_mailing_event_sms",
    "mass_mailing_event_track_sms",
    "mass_mailing_sale_sms",
    "pos_sms",
    "project_sms",
    "sale_sms",
    "sms_twilio",
    "stock_sms",
    "website_crm_sms",
    "website_sms",
)
#: what Odoo's own SMS suites need
SUITES = (
    "contacts",
    "mass_mailing_sms",
    "sms_twilio",
    "test_mail_full",
    "test_mail_sms",
    "test_mass_mailing",
)
ADDON = "su_sms"
# Templates that hold the addon, beside the newest: one for each of its last states.
TEMPLATES = 7


def exists(env: Environment, name: str) -> bool:
    """Tell whether there is a database `name`."""
    sql = f"SELECT 1 FROM pg_database WHERE datname = '{name}'"
    return bool(env.postgres.query(sql))


def drop(env: Environment, name: str) -> None:
    """Remove the database `name` and its file store, connected or not."""
    env.postgres.query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(filestore(env, name), ignore_errors=True)


def copy(env: Environment, template: str, name: str) -> str:
    """Make the database `name` anew from `template`; gives its name."""
    drop(env, name)
    env.postgres.query(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    source = filestore(env, template)
    if source.exists():
        # files of a store are named by their content and never change
        shutil.copytree(source, filestore(env, name), copy_function=os.link)
    belong_here(env, name)
    return name


def belong_here(env: Environment, name: str) -> None:
    """Let the gateways of a copied database belong to it: it is no copy of one in use.

    What a copy does by itself has tests of its own.
    """
    sql = "SELECT 1 FROM pg_attribute WHERE attname = 'home' AND attrelid ="
    if env.postgres.query(f"{sql} to_regclass('sms_gateway_config')", database=name):
        env.postgres.query("UPDATE sms_gateway_config SET home = NULL", database=name)


def template(
    env: Environment,
    modules: Sequence[str] = BASE,
    *,
    more: Sequence[str] = (),
    addon: bool = False,
) -> str:
    """Return the name of a database with `modules` (and su_sms if `addon`) installed.

    It is made first if there is none made from the same Odoo, modules and addon; with
    `more`, from the one with `modules`.
    """
    base = f"template_{cache.key(env.odoo.version, *modules)}"
    title = f"Making a database with {', '.join(modules)}"
    _install(env, base, None, modules, title)
    if more:
        start, base = base, f"template_{cache.key(env.odoo.version, *modules, *more)}"
        _install(env, base, start, more, f"Installing {', '.join(more)}")
    if not addon:
        return base
    name = f"{base}_{cache.folder_key(env.addon)}"
    _install(env, name, base, (ADDON,), f"Installing {ADDON}")
    _forget(env, f"{base}_", name)
    return name


@contextlib.contextmanager
def temporary(env: Environment, label: str, source: str) -> Iterator[str]:
    """Return a copy of the database `source`, dropped at the end.

    Those of processes that died before they could are dropped here too.
    """
    if env.postgres.own:
        sql = "SELECT datname FROM pg_database WHERE datname ~ '^test_[0-9]+_'"
        for name in env.postgres.query(sql):
            if not alive(int(name.split("_")[1])):
                drop(env, name)
    name = copy(env, source, f"test_{os.getpid()}_{label}")
    try:
        yield name
    finally:
        drop(env, name)


def alive(pid: int) -> bool:
    """Tell whether there is a process `pid`."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def filestore(env: Environment, name: str) -> Path:
    """Return the folder of the files of database `name`."""
    return env.data / "filestore" / name


def _install(
    env: Environment,
    name: str,
    base: str | None,
    modules: Sequence[str],
    title: str,
) -> None:
    if exists(env, name):
        return
    with cache.lock("template databases"):
        if exists(env, name):
            return
        part = f"part_{name}"
        _forget_interrupted(env)
        drop(env, part)
        drop(env, name)
        if base:
            copy(env, base, part)
        call(
            env.odoo_command(
                f"--database={part}",
                f"--init={','.join(modules)}",
                "--stop-after-init",
                "--no-http",
                "--max-cron-threads=0",
            ),
            title=title,
            remedy="mend it and run again",
            log=cache.home() / "logs" / f"{name}.log",
            env=env.env,
            detail=odoo_log.message,
        )
        if filestore(env, part).exists():
            filestore(env, part).rename(filestore(env, name))
        env.postgres.query(f'ALTER DATABASE "{part}" RENAME TO "{name}"')


def _forget_interrupted(env: Environment) -> None:
    """Drop what killed installations have left; the caller holds the lock for one."""
    if env.postgres.own:
        sql = "SELECT datname FROM pg_database WHERE starts_with(datname, 'part_')"
        for name in env.postgres.query(sql):
            drop(env, name)


def _forget(env: Environment, prefix: str, newest: str) -> None:
    sql = (
        "SELECT datname FROM pg_database WHERE starts_with(datname, "
        f"'{prefix}') AND datname <> '{newest}' ORDER BY oid DESC OFFSET {TEMPLATES}"
    )
    for name in env.postgres.query(sql):
        drop(env, name)
