"""Time, and transactions of our own beside the current one.

In Odoo's tests there is one transaction, which nothing may commit: there all of these
use it, and what they run is in line.
"""

from contextlib import contextmanager
from datetime import datetime, timezone
from types import SimpleNamespace

from odoo import SUPERUSER_ID, api, modules

from ..dispatch import outbox
from ..dispatch.database.connection import Connection, is_passing

__all__ = ["is_passing"]


def utcnow():
    """Return the time in UTC, naive as Odoo's but to the microsecond.

    The order of a hold and of the requests around it is told by their times.
    """
    return _now().replace(tzinfo=None)


def _now():
    return datetime.now(timezone.utc)


def in_test():
    """Tell whether Odoo's tests run: then nothing may commit, and all is in line."""
    return bool(modules.module.current_test)


@contextmanager
def own_transaction(env):
    """Return a cursor of a short transaction, which sees what others commit meanwhile.

    In a test it is a savepoint, and what the ORM knows of the current one is refreshed.
    """
    if in_test():
        env.flush_all()
        with env.cr.savepoint(flush=False):
            yield env.cr
        env.invalidate_all()
        return
    with env.registry.cursor() as cr:
        outbox.read_committed(cr)
        yield cr


@contextmanager
def own_environment(env):
    """Return the superuser's environment in a transaction of its own."""
    if in_test():
        yield env(su=True)
        return
    with env.registry.cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})


def own_connection(env):
    """Return a connection for many short transactions.

    It outlives the environment's transaction and may be used in another thread.
    """
    if in_test():
        return SimpleNamespace(
            transaction=lambda: own_transaction(env),
            open=lambda: None,
            close=lambda: None,
        )
    return Connection(env.registry.cursor)


def end_transaction(env):
    """Commit before the network is used: no transaction is open meanwhile.

    Only for what is at the top of its transaction: a cron, a button, a hook.
    """
    if not in_test():
        env.cr.commit()  # pylint: disable=invalid-commit
