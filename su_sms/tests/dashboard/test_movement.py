"""What could move and does not is found by whoever looks; what runs notes it."""

import os
import socket
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ...models.dashboard import sms_gateway_config as movement
from ...tools.transactions import utcnow
from ..campaign_case import CampaignCase

LATELY = timedelta(minutes=10)
LONG_AGO = timedelta(hours=2)


class MovementCase(CampaignCase):
    """Work of hours ago, and jobs that ran when a test says so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.parameters.set_param("web.base.url", "https://odoo.example.com")
        cls.parameters.set_param("web.base.url.freeze", "True")

    def ran(self, job, ago):
        self.env["sms.run"]._note(job)
        self.cr.execute(
            "UPDATE sms_run SET at = %s WHERE job = %s", [utcnow() - ago, job]
        )
        self.env.invalidate_all()

    def age(self, records, **columns):
        self.env.flush_all()
        for column, ago in columns.items():
            self.cr.execute(
                f"UPDATE {records._table} SET {column} = %s WHERE id = ANY(%s)",
                [utcnow() - ago, records.ids],
            )
        self.env.invalidate_all()

    def prepared(self, **values):
        """Return a campaign whose two messages could have gone long ago."""
        campaign = self.campaign(self.numbers("0712345671\n0712345672"), **values)
        campaign._launch()
        self.env["sms.campaign"]._work()
        self.age(campaign.sms_ids, create_date=LONG_AGO)
        return campaign

    def findings(self):
        """Return [(kind, level, title)] of the gateway, the worst first."""
        self.env.invalidate_all()
        found = self.gateway._findings()[self.gateway.id]
        return [(each.kind, each.level, each.title) for each in found]


NOTHING_RUNS = "are ready to send, but no dispatcher is running"


@tagged("post_install", "-at_install")
class TestStandstill(MovementCase):
    """Without Odoo's scheduled actions nothing moves, and everybody is told."""

    def test_a_campaign_that_no_dispatcher_touches(self):
        campaign = self.prepared()
        self.ran("dispatch", LONG_AGO)
        words = "Odoo's scheduled actions, which are not running"
        self.assertEqual(campaign.waits_for, words)
        self.assertEqual(set(campaign.sms_ids.mapped("waits_for")), {words})
        self.assertIn("Nothing has moved for at least 15 minutes", campaign.standstill)
        self.assertEqual(
            self.findings(),
            [
                (
                    "queue",
                    "danger",
                    f"2 messages {NOTHING_RUNS}",
                )
            ],
        )
        administrator = self.user("monitor", "su_sms.group_gateway_admin")
        gateway = self.gateway.with_user(administrator)
        self.assertEqual(gateway.health_state, "danger", "what a monitor reads")
        self.assertIn(f"{socket.gethostname()}, process {os.getpid()}", gateway.health)
        self.assertEqual(gateway.last_run_at, self.gateway.last_run_at)
        data = self.env["sms.dashboard"].get_data()
        self.assertIn(NOTHING_RUNS, data["problems"][0]["title"])
        self.assertEqual([row["label"] for row in data["queue"]["reasons"]], [words])
        self.env["sms.sms"]._process_outbox()
        self.env.invalidate_all()
        self.assertNotIn("queue", [kind for kind, _l, _t in self.findings()])
        self.assertFalse(campaign.standstill)

    def test_a_campaign_that_only_stands_while_people_send_by_hand(self):
        campaign = self.prepared()
        self.ran("dispatch", LONG_AGO)
        self.queue("0712345699").send()
        self.assertGreater(self.gateway.last_success_at, utcnow() - LATELY)
        self.env.invalidate_all()
        self.assertIn("Nothing has moved for at least 15 minutes", campaign.standstill)
        self.assertIn(
            ("queue", "danger", f"2 messages {NOTHING_RUNS}"), self.findings()
        )

    def test_dispatchers_run_and_something_stays(self):
        campaign = self.prepared()
        self.ran("dispatch", LATELY)
        self.assertEqual(
            self.findings(),
            [("queue", "warning", "2 messages are waiting for no apparent reason")],
        )
        self.assertEqual(campaign.waits_for, "Next in the queue")

    def test_what_waits_for_something_does_not_stand_still(self):
        self.ran("dispatch", LATELY)
        hour = fields.Datetime.now().hour
        closed = {"window_start": (hour + 2) % 23, "window_end": (hour + 2) % 23 + 1}
        paused = self.prepared()
        paused.action_pause()
        hours = self.prepared(message_class="promotional")
        self.gateway.write({"use_window": True, "window_zone": "UTC", **closed})
        later = self.prepared()
        self.age(later.sms_ids, not_before=-LONG_AGO)
        self.assertEqual(self.findings(), [])
        for campaign in (paused, hours, later):
            self.assertFalse(campaign.standstill)

    def test_what_waits_its_turn_does_not_stand_still(self):
        campaign = self.prepared()
        self.gateway.last_success_at = fields.Datetime.now()
        self.assertNotIn("queue", [kind for kind, _l, _t in self.findings()])
        self.assertFalse(campaign.standstill)

    def test_hours_that_have_just_begun_are_given_time(self):
        self.prepared(message_class="promotional")
        now = utcnow()
        start = (now - timedelta(minutes=5)).hour + (
            (now - timedelta(minutes=5)).minute / 60
        )
        if start > 22:
            self.skipTest("The hours would end at midnight.")
        self.gateway.write(
            {
                "use_window": True,
                "window_zone": "UTC",
                "window_start": start,
                "window_end": 24.0,
            }
        )
        self.assertEqual(self.findings(), [])

    def test_a_new_message_is_given_time(self):
        self.queue("0712345678")
        self.assertEqual(self.findings(), [])

    def test_campaigns_that_no_job_prepares_or_begins(self):
        preparing = self.campaign(self.numbers("0712345671"))
        preparing._launch()
        due = self.campaign(self.numbers("0712345672"))
        due.write({"scheduled_at": fields.Datetime.now() + LONG_AGO})
        due._launch()
        later = self.campaign(self.numbers("0712345673"))
        later.write({"scheduled_at": fields.Datetime.now() + LONG_AGO})
        later._launch()
        self.assertEqual(self.findings(), [])
        self.age(preparing, write_date=LONG_AGO)
        self.age(due, scheduled_at=LONG_AGO)
        self.assertEqual(
            self.findings(), [("campaigns", "danger", "Campaigns that have stalled: 2")]
        )
        self.assertFalse(later.standstill)
        for campaign in (preparing, due):
            self.assertTrue(campaign.standstill)
            self.assertIn("scheduled actions", campaign.waits_for)

    def test_where_no_job_runs_no_end_is_reckoned(self):
        campaign = self.campaign(self.numbers("0712345671"))
        campaign.action_count()
        self.assertTrue(campaign.expected_end_at)
        self.ran("campaigns", LONG_AGO)
        self.assertFalse(campaign.expected_end_at)
        self.ran("campaigns", LATELY)
        self.assertTrue(campaign.expected_end_at)

    def test_reports_that_nobody_applies(self):
        events = self.env["sms.gateway.event"]
        events._receive(self.gateway.id, "delivery", [("id", "AT1")])
        self.assertEqual(self.findings(), [])
        self.age(events.search([]), received_at=LONG_AGO)
        title = "1 delivery reports and incoming messages are waiting to be processed"
        self.assertEqual(self.findings(), [("events", "danger", title)])
        self.ran("events", LATELY)
        self.assertEqual(self.findings(), [("events", "warning", title)])
        self.gateway.sudo().hold_reason = "copy"
        self.assertEqual([kind for kind, _l, _t in self.findings()], ["state"])


