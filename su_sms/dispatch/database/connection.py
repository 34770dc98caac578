"""A connection to the database, kept for many short transactions."""

from __future__ import annotations

import contextlib

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED

# Whether a crash of the server may take back what it has said to be committed: a usual
# tuning of a role, or of a database.
FORGETFUL = "SELECT current_setting('synchronous_commit') IN ('off', 'local')"
DURABLE = """
    SELECT set_config('synchronous_commit', 'on', TRUE)
     WHERE current_setting('synchronous_commit') IN ('off', 'local')
"""


def durable(cr):
    """Let the open transaction's commit outlive a crash of the server.

    What was committed before it does too: the server writes its log in order.
    """
    cr.execute(DURABLE)


def is_passing(error):
    """Tell whether an error is the database's and goes by itself: try again later.

    A conflict, a connection that was ended, a statement that took too long, a full
    disk, a server that stops or starts: what was asked for is not to blame.
    """
    operational = (psycopg2.OperationalError, psycopg2.InterfaceError)
    return isinstance(error, operational) or (
        isinstance(error, psycopg2.Error) and error.pgcode is None
    )


class Connection:
    """One thread's connection, opened when it is needed and anew when it has failed.

    What it commits is never taken back: a claim that a crash takes back is sent twice.

    Its transactions are READ COMMITTED: see `..outbox`. Told to the connection
    once, that costs no statement in each transaction; Odoo sets a level of its own
    whenever a connection leaves its pool.

    :param connect: gives an open cursor of a connection of its own, as Odoo's
        ``registry.cursor`` does
    """

    def __init__(self, connect):
        self._connect = connect
        self._cr = None
        self._forgetful = False

    def open(self):
        """Open it now.

        :raises psycopg2.Error: there is none to be had; Odoo's pool may be full
        """
        if not self._cr:
            cr = self._connect()
            cr.connection.set_isolation_level(ISOLATION_LEVEL_READ_COMMITTED)
            cr.execute(FORGETFUL)
            [self._forgetful] = cr.fetchone()
            self._cr = cr

    @contextlib.contextmanager
    def transaction(self):
        """Return a cursor of a new transaction, which is committed at the end."""
        self.open()
        # Kept again only if all went well: what failed may be broken.
        cr, self._cr = self._cr, None
        try:
            if self._forgetful:
                # Of the role, and so the same for all its transactions; told in each,
                # as a pooler may give each another connection.
                durable(cr)
            yield cr
            # Its own, not the caller's: that is what it is for.
            cr.commit()  # pylint: disable=invalid-commit
        except BaseException:
            with contextlib.suppress(psycopg2.Error):
                cr.close()
            raise
        self._cr = cr

    def close(self):
        """Return the connection back; the next transaction opens another."""
        cr, self._cr = self._cr, None
        if cr:
            with contextlib.suppress(psycopg2.Error):
                cr.close()
