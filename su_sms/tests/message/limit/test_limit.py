"""What one user may send in an hour: refused by hand, waiting if Odoo sent it."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...campaign_case import CampaignCase


class LimitCase(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.staff = cls.user(
            "limit_user", "su_sms.group_user,base.group_partner_manager"
        )
        cls.colleague = cls.user("limit_colleague", "base.group_user")
        cls.gateway.hour_limit = 3

    def sent(self):
        return [sent["number"] for sent in self.simulator.ledger()]

    def waiting(self, user=None):
        user = user or self.staff
        return self.env["sms.sms"].search(
            [("create_uid", "=", user.id), ("state", "=", "outgoing")], order="id"
        )


@tagged("post_install", "-at_install")
class TestLimit(LimitCase):
    def send(self, *numbers, user=None):
        """Send by hand, as with Odoo's composer."""
        composer = self.env["sms.composer"].with_user(user or self.staff)
        values = {
            "composition_mode": "numbers",
            "numbers": ",".join(numbers),
            "body": "Hello",
        }
        composer.create(values).action_send_sms()

    def test_more_than_the_limit_is_refused_and_nothing_is_sent(self):
        self.send("+254712345671", "+254712345672")
        with self.assertRaisesRegex(UserError, "3 SMS per hour"):
            self.send("+254712345673", "+254712345674")
        self.assertEqual(len(self.sent()), 2)
        self.send("+254712345673")
        self.assertEqual(len(self.sent()), 3)

    def test_trials_count_as_well(self):
        marketing = self.env.ref("mass_mailing.group_mass_mailing_user")
        self.staff.group_ids += marketing
        campaign = self.campaign(self.numbers("0712345678"), as_user=self.staff)
        mailing = self.send_mailing()
        self.simulator.reset()
        for model, values, button in (
            ("sms.campaign.test", {"campaign_id": campaign.id}, "action_send"),
            ("mailing.sms.test", {"mailing_id": mailing.id}, "action_send_sms"),
        ):
            with self.subTest(model), self.env.cr.savepoint() as savepoint:
                trials = self.env[model].with_user(self.staff)
                for place in range(3):
                    number = f"+25471234567{place}"
                    getattr(trials.create(values | {"numbers": number}), button)()
                with self.assertRaisesRegex(UserError, "3 SMS per hour"):
                    last = trials.create(values | {"numbers": "+254712345679"})
                    getattr(last, button)()
                with self.assertRaisesRegex(UserError, "3 SMS per hour"):
                    self.send("+254712345679")
                savepoint.rollback()

    def test_a_composer_of_a_record_counts_as_well(self):
        composers = self.env["sms.composer"].with_user(self.staff)
        composers = composers.with_context(
            default_res_model="res.partner", default_res_id=self.partner.id
        )
        for _each in range(3):
            composers.create({"body": "Hello"}).action_send_sms()
        with self.assertRaisesRegex(UserError, "3 SMS per hour"):
            composers.create({"body": "Hello"}).action_send_sms()

    def test_a_composer_for_many_counts_as_well(self):
        people = self.contacts(*(f"071234567{n}" for n in range(4)))
        composer = self.env["sms.composer"].with_user(self.staff)
        composer = composer.with_context(
            default_res_model="res.partner",
            default_res_ids=people.ids,
            default_composition_mode="mass",
        )
        with self.assertRaisesRegex(UserError, "3 SMS per hour"):
            composer.create({"body": "Hello"}).action_send_sms()

    def test_each_user_has_their_own(self):
        self.send("+254712345671", "+254712345672", "+254712345673")
        self.send("+254712345674", user=self.colleague)
        self.assertEqual(len(self.sent()), 4)

    def test_an_hour_later_it_goes_on(self):
        self.send("+254712345671", "+254712345672", "+254712345673")
        sms = self.env["sms.sms"].search([("create_uid", "=", self.staff.id)])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sms_sms SET create_date = %s WHERE id = ANY(%s)",
            [fields.Datetime.now() - timedelta(hours=1), sms.ids],
        )
        self.send("+254712345674")
        self.assertEqual(len(self.sent()), 4)

    def test_zero_is_no_limit(self):
        self.gateway.hour_limit = 0
        self.send(*(f"+25471234567{n}" for n in range(5)))
        self.assertEqual(len(self.sent()), 5)

    def test_campaigns_mailings_and_jobs_do_not_count(self):
        campaign = self.campaign(
            self.numbers("\n".join(f"071234567{n}" for n in range(5))),
            as_user=self.staff,
        )
        campaign.with_user(self.staff)._launch()
        self.work()
        self.assertEqual(campaign.state, "done")
        self.send_mailing()
        self.queue(*(f"+25472234567{n}" for n in range(5))).send()
        self.send("+254712345671")
        self.assertEqual(len(self.sent()), 12)

    def test_visitors_of_the_site_are_not_employees(self):
        self.gateway.hour_limit = 1
        vals_list = [{"number": "0712345678", "body": "Hello"}] * 2
        queue = self.env["sms.sms"]
        visitor = self.env.ref("base.public_user")
        queue.with_user(visitor).sudo().create(vals_list).send()
        self.assertEqual(len(self.sent()), 2)
        queue.with_user(self.staff).sudo().create(vals_list).send()
        self.assertEqual(len(self.sent()), 3)

    def test_posts_count_with_what_is_sent_from_composers(self):
        person = self.partner.with_user(self.staff)
        numbers = ["+254712345671", "+254712345672"]
        to_one = {
            "partner_ids": person.ids,
            "sms_pid_to_number": {person.id: numbers[0]},
        }
        for method, values in (
            ("message_post", {"message_type": "sms", "sms_numbers": numbers}),
            ("message_post", {"message_type": "notification", "sms_numbers": numbers}),
            ("message_post", {"message_type": "sms", "partner_ids": person.ids}),
            ("message_post", {"message_type": "sms", **to_one}),
            ("message_notify", {"partner_ids": person.ids, "sms_numbers": numbers}),
        ):
            for composed_first in (True, False):
                with (
                    self.subTest(method, values=values, first=composed_first),
                    self.env.cr.savepoint() as savepoint,
                ):
                    self.simulator.reset()
                    if composed_first:
                        self.send(*(f"+25472234567{n}" for n in range(3)))
                        getattr(person, method)(body="Hello", **values)
                        waiting = self.waiting()
                        self.assertTrue(waiting)
                        self.assertTrue(all(waiting.mapped("held_until")))
                    else:
                        getattr(person, method)(body="Hello", **values)
                        with self.assertRaisesRegex(UserError, "3 SMS per hour"):
                            self.send(*(f"+25472234567{n}" for n in range(3)))
                    self.assertLessEqual(len(self.sent()), 3)
                    savepoint.rollback()

    def test_what_odoo_sends_by_itself_leaves_the_hand_free(self):
        self.partner.with_user(self.staff)._message_sms("Welcome")
        self.send("+254712345671", "+254712345672", "+254712345673")
        self.assertEqual(len(self.sent()), 4)


