import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.transactions import own_transaction, utcnow

_logger = logging.getLogger(__name__)

# So many new rows are made fewer at once: figures add them up.
MANY = 20_000
# The key of an advisory lock; any number that nobody else uses.
COMPACTING = 7_357_768
# Older than the figures of the dashboard go back, days need not be told apart.
DAYS_APART = 40
# How long messages took is told as people are told it: in seconds up to two minutes,
# then in minutes up to two hours, then in hours.
DELAY = """
    CASE WHEN seconds < 120 THEN greatest(seconds, 0)
         WHEN seconds < 7200 THEN (seconds + 30) / 60 * 60
         -- of dates that nobody can have meant as well: nothing fails for a figure
         ELSE (least(seconds, 1000000000) + 1800) / 3600 * 3600 END
"""
COLUMNS = {
    "gateway_id": "int",
    "company_id": "int",
    "campaign_id": "int",
    "message_class": "varchar",
    "priority": "varchar",
    "state": "varchar",
    "failure_type": "varchar",
    "left_out": "bool",
    "to_delete": "bool",
    "again": "bool",
    "network": "varchar",
    "currency_id": "int",
    "delay": "int",
}
# What the rows of a kind tell apart. Their "at" is the quarter of an hour in which the
# messages were queued; of "accepted" it is the minute in which they were accepted.
KINDS = {
    "state": tuple(name for name in COLUMNS if name != "delay"),
    "delay": (
        *("gateway_id", "company_id", "campaign_id", "network", "to_delete", "delay"),
    ),
    "accepted": ("gateway_id", "campaign_id"),
}
OURS = "gateway_id IS NOT NULL OR campaign_id IS NOT NULL"
# In whole numbers, which are cheap to compare: this is reckoned for each message.
FACTS = {name: name for name in COLUMNS if name != "delay"} | {
    "left_out": "left_out IS TRUE",
    "to_delete": "to_delete IS TRUE",
    "again": "queued_at IS NOT NULL",
    # days of every time zone begin with a quarter of an hour
    "quarter": "date_part('epoch', create_date)::bigint / 900",
    "minute": "date_part('epoch', accepted_at)::bigint / 60",
    "seconds": "date_part('epoch', delivered_at - accepted_at)::bigint",
}
SUMS = "sum(messages) AS messages, sum(cost) AS cost, sum(parts) AS parts"
LEFT = "HAVING sum(messages) <> 0 OR sum(cost) <> 0 OR sum(parts) <> 0"


def _counted(*sources):
    """Return what counts messages, and what gives the rows of each kind of that.

    They are gone through once: what is alike becomes one row, of which few are left.

    :param sources: (sign, table) of messages that there are more, or less
    """
    given = ", ".join(f"{value} AS {name}" for name, value in FACTS.items())
    each = " UNION ALL ".join(
        f"SELECT {given}, {sign}1 AS messages, {sign}coalesce(cost, 0) AS cost,"
        f" {sign}coalesce(parts, 0) AS parts FROM {table} WHERE {OURS}"
        for sign, table in sources
    )
    alike = ", ".join(FACTS)
    counted = (
        f"WITH alike AS MATERIALIZED (SELECT {alike}, {SUMS} FROM ({each}) AS each"
        f" GROUP BY {alike} {LEFT}),"
        f" counted AS (SELECT *, {DELAY} AS delay FROM alike)"
    )
    return counted, " UNION ALL ".join(_rows_of(kind) for kind in KINDS)


def _rows_of(kind):
    names = KINDS[kind]
    at, which = {
        "state": ("coalesce(quarter, 0) * 900", "TRUE"),
        "delay": ("coalesce(quarter, 0) * 900", "seconds IS NOT NULL"),
        "accepted": ("minute * 60", "minute IS NOT NULL"),
    }[kind]
    given = ", ".join(
        name if name in names else f"NULL::{column}" for name, column in COLUMNS.items()
    )
    return (
        f"SELECT '{kind}', to_timestamp({at}) AT TIME ZONE 'UTC' AS at, {given}, {SUMS}"
        f" FROM counted WHERE {which} GROUP BY 2, {', '.join(names)} {LEFT}"
    )


NAMES = ", ".join(["kind", "at", *COLUMNS, "messages", "cost", "parts"])


def _insert(*sources):
    counted, rows = _counted(*sources)
    return f"{counted} INSERT INTO sms_tally ({NAMES}) {rows}"


