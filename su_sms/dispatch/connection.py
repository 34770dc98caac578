"""A connection to the database, kept for many short transactions."""

from __future__ import annotations

import contextlib

import psycopg2

from .outbox import read_committed


class Connection:
    """One thread's connection, opened when it is needed and anew when it has failed.

    :param connect: gives an open cursor of a connection of its own, as Odoo's
        ``registry.cursor`` does
    """

    def __init__(self, connect):
        self._connect = connect
        self._cr = None

    @contextlib.contextmanager
    def transaction(self):
        """Give a cursor of a new transaction, which is committed at the end."""
        # Kept again only if all went well: what failed may be broken.
        cr, self._cr = self._cr or self._connect(), None
        try:
            read_committed(cr)
            yield cr
            cr.commit()
        except BaseException:
            with contextlib.suppress(psycopg2.Error):
                cr.close()
            raise
        self._cr = cr

    def close(self):
        """Give the connection back; the next transaction opens another."""
        cr, self._cr = self._cr, None
        if cr:
            with contextlib.suppress(psycopg2.Error):
                cr.close()
