"""Keep secrets, texts and numbers out of what Odoo logs of queries.

A conflict between two transactions is enough for Odoo to log the whole statement, with
all values in it; at DEBUG it logs each.
"""

import logging
import re

TABLES = re.compile(
    r"\b(sms_\w+|ir_config_parameter|mail_message|mail_notification|mailing_\w+"
    r"|phone_blacklist)\b"
)
# As psycopg2 writes them.
LITERAL = re.compile(r"\bE'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'", re.DOTALL)


class HideValues(logging.Filter):
    def filter(self, record):
        """Blank the values of a statement on tables that hold such; drop nothing."""
        if str(record.msg).startswith("bad query") and len(record.args) == 2:
            query, error = record.args
            if isinstance(query, bytes):
                query = query.decode(errors="replace")
            if TABLES.search(str(query)):
                # The lines after the first quote the row.
                error = str(error).partition("\n")[0]
                record.args = LITERAL.sub("'…'", str(query)), error
        elif str(record.msg).endswith("query: %s") and len(record.args) == 2:
            took, query = record.args
            record.args = took, LITERAL.sub("'…'", str(query))
        return True


logging.getLogger("odoo.sql_db").addFilter(HideValues())