TABLE = f"""
    CREATE TABLE IF NOT EXISTS sms_tally (
        id bigserial PRIMARY KEY, kind varchar NOT NULL, at timestamp NOT NULL,
        {", ".join(" ".join(column) for column in COLUMNS.items())},
        messages bigint NOT NULL, cost numeric NOT NULL, parts bigint NOT NULL,
        fresh bool NOT NULL DEFAULT TRUE);
    CREATE INDEX IF NOT EXISTS sms_tally_kind_idx ON sms_tally (kind, at);
    CREATE INDEX IF NOT EXISTS sms_tally_campaign_idx ON sms_tally (campaign_id)
     WHERE campaign_id IS NOT NULL;
    CREATE INDEX IF NOT EXISTS sms_tally_waiting_idx ON sms_tally (gateway_id)
     WHERE state = 'outgoing';
    CREATE INDEX IF NOT EXISTS sms_tally_fresh_idx ON sms_tally (kind, at) WHERE fresh;
"""
# Where a restore sets no search path it is still found.
FUNCTION = f"""
    CREATE OR REPLACE FUNCTION su_sms_tally() RETURNS trigger
    LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN {_insert(("", "fresh"))};
        ELSIF TG_OP = 'UPDATE' THEN {_insert(("", "fresh"), ("-", "gone"))};
        ELSIF TG_OP = 'DELETE' THEN {_insert(("-", "gone"))};
        ELSE DELETE FROM sms_tally;
        END IF;
        RETURN NULL;
    END $$
"""
# What happens to messages -> the rows that the function is given.
GIVEN = {
    "insert": "REFERENCING NEW TABLE AS fresh",
    "update": "REFERENCING NEW TABLE AS fresh OLD TABLE AS gone",
    "delete": "REFERENCING OLD TABLE AS gone",
    "truncate": "",
}
TRIGGERS = "".join(
    f"""
    DROP TRIGGER IF EXISTS su_sms_tally_{event} ON sms_sms;
    CREATE TRIGGER su_sms_tally_{event} AFTER {event} ON sms_sms {given}
        FOR EACH STATEMENT EXECUTE FUNCTION su_sms_tally();
    """
    for event, given in GIVEN.items()
)
# Of what is so old days are not told apart any more; a campaign shows its minutes.
OLD = """
    (kind <> 'accepted' OR campaign_id IS NULL) AND at < %(before)s
"""
COMPACT = f"""
      WITH due AS (
        SELECT kind, at FROM sms_tally WHERE fresh
         UNION
        SELECT kind, unnest(ARRAY[at, date_trunc('month', at)]) FROM sms_tally
         WHERE {OLD} AND at > date_trunc('month', at)
    ), gone AS (
        DELETE FROM sms_tally tally USING due
         WHERE tally.kind = due.kind AND tally.at = due.at
     RETURNING tally.*
    )
    INSERT INTO sms_tally ({NAMES}, fresh)
    SELECT {{rows}}, {SUMS}, FALSE FROM gone GROUP BY {{rows}} {LEFT}
"""
AT = f"""
    CASE WHEN {OLD} THEN date_trunc('month', at) ELSE at END
"""
ALIKE = ", ".join(["kind", AT, *COLUMNS])


