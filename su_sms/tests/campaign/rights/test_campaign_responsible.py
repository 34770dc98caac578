"""What whoever answers for a campaign may read of what others have given it."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .rights_case import RightsCase


@tagged("post_install", "-at_install")
class TestCampaignResponsible(RightsCase):
    """Whoever made a draft, or takes it over, reads no more people than they may."""

    def test_who_made_a_draft_reads_no_people_that_others_have_chosen(self):
        campaign = self.campaign(
            self.records(self.partner), as_user=self.clerk, body="News"
        )
        campaign.with_user(self.admin).write(
            {
                "user_id": self.admin.id,
                "audience_ids": [(5, 0, 0), (0, 0, self.records(self.hidden))],
            }
        )
        self.assertEqual(self.reached(campaign), ["Hidden Njeri"])
        people = self.env["sms.campaign.recipient"].with_user(self.clerk)
        self.assertFalse(people.search([("campaign_id", "=", campaign.id)]))
        campaign.with_user(self.clerk)._launch()
        self.work()
        self.assertFalse(campaign.sms_ids.with_user(self.clerk).search([]))
        self.assertEqual(campaign.sms_ids.create_uid, self.admin)

    def test_who_made_a_draft_reads_no_rows_that_others_have_given(self):
        """Files and pasted numbers, by whatever door: none of these is a record."""
        draft = self.campaign(self.numbers("0712345678 Mine"), as_user=self.clerk)
        mine = draft.audience_ids
        given = [
            (0, 0, self.file("Phone,Name,Fees\n0722345678,Secret One,4711\n")),
            (0, 0, self.numbers("0733345678 Secret Two")),
        ]
        draft.with_user(self.manager).write(
            {"user_id": self.manager.id, "audience_ids": given}
        )
        theirs = draft.audience_ids - mine
        for model, domain in (
            ("sms.campaign.row", [("audience_id", "in", theirs.ids)]),
            ("sms.campaign.column", [("audience_id", "in", theirs.ids)]),
            ("sms.campaign.audience", [("id", "in", theirs.ids)]),
            ("sms.campaign.recipient", [("audience_id", "in", theirs.ids)]),
        ):
            self.assertTrue(self.env[model].search(domain), model)
            self.assertFalse(self.env[model].with_user(self.clerk).search(domain))
        for changes in ({"user_id": self.clerk.id}, {"user_id": self.other.id}):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                draft.with_user(self.clerk).write(changes)
        for commands in ([[1, theirs[1].id, {"numbers": "1"}]], [[2, theirs[0].id]]):
            with self.assertRaises(AccessError):
                self.call(
                    self.clerk,
                    "sms.campaign",
                    "write",
                    draft.ids,
                    {"audience_ids": commands},
                )
        copied = draft.with_user(self.clerk).copy()
        self.assertEqual(self.reached(copied), ["Mine"])
        for line in theirs:
            with self.assertRaises(AccessError):
                line.with_user(self.clerk).copy()
        self.assertEqual(draft.audience_ids, mine | theirs)

    def test_who_made_a_draft_goes_on_writing_and_launches_it_as_a_whole(self):
        draft = self.campaign(self.numbers("0712345678"), as_user=self.clerk)
        draft.with_user(self.manager).write(
            {
                "user_id": self.manager.id,
                "audience_ids": [(0, 0, self.numbers("0733345678 Secret Two"))],
            }
        )
        spec = {"body": {}, "file_notes": {}, "audience_ids": {"fields": {"name": {}}}}
        [said] = self.call(
            self.clerk, "sms.campaign", "web_save", draft.ids, {"body": "Hi"}, spec
        )
        self.assertEqual(len(said["audience_ids"]), 1)
        self.assertEqual(draft.recipient_count, 2)
        # More of theirs, and nobody else's: as long as nobody gives it away.
        self.call(
            self.clerk,
            "sms.campaign.audience",
            "create",
            self.numbers("0744345678") | {"campaign_id": draft.id},
        )
        self.work_on_counts()
        draft.with_user(self.clerk)._launch()
        self.work()
        self.assertEqual(len(draft.sms_ids), 3)
        self.assertFalse(draft.sms_ids.with_user(self.clerk).search([]))

    def test_who_is_responsible_hands_it_over_with_its_people(self):
        draft = self.campaign(self.numbers("0712345678"), as_user=self.clerk)
        draft.with_user(self.clerk).user_id = self.other
        self.assertTrue(draft.audience_ids.with_user(self.other).numbers)
        draft.with_user(self.other).user_id = self.clerk
        self.assertEqual(draft.user_id, self.clerk)

    def test_whose_text_it_is_takes_no_launched_campaign_over(self):
        """A text without placeholders lets its author read none of the people."""
        campaign = self.campaign(as_user=self.clerk, body="News")
        campaign.with_user(self.admin).write(
            {
                "user_id": self.admin.id,
                "audience_ids": [(0, 0, self.records(self.hidden))],
            }
        )
        campaign.with_user(self.admin)._launch()
        self.work()
        self.assertTrue(campaign.sms_ids)
        with self.assertRaises(UserError):
            campaign.with_user(self.clerk).user_id = self.clerk
            campaign.flush_recordset()
        self.assertFalse(campaign.sms_ids.with_user(self.clerk).search([]))
