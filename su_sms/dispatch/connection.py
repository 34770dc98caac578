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

    def open(self):
        """Open it now.

        :raises psycopg2.Error: there is none to be had
        """
        if self._cr:
            return
        try:
            self._cr = self._connect()
        except psycopg2.Error:
            raise
        except Exception as error:
            # Odoo has an error of its own for a pool that is full. It passes, too.
            raise psycopg2.OperationalError(str(error)) from error

    @contextlib.contextmanager
    def transaction(self):
        """Give a cursor of a new transaction, which is committed at the end."""
        self.open()
        # Kept again only if all went well: what failed may be broken.
        cr, self._cr = self._cr, None
        try:
            read_committed(cr)
            yield cr
            # Its own, not the caller's: that is what it is for.
            cr.commit()  # pylint: disable=invalid-commit
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
