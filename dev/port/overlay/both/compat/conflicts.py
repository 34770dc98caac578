"""Conflicts that Odoo tries again."""

from psycopg2 import errors

CONFLICTS = PG_CONCURRENCY_EXCEPTIONS_TO_RETRY = (
    errors.LockNotAvailable,
    errors.SerializationFailure,
    errors.DeadlockDetected,
)


class ConcurrencyError(errors.SerializationFailure):
    """Odoo begins the transaction anew, as for one of PostgreSQL's own."""

    pgcode = "40001"
