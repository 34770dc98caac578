"""What tests of retention and of personal data start from."""

import io
import zipfile
from datetime import timedelta

from odoo.tools import SQL

from ...tools.transactions import utcnow
from ..campaign_case import CampaignCase

NUMBER, TEXT = "+254712345678", "Dear Wanjiku, your balance is 12,345"
# Where a number or a text of an SMS may lie.
TABLES = (
    "sms_sms",
    "sms_tracker",
    "mailing_trace",
    "mail_message",
    "mail_notification",
    "sms_incoming",
    "sms_gateway_event",
    "sms_campaign",
    "sms_campaign_audience",
    "sms_campaign_row",
    "sms_campaign_column",
    "sms_campaign_recipient",
    "sms_statistic",
    "sms_suppression",
    "sms_person_log",
    "phone_blacklist",
    "sms_blacklist",
    "sms_consent",
    "sms_optout_link",
)


class RetentionCase(CampaignCase):
    """Messages as old as a test wants them, and a look into every table."""

    def age(self, *records, days):
        """Make records old."""
        self.env.flush_all()
        for record in records:
            columns = {"create_date", "queued_at", "dispatched_at", "accepted_at"}
            columns |= {"received_at", "delivered_at", "write_date"}
            for name in columns & set(record._fields):
                self.cr.execute(
                    SQL(
                        "UPDATE %s SET %s = %s WHERE id IN %s"
                        " AND (%s IS NOT NULL OR %s = 'create_date')",
                        SQL.identifier(record._table),
                        SQL.identifier(name),
                        utcnow() - timedelta(days=days),
                        tuple(record.ids),
                        SQL.identifier(name),
                        name,
                    )
                )
        self.env.invalidate_all()

    def found(self, text):
        """Return the tables in which a text is."""
        self.env.flush_all()
        found = []
        for table in TABLES:
            self.cr.execute(
                SQL(
                    "SELECT count(*) FROM %s t WHERE position(%s in t::text) > 0",
                    SQL.identifier(table),
                    text,
                )
            )
            if self.cr.fetchone()[0]:
                found.append(table)
        return found

    def totals(self):
        """Return {(company, user, state, currency): (messages, parts, cost)}."""
        self.env.flush_all()
        self.cr.execute(
            """
            SELECT company_id, user_id, message_class, state, currency_id,
                   sum(messages)::int, sum(parts)::int, round(sum(cost), 4)
              FROM (SELECT company_id, create_uid AS user_id, message_class, state,
                           currency_id, 1 AS messages, coalesce(parts, 0) AS parts,
                           coalesce(cost, 0) AS cost
                      FROM sms_sms WHERE gateway_id IS NOT NULL
                     UNION ALL
                    SELECT company_id, user_id, message_class, state, currency_id,
                           messages, parts, cost FROM sms_statistic) each
          GROUP BY 1, 2, 3, 4, 5
            """
        )
        return {row[:5]: row[5:] for row in self.cr.fetchall()}

    def receive(self, kind="incoming", **given):
        self.env["sms.gateway.event"]._receive(
            self.gateway.id, kind, list(given.items())
        )
        self.env["sms.gateway.event"]._apply_inbox()

    def everywhere(self):
        """Leave the number and the text wherever they can be; return the messages."""
        sms, _notification = self.post(NUMBER)
        sms.body = sms.mail_message_id.body = TEXT
        self.send_mailing()
        self.queue(NUMBER, body=TEXT, recipient="Wanjiku").send()
        self.receive(id="in1", **{"from": NUMBER, "to": "22384", "text": TEXT})
        return self.env["sms.sms"].search([("number", "=", NUMBER)])


class PersonCase(RetentionCase):
    """A manager who is asked what is held of a number."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user("sms_manager", "su_sms.group_manager")
        cls.employee = cls.user("sms_user", "su_sms.group_user")

    def wizard(self, number=NUMBER, user=None):
        wizards = self.env["sms.person.wizard"].with_user(user or self.manager)
        return wizards.create({"number": number})

    def text_of(self, wizard):
        """Return all the text of the spreadsheet."""
        with zipfile.ZipFile(io.BytesIO(wizard._xlsx())) as book:
            return "".join(
                book.read(name).decode() for name in book.namelist() if "xml" in name
            )
