"""Campaigns, from the audience to what the simulator received."""

import sys
from unittest import mock

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.translate import code_translations

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
        self.assertEqual(campaign.people_count, 3)
        self.assertEqual(self.exclusions(campaign), {"sms_duplicate": 2})
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
            self.exclusions(campaign),
            {
                "sms_blacklist": 1,
                "sms_duplicate": 1,
                "sms_invalid_destination": 1,
                "sms_number_format": 1,
                "sms_number_missing": 1,
            },
        )
        self.assertEqual(campaign.left_out_count, 5)
        for exclusion in campaign.exclusion_ids:
            action = exclusion.action_open()
            found = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(len(found), exclusion.count)
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
        self.assertEqual(campaign.people_count, 1)
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
        self.assertEqual(self.exclusions(campaign), {"sms_blacklist": 1})
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
        self.assertEqual(self.exclusions(campaign), {"sms_optout": 1})
        self.assertEqual(campaign.people_count, 2)

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
                    self.assertEqual(self.exclusions(campaign), {"sms_optout": 2})
            contact.subscription_ids.opt_out = False

    def test_who_is_left_out_keeps_nobody_else_with_the_number_out(self):
        first, second = self.contacts("0712345678", "0712345678")
        second.city = "Kisumu"
        body = "{{ object.city }}"
        campaign = self.campaign(self.records(first | second), body=body)
        self.assertEqual(self.exclusions(campaign), {"sms_empty": 1})
        self.assertEqual(campaign.people_count, 1)
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
        self.assertEqual(campaign.check_state, "failed")
        self.assertIn("no_such_field", campaign.check_problem)
        with self.assertRaisesRegex(UserError, "no_such_field"):
            campaign._launch()

    def test_a_domain_that_only_postgresql_refuses_is_told(self):
        contacts = self.records(self.contacts("0712345678"))
        for domain in ("[('id', '=', 'abc')]", "[('name', '=', '\\x00')]"):
            with self.subTest(domain), mute_logger("odoo.sql_db"):
                campaign = self.campaign(contacts | {"domain": domain})
                self.assertEqual(campaign.check_state, "failed")
                self.assertIn("can't be understood", campaign.check_problem)
                self.assertEqual(campaign.audience_ids.record_count, 0)

    def test_the_audience_has_only_what_its_author_may_see(self):
        other = self.env["res.company"].create({"name": "Other"})
        mine, theirs = self.contacts("0712345678", "0733345679")
        theirs.company_id = other
        user = self.user("clerk", "su_sms.group_user,base.group_partner_manager")
        campaign = self.campaign(
            self.records(mine | theirs), as_user=user, user_id=user.id
        )
        self.assertEqual(campaign.people_count, 1)

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
        with self.assertRaisesRegex(UserError, "whom it goes to"):
            campaign._launch()
        campaign = self.campaign(self.numbers("abc"))
        self.assertEqual(self.exclusions(campaign), {"sms_number_format": 1})
        with self.assertRaisesRegex(UserError, "nobody to send to"):
            campaign._launch()
        campaign = self.campaign(self.numbers("0712345678"), body=" ")
        with self.assertRaisesRegex(UserError, "Write a text"):
            campaign._launch()

    def test_an_audience_that_is_saved_by_itself_is_counted_once(self):
        campaign = self.campaign()
        counts = []
        again = type(campaign)._check_again

        def count(campaigns):
            counts.append(campaigns)
            return again(campaigns)

        column = {"slug": "student", "role": "placeholder"}
        file = self.file("Phone,Student\n0712345678,Amina\n")
        file |= {"campaign_id": campaign.id, "column_ids": [(0, 0, column)]}
        with mock.patch.object(type(campaign), "_check_again", count):
            audience = self.env["sms.campaign.audience"].create(file)
            self.assertEqual(len(counts), 1)
            self.assertEqual(audience.column_ids.mapped("role"), NUMBER_AND_TEXT)
            other = self.file("Student,Phone\nAmina,0712345678\nB,0733345679\n")
            audience.write({**other, "column_ids": [(0, 0, column)]})
            self.assertEqual(len(counts), 2)
            audience.copy()
            self.assertEqual(len(counts), 3)
        self.assertEqual(campaign.people_count, 2)
        self.assertEqual(self.exclusions(campaign), {"sms_duplicate": 2})

    def test_a_changed_audience_is_counted_again(self):
        campaign = self.campaign(self.numbers("0712345678"))
        self.assertEqual(campaign.people_count, 1)
        campaign.audience_ids.numbers = "0712345678 0722000111"
        self.assertEqual(campaign.people_count, 2)
        campaign.audience_ids.unlink()
        self.assertEqual(campaign.people_count, 0)
        self.assertEqual(campaign.check_state, "none")


