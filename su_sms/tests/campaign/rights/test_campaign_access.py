"""Who sees a campaign and who may change it."""

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ...campaign_case import CampaignCase


@tagged("post_install", "-at_install")
class TestCampaignAccess(CampaignCase):
    """Who may do what, also by RPC."""

    def test_the_state_is_changed_by_buttons_only(self):
        user = self.user("clerk", "su_sms.group_user")
        campaign = self.campaign(self.numbers("0712345678"), user_id=user.id)
        campaign = campaign.with_user(user)
        admin = self.env.ref("base.user_admin")
        for values in (
            {"state": "sending"},
            {"approved_by_id": user.id},
            {"text_author_id": admin.id},
            {"text_coauthor_ids": [(5, 0, 0)]},
            {"template_texts": {"en_US": "Other"}},
            # the budget reckons with it
            {"worst_parts": 0},
        ):
            with self.assertRaises(AccessError):
                campaign.write(values)
        for values in (
            {"position": 5000},
            {"finished": True},
            {"author_id": admin.id},
            {"coauthor_ids": [(5, 0, 0)]},
        ):
            with self.assertRaises(AccessError):
                campaign.audience_ids.write(values)
        with self.assertRaises(AccessError):
            self.env["sms.campaign"].with_user(user).create(
                {"name": "X", "state": "sending"}
            )

    def test_users_have_their_own_and_managers_all(self):
        user = self.user("clerk", "su_sms.group_user")
        other = self.user("other", "su_sms.group_user")
        manager = self.user("manager", "su_sms.group_manager")
        campaign = self.campaign(self.numbers("0712345678"), as_user=user)
        campaigns = self.env["sms.campaign"]
        for person, seen in ((user, 1), (other, 0), (manager, 1)):
            found = campaigns.with_user(person).search([("id", "=", campaign.id)])
            self.assertEqual(len(found), seen, person.login)
        with self.assertRaises(AccessError):
            campaign.with_user(other).action_count()
        rows = self.env["sms.campaign.row"].with_user(other)
        self.assertFalse(rows.search([]))

    def test_another_company_sees_nothing(self):
        company = self.env["res.company"].create({"name": "Other"})
        manager = self.user(
            "manager",
            "su_sms.group_manager",
            company_id=company.id,
            company_ids=company.ids,
        )
        self.campaign(self.numbers("0712345678"))
        self.assertFalse(self.env["sms.campaign"].with_user(manager).search([]))
        self.assertFalse(
            self.env["sms.campaign.recipient"].with_user(manager).search([])
        )

    def test_a_launched_campaign_stays_as_it_is(self):
        campaign, draft = self.campaign(self.numbers("0712345678")), self.campaign()
        campaign._launch()
        for change in (
            lambda: campaign.write({"body": "Other"}),
            lambda: campaign.audience_ids.write({"numbers": "0733345679"}),
            lambda: campaign.audience_ids.unlink(),
            lambda: campaign.audience_ids.write({"campaign_id": draft.id}),
            lambda: campaign.unlink(),
        ):
            with self.assertRaises(UserError):
                change()

    def test_an_audience_that_is_moved_counts_where_it_is(self):
        one, two = self.campaign(self.numbers("0712345678")), self.campaign()
        one.audience_ids.campaign_id = two
        self.assertEqual((one.recipient_count, two.recipient_count), (0, 1))

    def test_whose_campaign_it_is_sees_its_messages(self):
        clerk = self.user("clerk", "su_sms.group_user")
        other = self.user("other", "su_sms.group_user")
        campaign = self.campaign(
            self.numbers("0712345678"), as_user=clerk, user_id=other.id
        )
        campaign.with_user(other)._launch()
        self.work()
        for user in (clerk, other):
            action = campaign.with_user(user).action_open_messages()
            messages = self.env["sms.sms"].with_user(user)
            self.assertEqual(messages.search_count(action["domain"]), 1, user.login)

    def test_a_sender_that_the_gateway_does_not_have_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "not a sender ID of this"):
            self.campaign(self.numbers("0712345678"), sender_id="OTHER")
        self.gateway.more_senders = "STRATHMORE"
        campaign = self.campaign(self.numbers("0712345678"), sender_id="STRATHMORE")
        self.run_campaign(campaign)
        [sent] = self.simulator.ledger()
        self.assertEqual(sent["sender"], "STRATHMORE")
        self.assertEqual(campaign.sms_ids.sender_id, "STRATHMORE")

    def test_a_copy_begins_as_a_draft_with_the_same_people(self):
        campaign = self.campaign(self.numbers("0712345678"))
        self.run_campaign(campaign)
        copy = campaign.copy()
        self.assertEqual(copy.state, "draft")
        self.assertEqual(copy.recipient_count, 1)
        self.assertFalse(copy.sms_ids)
        self.assertNotEqual(copy.name, campaign.name)
        self.assertFalse(fields.Datetime.to_string(copy.launched_at))
