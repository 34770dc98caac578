"""Which database this is: a copy of one sends again what that one sends or has sent.

A database is told by its cluster's identifier and its own in there: a restored dump, a
copy by template and a duplicate have another, a renamed database and a promoted standby
the same. Odoo's ``database.uuid`` tells a copy of a whole cluster, where it is renewed.
"""

from __future__ import annotations

MAY_ASK = "SELECT has_function_privilege('pg_control_system()', 'execute')"
HERE = """
    SELECT oid::bigint, datname,
           (SELECT value FROM ir_config_parameter WHERE key = 'database.uuid')
      FROM pg_database WHERE datname = current_database()
"""
SAME = ("cluster", "database", "uuid")


def here(cr) -> dict:
    """Return what tells this database from its copies, and its name."""
    cr.execute(MAY_ASK)
    cluster = None
    if cr.fetchone()[0]:
        cr.execute("SELECT system_identifier::text FROM pg_control_system()")
        [cluster] = cr.fetchone()
    cr.execute(HERE)
    database, name, uuid = cr.fetchone()
    return {"cluster": cluster, "database": database, "uuid": uuid, "name": name}


def is_same(one: dict, other: dict) -> bool:
    """Tell whether these are one database, renamed or not."""
    return all(one.get(name) == other.get(name) for name in SAME)