@tagged("post_install", "-at_install")
class TestCampaignText(CampaignCase):
    """What each person reads."""

    def test_placeholders_of_records(self):
        contacts = self.contacts("0712345678", "0733345679")
        contacts[0].name = "Amina"
        contacts[1].write({"name": "Brian", "city": "Kisumu"})
        self.run_campaign(
            self.campaign(
                self.records(contacts),
                body="Dear {{ object.name }} of {{ object.city ||| Nairobi}}",
            )
        )
        self.assertEqual(
            dict(self.texts()),
            {
                "+254712345678": "Dear Amina of Nairobi",
                "+254733345679": "Dear Brian of Kisumu",
            },
        )

    def test_a_placeholder_that_fails_leaves_out_only_whom_it_fails_for(self):
        contacts = self.contacts("0712345678")
        campaign = self.campaign(
            self.records(contacts),
            self.file("Phone,Balance\n0733345679,1200\n"),
            body="Your balance is {{ object.balance }}",
        )
        self.assertEqual(self.exclusions(campaign), {"sms_rendering": 1})
        self.run_campaign(campaign)
        self.assertEqual(self.texts(), [("+254733345679", "Your balance is 1200")])

    def test_odoo_fills_in_what_is_more_than_a_name(self):
        contacts = self.contacts("0712345678")
        contacts.name = "Amina"
        self.run_campaign(
            self.campaign(self.records(contacts), body="Dear {{ object.name.upper() }}")
        )
        self.assertEqual(self.texts(), [("+254712345678", "Dear AMINA")])

    def template(self):
        """Create a template in English and French."""
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env["sms.template"].create(
            {
                "name": "Exams",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "body": "Exams begin, {{ object.name }}",
            }
        )
        template.with_context(lang="fr_FR").body = "Les examens, {{ object.name }}"
        return template

    def test_a_template_is_in_the_language_of_each(self):
        template = self.template()
        contacts = self.contacts("0712345678", "0733345679")
        contacts.name = "Awa"
        contacts[1].lang = "fr_FR"
        self.run_campaign(
            self.campaign(self.records(contacts), template_id=template.id)
        )
        self.assertEqual(
            dict(self.texts()),
            {
                "+254712345678": "Exams begin, Awa",
                "+254733345679": "Les examens, Awa",
            },
        )

    def test_who_has_no_language_gets_that_of_the_texts_author(self):
        template = self.template()
        author = self.user("awa", "su_sms.group_user", lang="fr_FR")
        campaign = self.campaign(
            self.numbers("Awa 0712345678"), as_user=author, template_id=template.id
        )
        self.assertEqual(campaign.recipient_ids.text, "Les examens, Awa")
        campaign.action_check()
        self.assertEqual(campaign.recipient_ids.text, "Les examens, Awa")
        # The job's own language is another.
        self.run_campaign(campaign.with_context(lang="en_US"))
        self.assertEqual(self.texts()[0][1], "Les examens, Awa")

    def test_whatever_is_in_a_text_is_in_the_language_of_each(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.gateway.optout_short_code = "22384"
        french = self.env["res.lang"]._get_data(code="fr_FR").id
        self.env["sms.optout.word"].create(
            {"word": "Suffit", "lang_id": french, "told": True}
        )
        kenya = self.env.ref("base.ke")
        kenya.with_context(lang="fr_FR").name = "Le Kenya"
        contacts = self.contacts("0712345678", "0733345679")
        contacts.country_id = kenya
        contacts[1].lang = "fr_FR"
        fr = {"%(word)s to %(short_code)s": "%(word)s au %(short_code)s"}
        self.patch(
            code_translations,
            "python_translations",
            {**code_translations.python_translations, ("su_sms", "fr_FR"): fr},
        )
        for body in ("{{ object.country_id.name }}", "{{ object.country_id.name[:] }}"):
            campaign = self.campaign(self.records(contacts), body=body, optout="word")
            expected = {
                "+254712345678": "Kenya\nSTOP to 22384",
                "+254733345679": "Le Kenya\nSuffit au 22384",
            }
            read = {each.number: each.text for each in campaign.recipient_ids}
            self.assertEqual(read, expected)
            self.simulator.reset()
            # Whoever's job it is.
            self.run_campaign(campaign.with_context(lang="fr_FR"))
            self.assertEqual(dict(self.texts()), expected)

    def test_a_template_changed_after_the_launch_changes_nothing(self):
        template = self.template()
        campaign = self.campaign(
            self.numbers("Awa 0712345678"), template_id=template.id
        )
        template.body = "Exams are over, {{ object.name }}"
        campaign.action_check()
        self.assertEqual(campaign.body, "Exams are over, {{ object.name }}")
        campaign._launch()
        template.body = "No exams, {{ object.name }}"
        self.work()
        self.assertEqual(self.texts()[0][1], "Exams are over, Awa")

    def test_a_template_deleted_after_the_launch_changes_nothing(self):
        template = self.template()
        contacts = self.contacts("0712345678", "0733345679")
        contacts.name = "Awa"
        contacts[1].lang = "fr_FR"
        campaign = self.campaign(self.records(contacts), template_id=template.id)
        campaign._launch()
        template.unlink()
        self.env.invalidate_all()
        self.work()
        self.assertEqual(
            {text for _number, text in self.texts()},
            {"Exams begin, Awa", "Les examens, Awa"},
        )

    def test_short_links_count_their_clicks(self):
        campaign = self.campaign(
            self.numbers("0712345678"),
            body="See https://example.org/graduation for more",
            shorten_links=True,
        )
        self.run_campaign(campaign)
        [(_number, text)] = self.texts()
        self.assertIn("/r/", text)
        self.assertNotIn("example.org", text)
        link = self.env["link.tracker"].search(
            [("source_id", "=", campaign.source_id.id)]
        )
        self.env["link.tracker.click"].add_click(link.code, ip="192.0.2.1")
        campaign.invalidate_recordset()
        self.assertEqual(campaign.click_count, 1)

    def test_promotional_texts_say_how_to_opt_out(self):
        campaign = self.campaign(self.numbers("0712345678"), optout="link")
        self.assertEqual(campaign.optout_sample[:9], "Opt out: ")
        self.run_campaign(campaign)
        [(number, text)] = self.texts()
        body, ending = text.split("\n")
        self.assertEqual(body, campaign.body)
        self.assertEqual(len(ending), len(campaign.optout_sample))
        link = self.env["sms.optout.link"]._of_token(ending.rsplit("/", 1)[1])
        self.assertEqual(link.number, number)

    def test_the_word_to_opt_out_with(self):
        self.gateway.optout_short_code = "22384"
        campaign = self.env["sms.campaign"].create(
            {"name": "News", "gateway_id": self.gateway.id}
        )
        self.assertEqual(campaign.optout, "word")
        self.assertEqual(campaign.optout_sample, "STOP to 22384")
        campaign.message_class = "transactional"
        self.assertEqual(campaign.optout, "none")
        campaign.message_class = "promotional"
        campaign.write(
            {"body": "News", "audience_ids": [(0, 0, self.numbers("0712345678"))]}
        )
        self.run_campaign(campaign)
        self.assertEqual(self.texts()[0][1], "News\nSTOP to 22384")

    def test_what_needs_unicode_is_told_of_the_texts_as_they_leave(self):
        self.gateway.sanitise = False
        contacts = self.contacts("0712345678", "0733345679", "0722000111")
        contacts[0].name, contacts[1].name = "Şahin", "Nguyễn\u200bThị"
        campaign = self.campaign(
            self.records(contacts), body="Dear {{ object.name }}" + "a" * 70
        )
        self.assertEqual((campaign.part_count, campaign.worst_parts), (5, 2))
        self.assertEqual(campaign.unicode_count, 2)
        self.assertEqual(
            set(campaign.unicode_characters.split()), {"Ş", "ễ", "ị", "U+200B"}
        )
        found = self.env["sms.campaign.recipient"].search(
            campaign.action_open_unicode()["domain"]
        )
        self.assertEqual(found.mapped("name"), contacts[:2].mapped("name"))
        self.assertEqual(found[0].forcing, "Ş")
        campaign.body = "Dear student"
        self.assertFalse(campaign.unicode_count or campaign.unicode_characters)

    def test_what_is_replaced_anyway_needs_no_unicode(self):
        body = "“Karibu”" + "a" * 70
        campaign = self.campaign(self.numbers("0712345678"), body=body)
        for sanitise, found in ((True, 0), (False, 1)):
            self.gateway.sanitise = sanitise
            campaign.action_check()
            self.assertEqual(campaign.unicode_count, found)

    def test_another_gateway_is_counted_with(self):
        self.gateway.sanitise = True
        other = self.gateway.copy({"name": "Other", "sanitise": False})
        body = "“Karibu”" + "a" * 70
        campaign = self.campaign(self.numbers("0712345678"), body=body)
        self.assertEqual(campaign.part_count, 1)
        campaign.gateway_id = other
        self.assertEqual(campaign.part_count, 2)

    def test_parts_are_those_of_the_rendered_texts(self):
        contacts = self.contacts("0712345678", "0733345679")
        contacts[0].name = "A"
        contacts[1].name = "B" * 200
        campaign = self.campaign(self.records(contacts), body="{{ object.name }}")
        self.assertEqual((campaign.part_count, campaign.worst_parts), (3, 2))

    def test_any_recipients_text_can_be_read_before(self):
        contacts = self.contacts("0712345678", "0733345679")
        contacts[0].name, contacts[1].name = "Amina", "Brian"
        campaign = self.campaign(self.records(contacts), body="Dear {{ object.name }}")
        for recipient in campaign.recipient_ids:
            trial = self.env["sms.campaign.trial"].create(
                {"campaign_id": campaign.id, "recipient_id": recipient.id}
            )
            self.assertEqual(trial.body, f"Dear {recipient.name}")

    def test_the_text_of_numbers_as_people_type_them_can_be_read_before(self):
        campaign = self.campaign(
            self.numbers("Amina 0712 345 678, Brian 0733 456 789"),
            self.file("Phone,Name\n0722000111,Chege\n"),
            body="Dear {{ object.name }}",
        )
        self.assertEqual(len(campaign.recipient_ids), 3)
        for recipient in campaign.recipient_ids:
            self.assertEqual(recipient.text, f"Dear {recipient.name}")

    def test_what_keeps_a_text_from_being_filled_in_is_sent_to_nobody(self):
        campaign = self.campaign(self.records(self.contacts("0712345678")))
        # Such as when a field is removed after people were counted.
        self.env.cr.execute(
            "UPDATE sms_campaign SET body = 'Dear {{ object.gone }}' WHERE id = %s",
            campaign.ids,
        )
        campaign.invalidate_recordset(["body"])
        trial = self.env["sms.campaign.trial"].create(
            {"campaign_id": campaign.id, "numbers": "0722 000 111"}
        )
        with self.assertRaisesRegex(UserError, "gone"):
            trial.action_send()
        self.assertFalse(self.texts())

    def test_two_columns_cannot_both_hold_the_number(self):
        campaign = self.campaign(self.file("Phone,Other\n0712345678,0733345679\n"))
        other = campaign.audience_ids.column_ids[1]
        # A context such as any client can send changes nothing.
        for column in (other, other.with_context(su_sms_check_later=True)):
            with self.assertRaises(ValidationError):
                column.role = "number"

    def test_a_trial_goes_to_the_given_numbers_only(self):
        contacts = self.contacts("0712345678")
        contacts.name = "Amina"
        campaign = self.campaign(self.records(contacts), body="Dear {{ object.name }}")
        trial = self.env["sms.campaign.trial"].create(
            {"campaign_id": campaign.id, "numbers": "0722 000 111"}
        )
        trial.action_send()
        self.assertEqual(self.texts(), [("+254722000111", "Dear Amina")])
        self.assertEqual(campaign.state, "draft")

    def test_a_trial_of_promotion_goes_to_nobody_who_opted_out_but_oneself(self):
        campaign = self.campaign(
            self.numbers("0712345678"), message_class="promotional"
        )
        self.env.user.partner_id.phone = "0733 000 111"
        self.env["phone.blacklist"].create(
            [{"number": "+254722000111"}, {"number": "+254733000111"}]
        )
        trial = self.env["sms.campaign.trial"].create(
            {"campaign_id": campaign.id, "numbers": "0722 000 111, 0733 000 111"}
        )
        with self.assertRaisesRegex(UserError, r"Opted out.*\+254•+111\. Leave"):
            trial.action_send()
        self.assertFalse(self.texts())
        trial.numbers = "0733 000 111"
        trial.action_send()
        self.assertEqual([number for number, _text in self.texts()], ["+254733000111"])


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
            campaign.with_user(other).action_check()
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
        self.assertEqual((one.people_count, two.people_count), (0, 1))

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
        with self.assertRaisesRegex(ValidationError, "no sender ID of this gateway"):
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
        self.assertEqual(copy.people_count, 1)
        self.assertFalse(copy.sms_ids)
        self.assertNotEqual(copy.name, campaign.name)
        self.assertFalse(fields.Datetime.to_string(copy.launched_at))
