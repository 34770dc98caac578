from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ...dispatch import lanes, outbox
from ...dispatch.timing import schedule
from ...privacy import retention
from ..common import GatewayCase

DISPATCHER = "odoo.addons.su_sms.dispatch.dispatcher"
HOURS_WITHOUT_A_MINUTE = [(8.0, 8.005), (23.999, 24.0), (24.0, 0.001), (18.0, 17.996)]
# What jobs would reckon with for all gateways at once.
BEYOND = [
    {"useful_hours": 2**31 - 1},
    {"report_hours": 2**31 - 1},
    {"failover_minutes": 2**31 - 1},
    {"event_days": 2**31 - 1},
    {"body_days": 2**31 - 1},
    {"number_days": 2**31 - 1},
    {"message_days": 2**31 - 1},
    {"day_budget": 1e300},
    {"price_per_part": 1e300},
    {"hour_limit": 2**31 - 1},
]


@tagged("post_install", "-at_install")
class TestApart(GatewayCase):
    """What is wrong with one gateway stops no other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.gateway.create(
            {
                "name": "Other",
                "is_default": False,
                "api_key": cls.server.api_key,
                "attempts": 1,
                "use_window": False,
                # before and after the other one
                "sequence": 1,
            }
        )

    def both(self, **vals):
        [own] = self.queue("0712345671", **vals)
        [others] = self.queue("0712345672", gateway_id=self.other.id, **vals)
        return own, others

    def dispatch(self):
        self.env["sms.sms"]._process_outbox()
        self.env.invalidate_all()

    def fail_for(self, gateway):
        """Let claims for one gateway fail, after they have written."""
        claim = outbox.claim

        def fail(cr, known, *args):
            found = claim(cr, known, *args)
            if known.id == gateway.id and found[0]:
                if gateway == self.other:
                    # the database refuses
                    cr.execute("SELECT 1 / 0")
                raise ValueError("0712345671")
            return found

        patcher = patch.object(outbox, "claim", fail)
        patcher.start()
        self.addCleanup(patcher.stop)
        return patcher

    def test_hours_without_a_minute_are_the_whole_day(self):
        for start, end in HOURS_WITHOUT_A_MINUTE:
            with self.subTest(start=start, end=end):
                self.other.write(
                    {"use_window": True, "window_start": start, "window_end": end}
                )
                messages = self.both(message_class="promotional")
                self.dispatch()
                self.assertEqual([sms.state for sms in messages], ["pending"] * 2)

    def test_a_gateway_with_which_nothing_can_be_claimed_is_held_and_told_of(self):
        for broken in (self.gateway, self.other):
            with self.subTest(broken.name):
                messages = self.both()
                patcher = self.fail_for(broken)
                with (
                    mute_logger("odoo.sql_db"),
                    self.assertLogs(DISPATCHER, "ERROR") as logs,
                ):
                    self.dispatch()
                self.assertNotIn("0712345671", "".join(logs.output))
                waiting = messages[broken == self.other]
                gone = messages[broken == self.gateway]
                self.assertEqual((waiting.state, gone.state), ("outgoing", "pending"))
                self.assertEqual(broken.hold_reason, "settings")
                self.assertTrue(broken.activity_ids)
                # Whichever setting it was.
                patcher.stop()
                broken.window_end = 17.0
                self.assertFalse(broken.hold_reason)
                self.dispatch()
                self.assertEqual(waiting.state, "pending")

    def test_a_held_one_is_tried_again_by_itself(self):
        messages = self.both()
        patcher = self.fail_for(self.other)
        with mute_logger(DISPATCHER, "odoo.sql_db"):
            self.dispatch()
        self.assertGreater(self.other.retry_at, fields.Datetime.now())
        patcher.stop()
        self.other.sudo().retry_at = fields.Datetime.now()
        self.dispatch()
        self.assertEqual([sms.state for sms in messages], ["pending"] * 2)
        self.assertFalse(self.other.hold_reason)

    def test_one_whose_settings_cannot_be_read_stops_no_other(self):
        messages = self.both()
        settings = type(self.gateway)._settings

        def fail(gateway):
            if gateway == self.other:
                raise KeyError("zone")
            return settings(gateway)

        logger = "odoo.addons.su_sms.models.message.sms_sms_dispatch"
        with patch.object(type(self.gateway), "_settings", fail), mute_logger(logger):
            self.dispatch()
        self.assertEqual([sms.state for sms in messages], ["pending", "outgoing"])

    def test_numbers_that_nobody_can_reckon_with_are_refused(self):
        for vals in BEYOND:
            with self.subTest(vals), mute_logger("odoo.sql_db"):
                with self.assertRaises(IntegrityError), self.cr.savepoint():
                    self.other.write(vals)
                    self.env.flush_all()

    def test_numbers_on_record_from_before_stop_no_job(self):
        messages = self.both()
        for name in ("times", "days"):
            self.cr.execute(
                "ALTER TABLE sms_gateway_config"
                f" DROP CONSTRAINT IF EXISTS sms_gateway_config_{name}"
            )
        most = 2**31 - 1
        self.cr.execute(
            "UPDATE sms_gateway_config SET useful_hours = %s, report_hours = %s,"
            " event_days = %s, body_days = %s, number_days = %s, message_days = %s",
            [most] * 6,
        )
        self.env.invalidate_all()
        self.dispatch()
        self.gateway._watch()
        self.gateway._forget()
        self.assertEqual([sms.state for sms in messages], ["pending"] * 2)

    def test_no_sum_of_money_is_too_much_to_reckon_with(self):
        lane = lanes.Lane("promotional", 0, lanes.LOOK_AHEAD, price=1e-4)
        self.assertEqual(
            lanes._affordable(None, lane, 1.7e308), lanes.LOOK_AHEAD, "no overflow"
        )

    def test_retention_goes_on_with_the_next_gateway(self):
        seen = []

        def step(cr, batch):
            seen.append(batch.gateway_id)
            if batch.gateway_id == self.other.id:
                raise OverflowError
            return []

        logger = "odoo.addons.su_sms.models.privacy.sms_gateway_config"
        with (
            patch.dict(retention.STEPS, {"events removed": step}),
            self.assertLogs(logger, "ERROR"),
        ):
            self.gateway._forget()
        self.assertLess(seen.index(self.other.id), seen.index(self.gateway.id))

    def test_telling_of_one_goes_on_with_the_next(self):
        tell = type(self.gateway)._schedule_for_administrators

        def fail(gateway, *args):
            if gateway == self.other:
                raise ValueError
            return tell(gateway, *args)

        (self.gateway | self.other).sudo().hold_reason = "auth"
        with (
            patch.object(type(self.gateway), "_schedule_for_administrators", fail),
            mute_logger("odoo.addons.su_sms.models.gateway.sms_gateway_config_hold"),
        ):
            self.gateway._tell_administrators()
        self.assertTrue(self.gateway.activity_ids)

    def test_ten_years_are_as_the_constraint_says(self):
        self.other.useful_hours = schedule.MOST_HOURS
        self.env.flush_all()
