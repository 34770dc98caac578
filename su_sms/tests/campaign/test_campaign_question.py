"""What only a person can decide, and is asked before a campaign is launched."""

import sys

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..campaign_case import CampaignCase

PREPARE = "odoo.addons.su_sms.models.campaign.sms_campaign_prepare"
FEES = (
    "Phone,Name,Fee Balance\n"
    "0712345678,Amina,500\n0722000111,Brian,\n0733345679,Chege,-\n"
)
BODY = "Dear {{ object.name }}, your balance is KES {{ object.fee_balance }}."
SIBLINGS = (
    "Phone,Student,Balance\n0712345678,Amina,500\n0722000111,Brian,0\n"
    "0712 345 678,Chege,900\n0712345678,Amina,500\n"
)
ABOUT = "{{ object.student }}: KES {{ object.balance }}"


class QuestionCase(CampaignCase):
    def question(self, campaign, **answers):
        """Ask whether to launch a campaign, and answer."""
        return self.env["sms.campaign.launch"].create(
            {"campaign_id": campaign.id, **answers}
        )


@tagged("post_install", "-at_install")
class TestEmptyValues(QuestionCase):
    """Nobody reads "your balance is KES ." unless somebody wants it."""

    def test_it_is_told_how_many_lack_what_and_who(self):
        campaign = self.campaign(self.file(FEES), body=BODY)
        self.assertEqual(campaign.recipient_count, 3)
        self.assertEqual(campaign.missing_text, "2 recipients have no Fee Balance")
        found = self.env["sms.campaign.recipient"].search(
            campaign.action_open_missing()["domain"]
        )
        self.assertEqual(found.mapped("line"), [3, 4])
        self.assertEqual(found.mapped("missing"), ["Fee Balance"] * 2)

    def test_each_value_that_is_missing_is_named(self):
        campaign = self.campaign(
            self.file("Phone,Name,Room\n0712345678,,\n0722000111,B,\n"),
            body="{{ object.name }} in {{ object.room }}",
        )
        self.assertEqual(
            campaign.missing_text, "2 recipients have no Room, 1 recipient has no Name"
        )
        self.assertEqual(campaign.missing_count, 2)

    def test_nothing_is_launched_before_somebody_has_said_what_becomes_of_them(self):
        campaign = self.campaign(self.file(FEES), body=BODY)
        with self.assertRaisesRegex(UserError, "2 recipients have no Fee Balance"):
            campaign._launch()
        question = self.question(campaign)
        self.assertTrue(question.asks_empty)
        self.assertFalse(question.problem)
        with self.assertRaisesRegex(UserError, "2 recipients have no Fee Balance"):
            question.action_launch()

    def test_who_lacks_a_value_is_left_out(self):
        campaign = self.campaign(self.file(FEES), body=BODY)
        self.question(campaign, when_empty="leave_out").action_launch()
        self.work()
        self.assertEqual(
            self.texts(), [("+254712345678", "Dear Amina, your balance is KES 500.")]
        )
        left_out = campaign.sms_ids.filtered("left_out")
        self.assertEqual(set(left_out.mapped("failure_type")), {"sms_no_value"})
        self.assertEqual(left_out[0].provider_text, "There is no Fee Balance.")
        self.assertEqual(
            (campaign.recipient_count, campaign.agreed_recipient_count), (1, 1)
        )

    def test_it_is_sent_as_it_is(self):
        campaign = self.campaign(self.file(FEES), body=BODY)
        self.question(campaign, when_empty="send").action_launch()
        self.work()
        self.assertEqual(len(self.texts()), 3)
        self.assertIn(
            ("+254722000111", "Dear Brian, your balance is KES ."), self.texts()
        )

    def test_what_has_a_default_is_not_asked_about(self):
        for value in (
            "{{ object.fee_balance ||| not known }}",
            '{{ object.fee_balance or "not known" }}',
        ):
            with self.subTest(value):
                campaign = self.campaign(self.file(FEES), body=f"Balance: {value}")
                self.assertFalse(campaign.missing_count)
                read = {each.line: each.text for each in campaign.recipient_ids}
                self.assertEqual(read[3].strip(), "Balance: not known")
        campaign = self.campaign(
            self.file(FEES), body="Balance {{ object.fee_balance ||| }}"
        )
        self.assertFalse(campaign.missing_count)

    def test_empty_fields_of_records_are_asked_about(self):
        contacts = self.contacts("0712345678", "0733345679")
        contacts[0].city = "Kisumu"
        for body, name in (
            ("In {{ object.city }}", "City"),
            ("In {{ object.state_id.name }}", "State Name"),
            ("In {{ (object.city or '')[:] }}", "(object.city or '')[:]"),
            ("In {{ object.name.upper() }} {{ object.city }}", "City"),
        ):
            with self.subTest(body):
                campaign = self.campaign(self.records(contacts), body=body)
                self.assertIn(f"no {name}", campaign.missing_text)
        for body in (
            "In {{ object.city or 'Kenya' }}",
            "In {{ object.city ||| Kenya}}",
            "In {{ object.city[:] if object.city else 'Kenya' }}",
        ):
            with self.subTest(body):
                campaign = self.campaign(self.records(contacts), body=body)
                self.assertFalse(campaign.missing_count)
                self.assertEqual(campaign.recipient_ids[1].text, "In Kenya")

    def test_nought_is_a_value(self):
        campaign = self.campaign(
            self.file("Phone,Balance\n0712345678,0\n0722000111,0.00\n"),
            body="KES {{ object.balance }}",
        )
        self.assertFalse(campaign.missing_count)

    def test_who_has_lost_a_value_since_is_left_out(self):
        contacts = self.contacts("0712345678", "0733345679")
        contacts.city = "Kisumu"
        campaign = self.campaign(self.records(contacts), body="In {{ object.city }}")
        campaign._launch()
        contacts[0].city = False
        self.work()
        self.assertEqual(self.texts(), [("+254733345679", "In Kisumu")])
        left_out = campaign.sms_ids.filtered("left_out")
        self.assertEqual(left_out.failure_type, "sms_no_value")

    def test_a_copy_is_asked_about_anew(self):
        campaign = self.campaign(self.file(FEES), body=BODY, when_empty="send")
        self.assertEqual(campaign.recipient_count, 3)
        self.assertFalse(campaign.copy().when_empty)

    def test_a_launched_campaign_keeps_its_answers(self):
        campaign = self.campaign(self.file(FEES), body=BODY, when_empty="send")
        campaign._launch()
        with self.assertRaises(UserError):
            campaign.when_empty = "leave_out"
        clerk = self.user("clerk", "su_sms.group_user")
        with self.assertRaises(AccessError):
            self.question(campaign, when_empty="send").with_user(clerk).action_launch()


