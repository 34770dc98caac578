from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ...hooks import uninstall_hook
from ..campaign_case import CampaignCase
from .dashboard_case import DashboardCase

SINCE = fields.Datetime.to_datetime("2026-01-15 09:07:31")


@tagged("post_install", "-at_install")
class TestTally(CampaignCase):
    """Messages are counted as they change, whoever changes them.

    Every test of a gateway ends with a count anew of all messages: see
    ``GatewayCase.tearDown``.
    """

    def rows(self):
        """Return {(kind, state or seconds): messages} of the gateway's."""
        self.env.flush_all()
        self.cr.execute(
            "SELECT kind, coalesce(state, delay::text), sum(messages)::int"
            " FROM sms_tally WHERE gateway_id = %s GROUP BY 1, 2"
            " HAVING sum(messages) <> 0",
            [self.gateway.id],
        )
        return {(kind, name): count for kind, name, count in self.cr.fetchall()}

    def lines(self):
        self.cr.execute("SELECT count(*) FROM sms_tally")
        return self.cr.fetchone()[0]

    def test_a_campaign_is_counted_on_its_way(self):
        campaign = self.campaign(self.numbers("0712345671\n0712345672\n0712345671"))
        campaign._launch()
        self.env["sms.campaign"]._work()
        self.assertEqual(
            self.rows(), {("state", "outgoing"): 2, ("state", "canceled"): 1}
        )
        self.env["sms.sms"]._process_outbox()
        sent = {("state", "pending"): 2, ("accepted", None): 2}
        self.assertEqual(self.rows(), sent | {("state", "canceled"): 1})
        [first, _second] = campaign.sms_ids.filtered(lambda s: s.state == "pending")
        first.accepted_at -= timedelta(seconds=30)
        first.write(
            {"state": "sent", "delivered_at": first.accepted_at + timedelta(seconds=7)}
        )
        self.assertEqual(
            self.rows(),
            {
                ("state", "sent"): 1,
                ("state", "pending"): 1,
                ("state", "canceled"): 1,
                ("accepted", None): 2,
                ("delay", "7"): 1,
            },
        )
        campaign.action_cancel()
        self.env["sms.sms"].search([("campaign_id", "=", campaign.id)]).unlink()
        self.assertEqual(self.rows(), {})

    def test_messages_of_no_gateway_are_not_counted(self):
        before = self.lines()
        self.cr.execute("INSERT INTO sms_sms (number, state) VALUES ('1', 'outgoing')")
        self.assertEqual(self.lines(), before)

    def test_delays_are_told_apart_as_they_are_told(self):
        messages = self.queue(*[f"07123456{n:02d}" for n in range(6)])
        messages.accepted_at = SINCE
        for sms, seconds in zip(messages, (7, 119, 449, 451, 7199, 9001), strict=True):
            sms.delivered_at = SINCE + timedelta(seconds=seconds)
        delays = {int(name) for kind, name in self.rows() if kind == "delay"}
        self.assertEqual(delays, {7, 119, 420, 480, 7200, 10800})

    def test_a_restore_that_sets_no_search_path_is_counted(self):
        self.env.flush_all()
        with self.cr.savepoint():
            self.cr.execute("SET LOCAL search_path = ''")
            self.cr.execute(
                "INSERT INTO public.sms_sms (number, state, gateway_id)"
                " VALUES ('1', 'outgoing', %s)",
                [self.gateway.id],
            )
            self.cr.execute("SET LOCAL search_path = public")
        self.assertEqual(self.rows(), {("state", "outgoing"): 1})

    def test_a_date_that_nobody_can_have_meant_fails_nothing(self):
        sms = self.queue("0712345671")
        sms.write({"accepted_at": "1900-01-01", "delivered_at": "9999-12-31"})
        sms.flush_recordset()
        sms.write({"accepted_at": "9999-12-31", "delivered_at": "1900-01-01"})
        self.assertEqual(self.rows()["delay", "0"], 1)

    def test_what_is_alike_becomes_one_row_and_counts_the_same(self):
        messages = self.queue(*[f"07123456{n:02d}" for n in range(8)])
        for sms in messages:
            sms.write({"state": "pending", "accepted_at": SINCE, "cost": 0.8})
            sms.flush_recordset()
        before, lines = self.rows(), self.lines()
        self.env["sms.tally"]._compact_many()
        self.assertEqual(self.lines(), lines, "few are left for later")
        self.env["sms.tally"]._compact()
        self.assertEqual(self.rows(), before)
        self.assertLess(self.lines(), lines)
        self.cr.execute(
            "SELECT sum(cost)::float FROM sms_tally"
            " WHERE kind = 'state' AND gateway_id = %s",
            [self.gateway.id],
        )
        self.assertAlmostEqual(self.cr.fetchone()[0], 6.4)

    def test_days_of_long_ago_become_months(self):
        messages = self.queue(*[f"07123456{n:02d}" for n in range(4)])
        self.env.flush_all()
        for n, sms in enumerate(messages):
            self.cr.execute(
                "UPDATE sms_sms SET create_date = %s WHERE id = %s",
                [SINCE + n * timedelta(days=1), sms.id],
            )
            self.cr.execute(
                "UPDATE sms_sms SET accepted_at = create_date WHERE id = %s", [sms.id]
            )
        before = self.rows()
        for _night in range(2):
            self.env["sms.tally"]._compact()
            self.cr.execute(
                "SELECT at FROM sms_tally WHERE gateway_id = %s", [self.gateway.id]
            )
            month = (fields.Datetime.to_datetime("2026-01-01"),)
            self.assertEqual(self.cr.fetchall(), [month, month], "queued, accepted")
            self.assertEqual(self.rows(), before)
        messages[0].state = "error"
        expected = {("state", "outgoing"): 3, ("state", "error"): 1}
        self.assertEqual(self.rows(), expected | {("accepted", None): 4})

    def test_what_was_not_counted_is_put_right(self):
        self.queue("0712345671")
        self.env.flush_all()
        self.cr.execute("ALTER TABLE sms_sms DISABLE TRIGGER USER")
        self.queue("0712345672", "0712345673")
        self.env.flush_all()
        self.cr.execute("ALTER TABLE sms_sms ENABLE TRIGGER USER")
        self.assertEqual(self.gateway.queued_count, 1)
        self.assertEqual(self.env["sms.tally"]._recount(), 1)
        self.gateway.invalidate_recordset()
        self.assertEqual(self.gateway.queued_count, 3)
        self.assertEqual(self.env["sms.tally"]._recount(), 0)

    def test_without_the_addon_messages_go_on_uncounted(self):
        self.queue("0712345671")
        uninstall_hook(self.env)
        self.env.flush_all()
        self.cr.execute("DROP TABLE sms_tally")
        self.cr.execute("UPDATE sms_sms SET state = 'sent'")
        self.cr.execute("INSERT INTO sms_sms (number, state) VALUES ('1', 'outgoing')")
        self.cr.execute("DELETE FROM sms_sms")


@tagged("post_install", "-at_install")
class TestTallyRules(DashboardCase):
    """Figures go by the rules of messages, also by those that somebody has added."""

    def test_a_rule_of_somebodys_own_is_kept(self):
        mine = self.fill()
        mine[:2].write({"accepted_at": "2026-05-20 08:00:00"})
        mine[:2].write({"delivered_at": "2026-05-20 08:00:09"})
        kept = mine[:7] | mine[-9:]
        everybody = self.period(self.data(), "today")[0]["count"]
        self.env["ir.rule"].create(
            {
                "name": "By number",
                "model_id": self.env["ir.model"]._get_id("sms.sms"),
                "domain_force": repr([("number", "in", kept.mapped("number"))]),
            }
        )
        data = self.data()
        self.check_figures(data)
        self.assertLess(self.period(data, "today")[0]["count"], everybody)
        self.assertTrue(data["networks"][0]["delay"])
