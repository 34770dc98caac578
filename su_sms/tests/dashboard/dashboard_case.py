"""What tests of the dashboard start from."""

from datetime import timedelta
from unittest import mock

from odoo import fields

from ..common import GatewayCase

# state, failure type, network, cost, days ago -> how many
MESSAGES = {
    ("sent", False, "Safaricom", 0.8, 0): 3,
    ("pending", False, False, 0.8, 0): 2,
    ("outgoing", False, False, 0, 0): 4,
    ("process", False, False, 0, 0): 1,
    ("canceled", "sms_optout", False, 0, 0): 2,
    ("error", "sms_expired", "Safaricom", 0.8, 0): 1,
    ("error", "sms_outcome_unknown", False, 0, 0): 1,
    ("sent", False, "Airtel Kenya", 1.0, 10): 5,
    ("error", "sms_not_delivered", "Airtel Kenya", 1.0, 10): 3,
    ("sent", False, "Safaricom", 0.8, 29): 1,
    ("sent", False, "Safaricom", 0.8, 45): 7,
}
NOW = "2026-05-20 09:00:00"  # noon in Nairobi


class DashboardCase(GatewayCase):
    """Noon in Nairobi, and messages to be counted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user("dashboard", "su_sms.group_manager", tz="Africa/Nairobi")
        cls.kes = cls.env.ref("base.KES")
        cls.kes.active = True
        clock = mock.patch.object(
            fields.Datetime, "now", lambda: fields.Datetime.to_datetime(NOW)
        )
        clock.start()
        cls.addClassCleanup(clock.stop)

    def queue(self, *numbers, **vals):
        """Create messages, as of the test's time."""
        messages = super().queue(*numbers, **vals)
        self.date(messages, NOW)
        return messages

    def fill(self, messages=None, **vals):
        """Create messages as the table says, at the same hour of their days."""
        made = self.env["sms.sms"]
        for row, count in (messages or MESSAGES).items():
            state, failure_type, network, cost, days = row
            some = self.queue(
                *[f"07120{len(made) + n:05d}" for n in range(count)],
                state=state,
                failure_type=failure_type,
                network=network,
                cost=cost,
                currency_id=cost and self.kes.id,
                parts=1,
                **vals,
            )
            self.date(some, fields.Datetime.now() - timedelta(days=days))
            made += some
        return made

    def date(self, messages, when):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sms_sms SET create_date = %s WHERE id = ANY(%s)",
            [when, messages.ids],
        )
        messages.invalidate_recordset(["create_date"])

    def data(self, user=None, **given):
        dashboard = self.env["sms.dashboard"].with_user(user or self.manager)
        return dashboard.get_data(**given)

    def period(self, data, key):
        period = next(each for each in data["periods"] if each["key"] == key)
        keys = [result["key"] for result in data["results"]]
        counts = [figure["count"] for figure in period["results"]]
        return period, dict(zip(keys, counts, strict=True))

    def check_figures(self, data, user=None):
        """Assert that every figure is the count of the list that it opens."""
        messages = self.env["sms.sms"].with_user(user or self.manager)
        found = list(figures(data))
        self.assertGreater(len(found), 10)
        for figure in found:
            with self.subTest(figure=figure):
                count = messages.search_count(figure["domain"])
                self.assertEqual(count, figure["count"])
        for result in data["results"]:
            counts = data["chart"]["counts"][result["key"]]
            for day, count in zip(data["chart"]["days"], counts, strict=True):
                domain = [*day["domain"], *result["domain"]]
                self.assertEqual(messages.search_count(domain), count, domain)


def figures(data):
    """Return every figure of the dashboard's data, whatever it is in."""
    if isinstance(data, dict):
        if "count" in data and "domain" in data:
            yield data
        data = list(data.values())
    if isinstance(data, list):
        for each in data:
            yield from figures(each)
