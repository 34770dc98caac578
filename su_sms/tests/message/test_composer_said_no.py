"""Whoever is about to write is told who has asked for no more SMS."""

from odoo.tests import tagged

from ..campaign_case import CampaignCase


@tagged("post_install", "-at_install")
class TestComposerSaidNo(CampaignCase):
    def setUp(self):
        super().setUp()
        self.people = self.contacts("0712345678", "0733345679", "0700000111")
        self.env["phone.blacklist"].create({"number": "+254712345678"})

    def composer(self, people, mode="comment", **values):
        return (
            self.env["sms.composer"]
            .with_user(self.user("clerk", "base.group_user"))
            .with_context(active_test=False)
            .create(
                {
                    "composition_mode": mode,
                    "res_model": "res.partner",
                    "res_id": people.id if len(people) == 1 else False,
                    "res_ids": repr(people.ids),
                    "body": "Hello",
                    **values,
                }
            )
        )

    def test_a_contact_who_has_opted_out(self):
        self.assertIn("need to know", self.composer(self.people[0]).said_no)

    def test_a_contact_who_has_not(self):
        self.assertFalse(self.composer(self.people[1]).said_no)

    def test_where_nothing_goes_to_who_said_no_it_says_so(self):
        self.gateway.block_transactional = True
        self.assertIn("will not be sent", self.composer(self.people[0]).said_no)

    def test_of_several_how_many(self):
        composer = self.composer(self.people, "mass")
        self.assertIn("1 of 3", composer.said_no)

    def test_a_number_that_is_typed_says_nothing_of_its_owner(self):
        composer = self.composer(
            self.people[1], recipient_single_number_itf="+254712345678"
        )
        self.assertFalse(composer.said_no)
        values = {
            "composition_mode": "numbers",
            "numbers": "+254712345678",
            "body": "Hello",
        }
        self.assertFalse(self.env["sms.composer"].create(values).said_no)

    def test_without_a_gateway_nothing_is_shown(self):
        self.gateway.active = False
        self.assertFalse(self.composer(self.people[0]).said_no)