class SmsTally(models.Model):
    """How many messages there are of each kind: what every figure is a sum of.

    Adding up a million messages takes seconds. PostgreSQL counts them as they change,
    whoever changes them: each statement adds rows of how many there are more, and less,
    in the same transaction. Rows are only added, so that nobody waits for anybody, and
    from time to time those that are alike become one. They hold no personal data.

    Counting takes 3 to 9 microseconds of the 50 to 110 of a message's update.
    """

    _name = "sms.tally"
    _inherit = ["sms.form.mixin"]
    _description = "SMS Tally"
    _auto = False
    _log_access = False
    _order = "id"
    _rec_name = "kind"

    kind = fields.Char(readonly=True, help="state, delay, accepted")
    at = fields.Datetime(readonly=True)
    gateway_id = fields.Many2one("sms.gateway.config", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    campaign_id = fields.Many2one("sms.campaign", readonly=True)
    message_class = fields.Char(readonly=True)
    priority = fields.Char(readonly=True)
    state = fields.Char(readonly=True)
    failure_type = fields.Char(readonly=True)
    left_out = fields.Boolean(readonly=True)
    to_delete = fields.Boolean(readonly=True)
    again = fields.Boolean(readonly=True, help="Queued again by a person.")
    network = fields.Char(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    delay = fields.Integer(readonly=True)
    messages = fields.Integer(readonly=True)
    cost = fields.Float(readonly=True)
    parts = fields.Integer(readonly=True)

    def init(self):
        # After the columns of messages, which may be made later than this.
        self.env.registry.post_init(self._install)

    @api.model
    def _install(self):
        """Let messages be counted from now on, and count those that there are."""
        self.env.cr.execute(TABLE)
        self.env.cr.execute(FUNCTION)
        self.env.cr.execute(TRIGGERS)
        self._recount()

    # ------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------

    @api.model
    def _sums(self, kind, domain, *columns):
        """Return the sums of messages in a domain that the user may read.

        :param kind: "state", or "delay" or "accepted": of those that have one
        :param domain: of messages, by what this kind tells apart; ``at`` as well
        :param columns: by what: names of fields, or SQL
        :return: [(value of each column, messages, cost, parts)], none without messages
        """
        messages = self.env["sms.sms"]
        messages.flush_model()
        rules, source = Domain.TRUE, SQL("sms_tally")
        if not self.env.su:
            rules = self.env["ir.rule"]._compute_domain("sms.sms", "read")
            names = {each.field_expr for each in rules.iter_conditions()}
            if not names <= set(KINDS[kind]):
                # A rule of somebody's own, which goes by what is not told apart.
                rules, source = Domain.TRUE, self._one_by_one(kind)
        query = self.sudo()._search(Domain(domain) & rules & Domain("kind", "=", kind))
        by = SQL(", ").join(
            SQL.identifier("sms_tally", each) if isinstance(each, str) else each
            for each in columns
        )
        return self.env.execute_query(
            SQL(
                """
                SELECT %(by)s, sum(messages)::bigint, sum(cost)::float,
                       sum(parts)::bigint
                  FROM %(source)s AS sms_tally
                 WHERE %(where)s
              GROUP BY %(groups)s
                HAVING sum(messages) <> 0
                """,
                by=by,
                source=source,
                where=query.where_clause or SQL("TRUE"),
                groups=SQL(", ").join(SQL(str(n + 1)) for n in range(len(columns))),
            )
        )

    @api.model
    def _one_by_one(self, kind):
        """Return the rows of the messages that the user may read, counted anew."""
        counted, _rows = _counted(("", "readable"))
        query = self.env["sms.sms"]._search([])
        return SQL(
            "(WITH readable AS (%s) %s SELECT one.* FROM (%s) AS one(%s))",
            query.select(SQL("sms_sms.*")),
            SQL(counted.replace("WITH", ",", 1)),
            SQL(_rows_of(kind)),
            SQL(NAMES),
        )

    # ------------------------------------------------------------
    # From time to time
    # ------------------------------------------------------------

    @api.model
    def _compact(self, least=1):
        """Make one row of those that differ in nothing but how many there are.

        Days that the dashboard does not go back to become one row for the month.

        :param least: if there are so many new ones
        """
        before = utcnow() - timedelta(days=DAYS_APART)
        with own_transaction(self.env) as cr:
            cr.execute(
                "SELECT FROM sms_tally WHERE fresh OFFSET %s LIMIT 1", [least - 1]
            )
            if not cr.rowcount:
                return
            # Nobody else does it meanwhile, and nobody waits for who does.
            cr.execute("SELECT pg_try_advisory_xact_lock(%s)", [COMPACTING])
            if cr.fetchone()[0]:
                cr.execute(COMPACT.format(rows=ALIKE), {"before": before})

    @api.model
    def _compact_many(self):
        """Make one row of those that are alike, if there are many."""
        self._compact(MANY)

    @api.autovacuum
    def _recount(self):
        """Count all messages anew, and put right what is not as it should be.

        Something is wrong only after somebody has switched triggers off. What is
        missing is added, as with any change: others may go on changing messages.
        """
        self.env.flush_all()
        counted, rows = _counted(("", "sms_sms"))
        self.env.cr.execute(
            f"""
            {counted}
            INSERT INTO sms_tally ({NAMES})
            SELECT {ALIKE}, {SUMS}
              FROM (SELECT {NAMES} FROM ({rows}) AS one({NAMES})
                     UNION ALL
                    SELECT {NAMES.replace("messages, cost, parts", "-messages")},
                           -cost, -parts FROM sms_tally) AS each
          GROUP BY {ALIKE} {LEFT}
            """,
            {"before": utcnow() - timedelta(days=DAYS_APART)},
        )
        if found := self.env.cr.rowcount:
            _logger.info("%d counts of messages are put right", found)
        return found
