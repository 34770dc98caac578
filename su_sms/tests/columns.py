"""Where something is in the database."""

from odoo.tools import SQL


def columns_with(env, *texts):
    """Return the columns that hold any of these texts, as ``table.column``."""
    env.flush_all()
    tables = env.execute_query(
        SQL(
            """
            SELECT table_name, array_agg(column_name::text)
              FROM information_schema.columns
              JOIN information_schema.tables USING (table_schema, table_name)
             WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
               AND data_type IN ('text', 'character varying', 'json', 'jsonb')
          GROUP BY table_name
            """
        )
    )
    pattern = "|".join(texts)
    found = set()
    for table, columns in tables:
        hits = SQL(", ").join(
            SQL("bool_or(%s::text ~ %s)", SQL.identifier(column), pattern)
            for column in columns
        )
        [row] = env.execute_query(SQL("SELECT %s FROM %s", hits, SQL.identifier(table)))
        found |= {
            f"{table}.{column}" for column, hit in zip(columns, row, strict=True) if hit
        }
    return found