@tagged("post_install", "-at_install")
class TestServerHealth(MovementCase):
    """Whether the queue grows, clocks agree and processes live."""

    def test_a_run_notes_when_and_where_it_was(self):
        self.env["sms.sms"]._process_outbox()
        self.env["sms.campaign"]._work()
        self.env["sms.gateway.event"]._apply_inbox()
        runs = self.env["sms.run"]._last()
        self.assertLessEqual({"dispatch", "campaigns", "events"}, set(runs))
        run = runs["dispatch"]
        self.assertEqual((run.host, run.pid), (socket.gethostname(), os.getpid()))
        self.assertFalse(run._is_old())
        self.env["sms.run"]._note("dispatch")
        self.assertEqual(
            self.env["sms.run"].search_count([("job", "=", "dispatch")]), 1
        )

    def queued(self, hour, waiting, sent):
        """Let so many be queued so many hours ago, and so many be sent then."""
        ago = timedelta(hours=hour, minutes=30)
        left = self.queue(*[f"0712{hour}456{n:02d}" for n in range(sent)])
        left.state = "pending"
        self.age(left, create_date=ago, accepted_at=ago)
        stays = self.queue(
            *[f"0713{hour}456{n:02d}" for n in range(waiting)],
            message_class="promotional",
        )
        self.age(stays, create_date=ago)

    def test_a_queue_that_grows_in_each_of_the_last_hours(self):
        self.gateway.last_success_at = fields.Datetime.now()
        for hour in range(movement.HOURS):
            self.queued(hour, waiting=2, sent=3)
        found = dict((kind, title) for kind, _level, title in self.findings())
        self.assertEqual(
            found["growth"], "Messages are being queued faster than they are sent"
        )
        self.assertIn("15 messages were queued and 9 sent", self.gateway.health)

    def test_a_queue_that_grew_once_does_not_grow(self):
        self.gateway.last_success_at = fields.Datetime.now()
        self.queued(2, waiting=9, sent=1)
        self.queued(1, waiting=0, sent=3)
        self.queued(0, waiting=1, sent=3)
        self.assertNotIn("growth", [kind for kind, _level, _title in self.findings()])

    def test_clocks_that_differ(self):
        self.assertEqual(self.findings(), [])
        apart = timedelta(seconds=90)
        self.patch(movement, "utcnow", lambda: utcnow() - apart)
        [(kind, level, _title)] = self.findings()
        self.assertEqual((kind, level), ("clock", "warning"))
        self.assertIn("differ by 90 seconds", self.gateway.health)
        self.gateway.copy({"name": "Another"})
        problems = self.env["sms.dashboard"].get_data()["problems"]
        clocks = [each for each in problems if "clocks" in each["title"]]
        self.assertEqual(len(clocks), 1, "said once, whatever the gateways")

    def test_jobs_that_odoo_has_ended(self):
        job = self.env.ref("su_sms.ir_cron_outbox")
        ended = self.env["ir.cron.progress"].create(
            {"cron_id": job.id, "timed_out_counter": 1}
        )
        self.assertEqual(self.findings(), [], "it still runs")
        self.age(ended, create_date=LONG_AGO)
        [(kind, level, _title)] = self.findings()
        self.assertEqual((kind, level), ("limits", "warning"))
        self.assertIn(job.name, self.gateway.health)

    def test_a_process_that_ended_with_messages_on_the_wire(self):
        sms = self.queue("0712345678", state="process")
        self.age(sms, dispatched_at=LONG_AGO)
        with self.assertLogs("odoo.addons.su_sms.models.message.sms_sms_dispatch"):
            self.env["sms.sms"]._maintain()
        found = [(kind, title) for kind, _level, title in self.findings()]
        title = "A server process ended while 1 messages were being sent"
        self.assertEqual(found, [("interrupted", title)])
        self.ran("interrupted", timedelta(days=2))
        self.assertEqual(self.findings(), [])
