"""Whom a campaign reaches, and who is left out."""

import sys
from unittest import mock

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..campaign_case import CampaignCase

PREPARE = "odoo.addons.su_sms.models.campaign.sms_campaign_prepare"
NUMBER_AND_TEXT = ["number", "placeholder"]


@tagged("post_install", "-at_install")
class TestCampaignAudience(CampaignCase):
    """Who is reached, who is left out, and why."""

    def test_each_number_once_over_all_audiences(self):
        contacts = self.contacts("0712 345 678", "0733 345 679")
        campaign = self.campaign(
            self.records(contacts),
            self.numbers("254712345678\n0712-345-678, 0722 000 111"),
        )
        self.assertEqual(campaign.recipient_count, 3)
        self.assertEqual(self.left_out(campaign), {"sms_duplicate": 2})
        self.run_campaign(campaign)
        self.assertEqual(
            sorted(number for number, _text in self.texts()),
            ["+254712345678", "+254722000111", "+254733345679"],
        )

    def test_every_reason_is_told_and_can_be_opened(self):
        self.env["phone.blacklist"].create({"number": "+254711000001"})
        campaign = self.campaign(
            self.numbers(
                "0711 000 001\n0712345678\n0712345678\n020 222 3344\n07123"
                "\nAmina 0722 000 111"
            ),
            self.records(self.contacts("", "0733 345 679")),
        )
        self.assertEqual(
            self.left_out(campaign),
            {
                "sms_blacklist": 1,
                "sms_duplicate": 1,
                "sms_invalid_destination": 1,
                "sms_number_format": 1,
                "sms_number_missing": 1,
            },
        )
        self.assertEqual(campaign.left_out_count, 5)
        for left_out in campaign.left_out_ids:
            action = left_out.action_open()
            found = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(len(found), left_out.count)
        [landline] = campaign.recipient_ids.filtered(
            lambda r: r.reason == "sms_invalid_destination"
        )
        self.assertEqual(landline.line, 4)
        self.assertTrue(landline.detail)

    def test_opted_out_people_get_what_they_must_know(self):
        self.env["phone.blacklist"].create({"number": "+254712345678"})
        campaign = self.campaign(
            self.numbers("0712345678"), message_class="transactional"
        )
        self.assertEqual(campaign.recipient_count, 1)
        self.run_campaign(campaign)
        self.assertEqual(len(self.texts()), 1)

    def test_who_gets_nothing_of_a_gateway_is_left_out_before(self):
        self.gateway.block_transactional = True
        blacklist = self.env["sms.blacklist"]
        blacklist.create({"number": "+254712345678", "reason": "own_request"})
        # Nobody's no: what people must know is tried.
        blacklist.create({"number": "+254733345679", "reason": "unreachable"})
        campaign = self.campaign(
            self.numbers("0712345678 0733345679"), message_class="transactional"
        )
        self.assertEqual(self.left_out(campaign), {"sms_blacklist": 1})
        self.run_campaign(campaign)
        self.assertEqual([n for n, _text in self.texts()], ["+254733345679"])

    def test_opt_out_of_a_list_counts_unless_another_list_has_them(self):
        news, sport = self.env["mailing.list"].create(
            [{"name": "News"}, {"name": "Sport"}]
        )
        one, both, none = self.env["mailing.contact"].create(
            [
                {"name": "One", "mobile": "0712345001", "list_ids": news.ids},
                {
                    "name": "Both",
                    "mobile": "0712345002",
                    "list_ids": (news | sport).ids,
                },
                {"name": "None", "mobile": "0712345003", "list_ids": news.ids},
            ]
        )
        (one | both | none).subscription_ids.filtered(
            lambda s: s.list_id == news and s.contact_id != none
        ).opt_out = True
        campaign = self.campaign({"kind": "list", "list_ids": (news | sport).ids})
        self.assertEqual(self.left_out(campaign), {"sms_optout": 1})
        self.assertEqual(campaign.recipient_count, 2)

    def test_who_is_on_a_list_twice_has_opted_out_with_both(self):
        news = self.env["mailing.list"].create({"name": "News"})
        values = {"mobile": "0712345001", "list_ids": news.ids}
        contacts = self.env["mailing.contact"].create(
            [{"name": "One"} | values, {"name": "Same"} | values]
        )
        audience = {"kind": "list", "list_ids": news.ids}
        for contact in contacts:
            contact.subscription_ids.opt_out = True
            # The order of the contacts, and their pages, change nothing.
            for page in (1, 5000):
                with self.subTest(contact=contact.name, page=page):
                    self.patch(sys.modules[PREPARE], "PAGE", page)
                    campaign = self.campaign(audience)
                    self.assertEqual(self.left_out(campaign), {"sms_optout": 2})
            contact.subscription_ids.opt_out = False

    def test_who_is_left_out_keeps_nobody_else_with_the_number_out(self):
        first, second = self.contacts("0712345678", "0712345678")
        second.city = "Kisumu"
        body = "{{ object.city }}"
        campaign = self.campaign(self.records(first | second), body=body)
        self.assertEqual(self.left_out(campaign), {"sms_empty": 1})
        self.assertEqual(campaign.recipient_count, 1)
        self.run_campaign(campaign)
        self.assertEqual(self.texts(), [("+254712345678", "Kisumu")])

    def test_records_that_no_form_offers_are_refused(self):
        for model in ("res.users", "ir.cron", "sms.composer", "sms.sms"):
            audience = {
                "kind": "model",
                "model_id": self.env["ir.model"]._get_id(model),
            }
            with self.subTest(model), self.assertRaises(ValidationError):
                self.campaign(audience)

    def test_only_people_can_be_chosen(self):
        field = self.env["sms.campaign.audience"]._fields["model_id"]
        models = self.env["ir.model"].search(field.domain).mapped("model")
        self.assertLessEqual({"res.partner", "mailing.contact"}, set(models))
        self.assertFalse({"ir.cron", "ir.actions.server", "sms.sms"} & set(models))

    def test_a_model_without_numbers_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "no phone numbers"):
            self.campaign(
                {
                    "kind": "model",
                    "model_id": self.env["ir.model"]._get_id("sms.gateway.config"),
                }
            )

    def test_a_domain_that_no_longer_parses_is_told_and_stops_nobody_else(self):
        campaign = self.campaign(self.records(self.contacts("0712345678")))
        campaign.audience_ids.domain = "[('no_such_field', '=', 1)]"
        self.assertEqual(campaign.count_state, "failed")
        self.assertIn("no_such_field", campaign.count_problem)
        with self.assertRaisesRegex(UserError, "no_such_field"):
            campaign._launch()

    def test_a_domain_that_only_postgresql_refuses_is_told(self):
        contacts = self.records(self.contacts("0712345678"))
        for domain in ("[('id', '=', 'abc')]", "[('name', '=', '\\x00')]"):
            with self.subTest(domain), mute_logger("odoo.sql_db"):
                campaign = self.campaign(contacts | {"domain": domain})
                self.assertEqual(campaign.count_state, "failed")
                self.assertIn("is no longer valid", campaign.count_problem)
                self.assertEqual(campaign.audience_ids.record_count, 0)

    def test_the_audience_has_only_what_its_author_may_see(self):
        other = self.env["res.company"].create({"name": "Other"})
        mine, theirs = self.contacts("0712345678", "0733345679")
        theirs.company_id = other
        user = self.user("clerk", "su_sms.group_user,base.group_partner_manager")
        campaign = self.campaign(
            self.records(mine | theirs), as_user=user, user_id=user.id
        )
        self.assertEqual(campaign.recipient_count, 1)

    def test_records_deleted_between_launch_and_preparation(self):
        contacts = self.contacts("0712345678", "0733345679")
        campaign = self.campaign(self.records(contacts))
        campaign._launch()
        contacts[0].unlink()
        self.work()
        self.assertEqual([n for n, _t in self.texts()], ["+254733345679"])

    def test_records_deleted_between_preparation_and_sending(self):
        contacts = self.contacts("0712345678", "0733345679")
        campaign = self.campaign(self.records(contacts), body="{{ object.name }}")
        campaign._launch()
        self.env["sms.campaign"]._work()
        contacts[0].unlink()
        self.work()
        # What was agreed on leaves; only the record can't be opened any more.
        self.assertEqual(campaign.state, "done")
        self.assertEqual(
            dict(self.texts()),
            {"+254712345678": "Person 0", "+254733345679": "Person 1"},
        )
        gone = campaign.sms_ids.filtered(lambda sms: sms.number == "+254712345678")
        self.assertEqual((gone.state, gone.recipient), ("pending", "Person 0"))
        self.assertFalse(gone.partner_id)

    def test_nobody_and_nothing(self):
        campaign = self.campaign()
        with self.assertRaisesRegex(UserError, "Add recipients first"):
            campaign._launch()
        campaign = self.campaign(self.numbers("abc"))
        self.assertEqual(self.left_out(campaign), {"sms_number_format": 1})
        with self.assertRaisesRegex(UserError, "There are no recipients"):
            campaign._launch()
        campaign = self.campaign(self.numbers("0712345678"), body=" ")
        with self.assertRaisesRegex(UserError, "Write a text"):
            campaign._launch()

    def test_an_audience_that_is_saved_by_itself_is_counted_once(self):
        campaign = self.campaign()
        counts = []
        again = type(campaign)._count_again

        def count(campaigns):
            counts.append(campaigns)
            return again(campaigns)

        column = {"slug": "student", "role": "placeholder"}
        file = self.file("Phone,Student\n0712345678,Amina\n")
        file |= {"campaign_id": campaign.id, "column_ids": [(0, 0, column)]}
        with mock.patch.object(type(campaign), "_count_again", count):
            audience = self.env["sms.campaign.audience"].create(file)
            self.assertEqual(len(counts), 1)
            self.assertEqual(audience.column_ids.mapped("role"), NUMBER_AND_TEXT)
            other = self.file("Student,Phone\nAmina,0712345678\nB,0733345679\n")
            audience.write({**other, "column_ids": [(0, 0, column)]})
            self.assertEqual(len(counts), 2)
            audience.copy()
            self.assertEqual(len(counts), 3)
        self.assertEqual(campaign.recipient_count, 2)
        self.assertEqual(self.left_out(campaign), {"sms_duplicate": 2})

    def test_a_changed_audience_is_counted_again(self):
        campaign = self.campaign(self.numbers("0712345678"))
        self.assertEqual(campaign.recipient_count, 1)
        campaign.audience_ids.numbers = "0712345678 0722000111"
        self.assertEqual(campaign.recipient_count, 2)
        campaign.audience_ids.unlink()
        self.assertEqual(campaign.recipient_count, 0)
        self.assertEqual(campaign.count_state, "none")
