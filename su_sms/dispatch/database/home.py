"""Which database this is: a copy of one sends again what that one sends or has sent.

A database is told by its cluster's identifier and its own in there: a restored dump, a
copy by template and a duplicate have another, a renamed database and a promoted standby
the same. Odoo's ``database.uuid`` tells a copy of a whole cluster, where it is renewed.
"""

from __future__ import annotations

import json
from datetime import timedelta

MAY_ASK = "SELECT has_function_privilege('pg_control_system()', 'execute')"
HERE = """
    SELECT oid::bigint, datname,
           (SELECT value FROM ir_config_parameter WHERE key = 'database.uuid')
      FROM pg_database WHERE datname = current_database()
"""
SAME = ("cluster", "database", "uuid")
# How often a gateway notes that it is where it belongs.
SEEN_EVERY = timedelta(hours=1)


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


def away(cr, here: dict) -> list[int]:
    """Return the ids of the gateways that belong to another database."""
    cr.execute("SELECT id, home::text FROM sms_gateway_config WHERE home IS NOT NULL")
    return [
        gateway_id
        for gateway_id, home in cr.fetchall()
        if not is_same(json.loads(home), here)
    ]


def hold_as_copies(cr, gateway_ids: list[int], now) -> list[int]:
    """Hold gateways as those of a copy; return which were not yet.

    One that somebody is at is held the next time: nothing leaves it meanwhile either.
    """
    if not gateway_ids:
        return []
    cr.execute(
        """
        UPDATE sms_gateway_config
           SET hold_reason = 'copy', hold_text = NULL, held_since = %(now)s,
               hold_told = FALSE, retry_at = NULL
         WHERE id IN (SELECT id FROM sms_gateway_config
                       WHERE id = ANY(%(ids)s)
                         AND hold_reason IS DISTINCT FROM 'copy'
                         FOR NO KEY UPDATE SKIP LOCKED)
     RETURNING id
        """,
        {"ids": gateway_ids, "now": now},
    )
    return [row[0] for row in cr.fetchall()]


def note(cr, here: dict, now) -> None:
    """Note that gateways are where they belong, once in a while.

    One that belongs nowhere yet belongs here from now on.
    """
    at = now.strftime("%Y-%m-%d %H:%M:%S")
    before = (now - SEEN_EVERY).strftime("%Y-%m-%d %H:%M:%S")
    cr.execute(
        """
        UPDATE sms_gateway_config SET home = %(home)s
         WHERE id IN (SELECT id FROM sms_gateway_config
                       WHERE home IS NULL
                          OR home->>'at' < %(before)s
                             AND home->>'database' = %(database)s
                             AND home->>'cluster' IS NOT DISTINCT FROM %(cluster)s
                             AND home->>'uuid' IS NOT DISTINCT FROM %(uuid)s
                         FOR NO KEY UPDATE SKIP LOCKED)
        """,
        {
            "home": json.dumps({**here, "at": at}),
            "before": before,
            "database": str(here["database"]),
            "cluster": here["cluster"],
            "uuid": here["uuid"],
        },
    )
