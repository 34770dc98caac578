"""Urgent news: who may say so, and what it overtakes."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation

from ...campaign_case import CampaignCase

REASON = "The campus is closed: <b>flood</b>"


@tagged("post_install", "-at_install")
class TestCampaignUrgent(CampaignCase):
    def setUp(self):
        super().setUp()
        self.manager = self.user("manager", "su_sms.group_manager")
        self.clerk = self.user("clerk", "su_sms.group_user")

    def draft(self, *numbers, as_user=None, **values):
        return self.campaign(
            self.numbers("\n".join(numbers or ["0712345678"])),
            as_user=as_user or self.manager,
            **{"message_class": "transactional", **values},
        )

    def dialog(self, campaign, user):
        """Return the form of the dialog that asks before the launch."""
        wizards = self.env["sms.campaign.launch"].with_user(user)
        return Form(wizards.with_context(default_campaign_id=campaign.id))

    def hurry(self, campaign, reason=REASON):
        with self.dialog(campaign, self.manager) as form:
            form.urgent = True
            form.urgent_reason = reason
        form.record.action_launch()

    def test_it_overtakes_what_waits_at_its_gateway(self):
        self.gateway.write({"chunk_size": 1, "concurrency": 1})
        slow = self.draft(
            "Amina 0711000001", "Brian 0711000002", body="Dear {{ object.name }}!"
        )
        slow._launch()
        self.env["sms.campaign"]._work()
        self.queue("0711000003", body="By hand")
        urgent = self.draft("0733000001", "0733000002", body="Flood")
        self.hurry(urgent)
        self.env["sms.campaign"]._work()
        self.env["sms.sms"]._process_outbox()
        self.assertEqual([text for _number, text in self.texts()][:2], ["Flood"] * 2)
        self.assertEqual(len(self.texts()), 5)

    def test_it_is_prepared_before_the_next_page_of_another(self):
        slow, urgent = self.draft("0711000001"), self.draft("0733000001")
        slow._launch()
        self.hurry(urgent)
        steps = self.env["sms.campaign"]._to_do()
        self.assertEqual(steps, [(urgent.id, "_prepare_page")])
        self.env["sms.campaign"]._work()
        self.assertEqual({slow.state, urgent.state}, {"sending"})

    def test_who_and_why_stays_on_record(self):
        campaign = self.draft()
        self.hurry(campaign)
        self.assertTrue(campaign.urgent)
        self.assertEqual(campaign.urgent_reason, REASON)
        [note] = campaign.message_ids.filtered(lambda m: "flood" in (m.body or ""))
        self.assertEqual(note.author_id, self.manager.partner_id)
        self.assertNotIn("<b>", note.body)

    def test_a_reason_is_asked(self):
        campaign = self.draft()
        form = self.dialog(campaign, self.manager)
        form.urgent = True
        with self.assertRaises(AssertionError):
            form.save()
        wizard = self.env["sms.campaign.launch"].with_user(self.manager)
        wizard = wizard.create({"campaign_id": campaign.id, "urgent": True})
        for reason in (False, "", "  "):
            wizard.urgent_reason = reason
            with self.assertRaisesRegex(UserError, "Enter the reason"):
                wizard.action_launch()
        self.assertEqual(campaign.state, "draft")

    def test_a_user_sees_no_switch_and_can_set_none(self):
        campaign = self.draft(as_user=self.clerk)
        form = self.dialog(campaign, self.clerk)
        self.assertNotIn("urgent", form._view["fields"])
        wizards = self.env["sms.campaign.launch"].with_user(self.clerk)
        values = {"campaign_id": campaign.id}
        for forged in ({"urgent": True}, {"urgent_reason": REASON}):
            with self.assertRaises(AccessError):
                wizards.create({**values, **forged})
            with self.assertRaises(AccessError):
                wizards.create(values).write(forged)
        for forged in ({"urgent": True}, {"urgent_reason": REASON}):
            with self.assertRaises(AccessError):
                campaign.with_user(self.clerk).write(forged)
        with self.assertRaises(AccessError):
            campaign.with_user(self.clerk)._launch(urgent=REASON)
        wizards.create(values).action_launch()
        self.assertFalse(campaign.urgent)
        self.assertFalse("2" in campaign.sms_ids.mapped("priority"))

    def test_promotion_is_never_urgent(self):
        campaign = self.draft(message_class="promotional")
        self.assertEqual(
            self.dialog(campaign, self.manager).message_class, "promotional"
        )
        wizard = self.env["sms.campaign.launch"].with_user(self.manager)
        wizard = wizard.create(
            {"campaign_id": campaign.id, "urgent": True, "urgent_reason": REASON}
        )
        with self.assertRaisesRegex(UserError, "Only transactional"):
            wizard.action_launch()
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            with self.env.cr.savepoint():
                campaign.sudo().urgent = True
                campaign.flush_recordset()

    def test_taken_back_it_is_not_urgent_any_more(self):
        self.gateway.approval_recipients = 1
        campaign = self.draft("0711000001", "0711000002")
        self.hurry(campaign)
        self.assertEqual((campaign.state, campaign.urgent), ("approval", True))
        campaign.with_user(self.manager).action_back_to_draft()
        self.assertFalse(campaign.urgent or campaign.urgent_reason)

    def test_its_cost_is_that_of_a_campaign(self):
        self.gateway.write({"price_per_part": 0.8, "day_budget": 100})
        campaign = self.draft()
        self.hurry(campaign)
        self.work()
        self.assertEqual(campaign.state, "done")
        [spending] = self.env["sms.spending"].search(
            [("campaign_id", "=", campaign.id)]
        )
        self.assertTrue(spending.bulk)
