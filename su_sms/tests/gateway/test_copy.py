from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...dispatch.database import home
from ..campaign_case import CampaignCase


@tagged("post_install", "-at_install")
class TestCopy(CampaignCase):
    """A gateway in a copy of its database sends nothing until a person has said which.

    What copies PostgreSQL makes, and that each is told: tests/faults/sending.
    """

    def setUp(self):
        super().setUp()
        self.waiting = self.queue("0712345671", "0712345672", "0712345673")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sms_sms SET create_date = %s WHERE id = %s",
            [fields.Datetime.now() - timedelta(hours=3), self.waiting[0].id],
        )
        self.env.invalidate_all()

    def copied(self, **other):
        """Let the gateway be one of another database."""
        self.gateway.home = {
            **home.here(self.env.cr),
            "name": "university",
            "at": "2026-11-20 08:00:00",
            **(other or {"database": 1}),
        }
        self.env["sms.sms"]._process_outbox()
        self.env.invalidate_all()

    def test_a_gateway_belongs_where_it_is_made(self):
        self.assertTrue(home.is_same(self.gateway.home, home.here(self.env.cr)))

    def test_one_of_before_belongs_where_it_is_found(self):
        self.gateway.home = False
        self.env["sms.sms"]._process_outbox()
        self.assertEqual(len(self.texts()), 3)
        self.assertTrue(home.is_same(self.gateway.home, home.here(self.env.cr)))

    def test_nothing_leaves_a_copy(self):
        for other in ({"database": 1}, {"cluster": "1"}, {"uuid": "1"}):
            with self.subTest(other):
                self.copied(**other)
                self.assertFalse(self.texts())
                self.assertEqual(self.gateway.hold_reason, "copy")
                self.assertEqual(set(self.waiting.mapped("state")), {"outgoing"})
                self.assertIn("copy of another", self.waiting[0].waits_for)
                self.assertIn("university", self.gateway.copy_of)

    def test_a_renamed_database_is_no_copy(self):
        self.copied(name="another")
        self.assertEqual(len(self.texts()), 3)

    def test_no_button_and_no_setting_but_the_answer_ends_it(self):
        self.copied()
        for method in ("action_resume", "action_pause"):
            with self.assertRaises(UserError):
                getattr(self.gateway, method)()
        self.gateway.api_key = "another"
        self.gateway._resume()
        self.env["sms.sms"]._process_outbox()
        self.gateway.action_test_connection()
        wizard = self.env["sms.test.wizard"].create({"gateway_id": self.gateway.id})
        self.env.user.partner_id.phone = "0712345679"
        wizard.action_run()
        self.assertFalse(self.texts())
        self.assertEqual(self.gateway.hold_reason, "copy")

    def test_administrators_are_told_once(self):
        self.copied()
        self.env["sms.sms"]._process_outbox()
        told = self.gateway.activity_ids.filtered(
            lambda each: "copy of another" in (each.summary or "")
        )
        self.assertTrue(told)
        self.assertEqual(len(told), len(told.user_id))

    def test_posts_are_only_stored(self):
        sms = self.waiting[0]
        sms.write({"state": "pending", "provider_message_id": "ATXid_1"})
        self.copied()
        events = self.env["sms.gateway.event"]
        report = {"id": "ATXid_1", "status": "Success", "phoneNumber": sms.number}
        events._receive(self.gateway.id, "delivery", list(report.items()))
        events._apply_inbox()
        event = events.search([("gateway_id", "=", self.gateway.id)])
        self.assertEqual((event.state, sms.state), ("new", "pending"))
        self.gateway.action_is_original()
        events._apply_inbox()
        self.env.invalidate_all()
        self.assertEqual((event.state, sms.state), ("applied", "sent"))

    def test_the_real_one_goes_on(self):
        self.copied()
        self.gateway.action_is_original()
        self.assertFalse(self.gateway.hold_reason)
        self.env["sms.sms"]._process_outbox()
        self.assertEqual(len(self.texts()), 3)
        self.assertIn("real database", self.gateway.message_ids[0].body)

    def test_what_waited_long_is_shown_and_can_be_discarded_first(self):
        self.copied()
        self.assertEqual(self.gateway.waiting_long_count, 1)
        self.gateway.action_give_up_old()
        self.env.invalidate_all()
        self.assertEqual(
            self.waiting.mapped("failure_type"), ["sms_too_old", False, False]
        )
        self.gateway.action_is_original()
        self.env["sms.sms"]._process_outbox()
        self.assertEqual(len(self.texts()), 2)

    def test_a_copy_loses_its_keys_and_what_waits(self):
        self.copied()
        self.gateway.action_renew_callbacks()
        tokens = self.gateway.callback_token, self.gateway.callback_token_before
        self.gateway.action_is_copy()
        self.env.invalidate_all()
        self.assertFalse(self.gateway._api_key())
        for token in tokens:
            self.assertFalse(self.gateway._gateway_of_token(token))
        self.assertEqual(self.gateway.hold_reason, "paused")
        self.assertEqual(self.gateway.environment, "sandbox")
        self.assertEqual(set(self.waiting.mapped("state")), {"canceled"})
        self.env["sms.sms"]._process_outbox()
        self.assertFalse(self.texts())

    def test_only_of_a_copy_it_is_asked(self):
        for method in ("action_is_original", "action_is_copy", "action_give_up_old"):
            with self.assertRaises(UserError):
                getattr(self.gateway, method)()

    def test_campaigns_of_a_copy_send_nothing(self):
        campaign = self.campaign(self.numbers("0712345675"))
        campaign._launch()
        self.copied()
        self.work()
        self.assertFalse(self.texts())
        self.assertIn("copy of another", campaign.waits_for)
