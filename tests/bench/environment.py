"""Odoo's environment, in a transaction of its own."""

import contextlib
from collections.abc import Iterator

from odoo import api
from odoo.modules.registry import Registry


@contextlib.contextmanager
def environment(registry: Registry) -> Iterator[api.Environment]:
    """Return an environment of the cron's user in a transaction that is committed."""
    with registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        yield env
        env.flush_all()
