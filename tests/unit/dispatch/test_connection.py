"""A connection that is kept, and replaced when it fails."""

from __future__ import annotations

from types import SimpleNamespace

import psycopg2
import pytest
from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED

from su_sms.dispatch.database.connection import DURABLE, Connection


class Cursor:
    """What of Odoo's cursor is used; PostgreSQL itself is in the fault tests."""

    def __init__(self, forgetful=False):
        self.forgetful = forgetful
        self.statements = []
        self.levels = []
        self.closed = False
        self.connection = SimpleNamespace(set_isolation_level=self.levels.append)

    def execute(self, statement):
        self.statements.append(statement)

    def fetchone(self):
        return (self.forgetful,)

    def commit(self):
        self.statements.append("COMMIT")

    def close(self):
        self.closed = True


@pytest.fixture
def opened():
    return []


@pytest.fixture
def connection(opened):
    def connect():
        opened.append(Cursor())
        return opened[-1]

    return Connection(connect)


def test_it_is_kept_from_one_transaction_to_the_next(connection, opened):
    for _time in range(2):
        with connection.transaction() as cr:
            cr.execute("SELECT 1")
    assert [cr.statements.count("COMMIT") for cr in opened] == [2]
    assert opened[0].levels == [ISOLATION_LEVEL_READ_COMMITTED]
    connection.close()
    assert opened[0].closed


def test_one_that_failed_is_not_used_again(connection, opened):
    with pytest.raises(psycopg2.OperationalError), connection.transaction():
        raise psycopg2.OperationalError("server closed the connection")
    assert opened[0].closed
    assert "COMMIT" not in opened[0].statements
    with connection.transaction():
        pass
    assert len(opened) == 2


@pytest.mark.parametrize("forgetful", [False, True])
def test_no_commit_of_it_is_taken_back_by_a_crash(forgetful):
    opened = []

    def connect():
        opened.append(Cursor(forgetful))
        return opened[-1]

    connection = Connection(connect)
    for _time in range(2):
        with connection.transaction() as cr:
            cr.execute("SELECT 1")
    statements = opened[0].statements
    assert statements.count(DURABLE) == (2 if forgetful else 0)
    assert statements[-3 if forgetful else -2 :][0] == (
        DURABLE if forgetful else "SELECT 1"
    )
