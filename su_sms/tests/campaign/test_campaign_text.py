"""What a campaign's recipients read."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools.translate import code_translations

from ..campaign_case import CampaignCase


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
        self.assertEqual(self.left_out(campaign), {"sms_rendering": 1})
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
        campaign.action_count()
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
        campaign.action_count()
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
            campaign.action_count()
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
            trial = self.env["sms.campaign.test"].create(
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
        trial = self.env["sms.campaign.test"].create(
            {"campaign_id": campaign.id, "numbers": "0722 000 111"}
        )
        with self.assertRaisesRegex(UserError, "gone"):
            trial.action_send()
        self.assertFalse(self.texts())

    def test_two_columns_cannot_both_hold_the_number(self):
        campaign = self.campaign(self.file("Phone,Other\n0712345678,0733345679\n"))
        other = campaign.audience_ids.column_ids[1]
        # A context such as any client can send changes nothing.
        for column in (other, other.with_context(su_sms_count_later=True)):
            with self.assertRaises(ValidationError):
                column.role = "number"

    def test_a_trial_goes_to_the_given_numbers_only(self):
        contacts = self.contacts("0712345678")
        contacts.name = "Amina"
        campaign = self.campaign(self.records(contacts), body="Dear {{ object.name }}")
        trial = self.env["sms.campaign.test"].create(
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
        trial = self.env["sms.campaign.test"].create(
            {"campaign_id": campaign.id, "numbers": "0722 000 111, 0733 000 111"}
        )
        with self.assertRaisesRegex(UserError, r"Opted out.*\+254•+111\. Remove"):
            trial.action_send()
        self.assertFalse(self.texts())
        trial.numbers = "0733 000 111"
        trial.action_send()
        self.assertEqual([number for number, _text in self.texts()], ["+254733000111"])