@tagged("post_install", "-at_install")
class TestLimitAutomatic(LimitCase):
    def setUp(self):
        super().setUp()
        template = self.env["sms.template"].create(
            {
                "name": "Welcome",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "body": "Welcome",
            }
        )
        self.action = self.env["ir.actions.server"].create(
            {
                "name": "Welcome",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "state": "sms",
                "sms_template_id": template.id,
                "sms_method": "sms",
            }
        )

    def welcome(self, people, method="sms", user=None):
        """Send to people as an automation rule does while somebody works."""
        self.action.sms_method = method
        action = self.action.with_user(user or self.staff).sudo()
        action.with_context(
            active_model=people._name, active_ids=people.ids, active_id=people[0].id
        ).run()

    def later(self, hours):
        """Let hours pass for what was made, a minute more than these."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            UPDATE sms_sms SET create_date = create_date - %(time)s,
                   held_until = held_until - %(time)s,
                   not_before = not_before - %(time)s
            """,
            {"time": timedelta(hours=hours, minutes=1)},
        )
        self.env.invalidate_all()

    def people(self, count, start=10):
        return self.contacts(*(f"07123456{n}" for n in range(start, start + count)))

    def test_more_than_the_limit_waits_for_the_hours_that_follow(self):
        for method in ("sms", "comment", "note"):
            with self.subTest(method=method):
                self.env["sms.sms"].search([]).unlink()
                self.simulator.reset()
                self.welcome(self.people(8), method)
                self.env["sms.sms"]._process_queue()
                self.assertEqual(len(self.sent()), 3)
                reasons = self.waiting().mapped("waits_for")
                self.assertEqual(reasons, ["The hourly limit"] * 5)
                for hour in (6, 8):
                    self.later(1)
                    self.env["sms.sms"]._process_queue()
                    self.assertEqual(len(self.sent()), hour)

    def test_whoever_writes_is_never_stopped(self):
        """Imports, deliveries, tasks: each record with a message of its own."""
        for person in self.people(5).with_user(self.staff):
            person._message_sms("Welcome")
        self.assertEqual(len(self.sent()), 3)
        self.assertEqual(len(self.waiting()), 2)

    def test_an_automation_within_a_composer_is_not_refused(self):
        composer = self.env["sms.composer"].with_user(self.staff)
        composer = composer.with_context(sms_from_composer=True)
        self.action.with_user(self.staff).sudo().with_context(
            composer.env.context,
            active_model="res.partner",
            active_ids=self.people(5).ids,
        ).run()
        self.env["sms.sms"]._process_queue()
        self.assertEqual(len(self.sent()), 3)

    def test_what_is_caused_later_queues_behind(self):
        self.welcome(self.people(6))
        self.welcome(self.people(1, start=30))
        held = self.waiting().filtered("held_until")
        first, second = sorted(set(held.mapped("held_until")))
        self.assertGreaterEqual(second - first, timedelta(minutes=59))

    def test_what_waits_for_its_hour_waits_as_well_when_it_is_queued_again(self):
        manager = self.user("limit_manager", "su_sms.group_manager")
        for again in (
            lambda held: held.action_set_canceled() or held.action_set_outgoing(),
            lambda held: held.action_set_error("sms_server") or held.resend_failed(),
        ):
            with self.subTest(), self.env.cr.savepoint() as savepoint:
                self.simulator.reset()
                self.welcome(self.people(8))
                held = self.waiting().filtered("held_until")
                before = held.mapped("held_until")
                again(held.with_user(manager))
                self.env["sms.sms"]._process_queue()
                self.assertEqual(len(self.sent()), 3)
                self.assertEqual(held.mapped("held_until"), before)
                self.assertEqual(set(held.mapped("waits_for")), {"The hourly limit"})
                self.later(2)
                held.action_set_canceled()
                held.action_set_outgoing()
                self.env["sms.sms"]._process_queue()
                self.assertEqual(len(self.sent()), 8)
                savepoint.rollback()

    def test_who_raises_the_limit_lets_it_go(self):
        self.welcome(self.people(8))
        self.gateway.hour_limit = 4
        self.env["sms.sms"]._process_queue()
        self.assertEqual(len(self.sent()), 7)
        self.gateway.hour_limit = 0
        self.env["sms.sms"]._process_queue()
        self.assertEqual(len(self.sent()), 8)

    def test_the_administrators_are_told_once(self):
        domain = [
            ("res_model", "=", "sms.gateway.config"),
            ("res_id", "=", self.gateway.id),
            ("summary", "ilike", "wait for the hourly limit"),
        ]
        admins = self.env.ref("su_sms.group_gateway_admin").all_user_ids
        for _each in range(2):
            self.welcome(self.people(5))
            self.env["sms.sms"]._process_queue()
            told = self.env["mail.activity"].search(domain)
            self.assertEqual(told.user_id, admins.filtered("active"))
            self.assertEqual(len(told), len(told.user_id))
        self.later(9)
        self.env["sms.sms"]._process_queue()
        self.assertFalse(self.env["mail.activity"].search(domain))

    def test_a_queue_shows_what_waits_for_the_hour(self):
        self.welcome(self.people(5))
        self.env["sms.sms"]._process_queue()
        queue = self.env["sms.dashboard"].get_data(self.gateway.id)["queue"]
        found = {each["label"]: each["count"] for each in queue["reasons"]}
        self.assertEqual(found.get("The hourly limit"), 2)
