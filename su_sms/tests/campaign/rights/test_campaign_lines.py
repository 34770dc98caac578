"""Recipients, columns and audiences are their own campaign's."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .rights_case import RightsCase


@tagged("post_install", "-at_install")
class TestCampaignLines(RightsCase):
    """Lines belong to their campaign, whoever names them."""

    def test_lines_of_another_campaign_are_refused(self):
        first = self.campaign(self.numbers("0712345678"), as_user=self.manager)
        second = self.campaign(self.numbers("0722000111"), as_user=self.clerk)
        [line] = second.audience_ids
        for command in (
            [1, line.id, {"numbers": "0733345679 0733345680"}],
            [2, line.id],
            [3, line.id],
            [4, line.id],
            [6, 0, [line.id]],
        ):
            for user in (self.manager, self.admin):
                with self.subTest(command), self.assertRaises(AccessError):
                    self.call(
                        user,
                        "sms.campaign",
                        "write",
                        first.ids,
                        {"audience_ids": [command]},
                    )
                with self.subTest(command), self.assertRaises(AccessError):
                    self.call(
                        user,
                        "sms.campaign",
                        "create",
                        {"name": "New", "audience_ids": [command]},
                    )
        self.assertEqual((first.recipient_count, second.recipient_count), (1, 1))
        self.assertEqual(second.audience_ids, line)
        self.assertEqual(line.author_id, self.clerk)

    def test_lines_in_the_context_are_counted_where_they_are(self):
        first = self.campaign(self.numbers("0712345678"), as_user=self.clerk)
        [line] = first.audience_ids
        self.call(
            self.clerk,
            "sms.campaign",
            "create",
            {"name": "New", "gateway_id": self.gateway.id},
            context={"default_audience_ids": [[4, line.id]]},
        )
        self.assertEqual(first.recipient_count, len(first.audience_ids))

    def test_an_audience_is_not_put_into_anothers_campaign(self):
        own = self.campaign(self.numbers("0712345678"), as_user=self.clerk)
        anothers = self.campaign(self.numbers("0722000111"), as_user=self.other)
        into = {"campaign_id": anothers.id}
        [line] = own.audience_ids
        with self.assertRaises(AccessError):
            self.call(self.clerk, "sms.campaign.audience", "write", line.ids, into)
        with self.assertRaises(AccessError):
            self.call(self.clerk, "sms.campaign.audience", "copy", line.ids, into)
        with self.assertRaises(AccessError):
            self.call(
                self.clerk, "sms.campaign.audience", "create", self.everybody() | into
            )
        self.assertEqual(len(anothers.audience_ids), 1)

    def test_only_what_a_column_holds_can_be_changed(self):
        files = [
            self.campaign(self.file("Phone,Name\n0712345678,A\n"), as_user=user)
            for user in (self.clerk, self.other)
        ]
        [mine, theirs] = (campaign.audience_ids for campaign in files)
        for values in ({"audience_id": theirs.id}, {"slug": "x"}, {"title": "x"}):
            with self.assertRaises(AccessError):
                self.call(
                    self.clerk,
                    "sms.campaign.column",
                    "write",
                    mine.column_ids[0].ids,
                    values,
                )

    def test_a_campaign_is_not_pushed_into_another_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        gateway = self.gateway.create({"name": "There", "company_id": company.id})
        campaign = self.campaign(self.numbers("0712345678"), as_user=self.clerk)
        values = {"company_id": company.id, "gateway_id": gateway.id}
        with self.assertRaises(AccessError):
            self.call(self.clerk, "sms.campaign", "write", campaign.ids, values)
        with self.assertRaises(AccessError):
            self.call(self.clerk, "sms.campaign", "create", {"name": "X", **values})
        with self.assertRaises(AccessError):
            self.call(self.clerk, "sms.campaign", "copy", campaign.ids, values)