@tagged("post_install", "-at_install")
class TestSharedNumbers(QuestionCase):
    """One guardian, two students."""

    def test_texts_that_differ_are_asked_about(self):
        campaign = self.campaign(self.file(SIBLINGS), body=ABOUT)
        self.assertEqual((campaign.recipient_count, campaign.shared_count), (2, 1))
        found = self.env["sms.campaign.recipient"].search(
            campaign.action_open_shared()["domain"]
        )
        self.assertEqual(found.line, 4)
        self.assertIn("Line 2", found.detail)
        self.assertIn("another text", found.detail)
        with self.assertRaisesRegex(UserError, "1 recipients share a number"):
            campaign._launch()
        self.assertTrue(self.question(campaign).asks_shared)

    def test_one_sms_for_each_row_and_what_is_alike_once(self):
        for page in (1, 5000):
            with self.subTest(page=page):
                self.simulator.reset()
                self.patch(sys.modules[PREPARE], "PAGE", page)
                campaign = self.campaign(self.file(SIBLINGS), body=ABOUT)
                self.question(campaign, when_shared="each").action_launch()
                self.work()
                self.assertEqual(
                    sorted(self.texts()),
                    [
                        ("+254712345678", "Amina: KES 500"),
                        ("+254712345678", "Chege: KES 900"),
                        ("+254722000111", "Brian: KES 0"),
                    ],
                )
                [left_out] = campaign.sms_ids.filtered("left_out")
                self.assertEqual(left_out.failure_type, "sms_duplicate")
                self.assertEqual((left_out.line, campaign.recipient_count), (5, 3))
                self.assertIn("Line 2", left_out.provider_text)

    def test_only_the_first(self):
        for page in (1, 5000):
            with self.subTest(page=page):
                self.simulator.reset()
                self.patch(sys.modules[PREPARE], "PAGE", page)
                campaign = self.campaign(self.file(SIBLINGS), body=ABOUT)
                self.question(campaign, when_shared="first").action_launch()
                self.work()
                self.assertEqual(
                    sorted(self.texts()),
                    [
                        ("+254712345678", "Amina: KES 500"),
                        ("+254722000111", "Brian: KES 0"),
                    ],
                )

    def test_texts_that_are_alike_are_not_asked_about(self):
        campaign = self.campaign(self.file(SIBLINGS), body="School closes on Friday.")
        self.assertEqual((campaign.recipient_count, campaign.shared_count), (2, 0))
        details = campaign.recipient_ids.filtered("reason").mapped("detail")
        self.assertEqual(len(details), 2)
        for detail in details:
            self.assertIn("Line 2", detail)
            self.assertNotIn("another", detail)
        self.run_campaign(campaign)
        self.assertEqual(len(self.texts()), 2)

    def test_audiences_share_numbers_too(self):
        contacts = self.contacts("0712345678")
        campaign = self.campaign(
            self.records(contacts),
            self.numbers("Brian 0712345678"),
            body="Dear {{ object.name }}",
            when_shared="each",
        )
        self.run_campaign(campaign)
        self.assertEqual(
            sorted(text for _number, text in self.texts()),
            ["Dear Brian", "Dear Person 0"],
        )

    def test_links_to_opt_out_make_no_other_text(self):
        campaign = self.campaign(
            self.file(SIBLINGS), body=ABOUT, optout="link", when_shared="each"
        )
        self.assertEqual(campaign.recipient_count, 3)
        self.patch(sys.modules[PREPARE], "PAGE", 1)
        self.run_campaign(campaign)
        self.assertEqual(len(self.texts()), 3)

    def test_nothing_is_queued_twice_whatever_is_gone_through_again(self):
        for answer, count in (("each", 3), ("first", 2)):
            with self.subTest(answer):
                campaign = self.campaign(
                    self.file(SIBLINGS), body=ABOUT, when_shared=answer
                )
                campaign._launch()
                store, extras = campaign._store_messages, campaign._extras()
                for _again in range(2):
                    self.assertTrue(campaign._process_page(store, extras))
                    campaign._start_over()
                queued = campaign.sms_ids.filtered(lambda sms: not sms.left_out)
                self.assertEqual(len(queued), count)
                # Not even if nobody looks before.
                self.patch(type(campaign), "_queued_before", lambda *_: [])
                campaign._process_page(store, extras)
                queued = campaign.sms_ids.filtered(lambda sms: not sms.left_out)
                self.assertEqual(len(queued), count)

    def test_a_number_in_every_row_is_not_gone_through_for_each(self):
        rows = "".join(f"0712345678,Person {n}\n" for n in range(60))
        found = []
        before = type(self.env["sms.campaign"])._before

        def counted(model, *given):
            found.append(before(model, *given))
            return found[-1]

        self.patch(type(self.env["sms.campaign"]), "_before", counted)
        self.patch(sys.modules[PREPARE], "PAGE", 10)
        campaign = self.campaign(
            self.file(f"Phone,Name\n{rows}"),
            body="Dear {{ object.name }}",
            when_shared="each",
        )
        self.assertEqual(campaign.recipient_count, 60)
        self.run_campaign(campaign)
        self.assertEqual(len(self.texts()), 60)
        # The first of them, for whoever has another text: not all that came before.
        self.assertLessEqual(max(map(len, found)), 1)

    def test_what_told_texts_apart_tells_nothing_afterwards(self):
        campaign = self.campaign(self.file(SIBLINGS), body=ABOUT, when_shared="each")
        campaign._launch()
        salts = campaign.sudo().text_salt
        self.assertEqual(len(salts), 32)
        self.work()
        self.assertFalse(campaign.sudo().text_salt)
        clerk = self.user("clerk", "su_sms.group_user")
        for record, name in ((campaign, "text_salt"), (campaign.sms_ids, "text_key")):
            with self.assertRaises(AccessError):
                record.with_user(clerk).read([name])
