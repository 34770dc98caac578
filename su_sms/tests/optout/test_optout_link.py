"""The token of a link to opt out: on the wire, and where nobody on staff reads it."""

from odoo.tests import tagged

from ...tools.acts import Act
from ..campaign_case import CampaignCase

NUMBER, OTHER = "+254712345678", "+254733345679"


@tagged("post_install", "-at_install")
class TestOptoutLink(CampaignCase):
    def setUp(self):
        super().setUp()
        self.links = self.env["sms.optout.link"]
        self.blacklist = self.env["sms.blacklist"]

    def url(self, number=NUMBER):
        """Return a number's own link."""
        return self.links._urls([number], self.env.company)[number]

    def linked(self, *numbers, **values):
        """Create a campaign whose texts end with a link, and launch it."""
        values = {"body": "News", "optout": "link", **values}
        campaign = self.campaign(self.numbers(" ".join(numbers)), **values)
        campaign._launch()
        self.env["sms.campaign"]._work()
        return campaign

    def messages(self, campaign):
        return self.env["sms.sms"].search([("campaign_id", "=", campaign.id)])

    def blank(self):
        return self.links._blank_url(self.env.company)

    def test_each_phone_gets_its_own_link_and_the_record_a_blank(self):
        campaign = self.linked(NUMBER, OTHER)
        messages = self.messages(campaign)
        self.assertEqual(
            set(messages.mapped("body")), {f"News\nOpt out: {self.blank()}"}
        )
        self.work()
        self.assertEqual(
            sorted(self.texts()),
            sorted((n, f"News\nOpt out: {self.url(n)}") for n in (NUMBER, OTHER)),
        )
        self.assertEqual(
            set(messages.mapped("body")), {f"News\nOpt out: {self.blank()}"}
        )
        self.assertEqual(len(self.simulator.requests()), 2)

    def test_parts_are_those_of_the_blank(self):
        base = len(self.links._blank_text(self.env.company)) + 1
        for room, parts in ((160 - base, 1), (161 - base, 2)):
            self.simulator.reset()
            campaign = self.linked(NUMBER, body="x" * room)
            self.assertEqual(self.messages(campaign).parts, parts)
            self.work()
            [(_number, text)] = self.texts()
            self.assertEqual(len(text), base + room)
            self.assertEqual(self.messages(campaign).parts, parts)
            self.messages(campaign).campaign_id = False

    def test_what_is_sent_again_has_the_same_link(self):
        self.simulator.fault(kind="http_401")
        campaign = self.linked(NUMBER)
        self.work()
        self.assertFalse(self.texts())
        self.simulator.clear_faults()
        self.gateway.action_resume()
        self.work()
        [(_number, first)] = self.texts()
        sms = self.messages(campaign)
        sms.write({"state": "error", "failure_type": "sms_not_delivered"})
        sms.resend_failed()
        self.work()
        self.assertEqual(self.texts(), [(NUMBER, first), (NUMBER, first)])
        self.assertTrue(first.endswith(self.url()))

    def test_a_link_that_is_gone_meanwhile_is_made_anew(self):
        campaign = self.linked(NUMBER, OTHER)
        self.env.cr.execute("DELETE FROM sms_optout_link")
        self.work()
        self.assertEqual(set(self.messages(campaign).mapped("state")), {"pending"})
        texts = dict(self.texts())
        self.assertTrue(texts[NUMBER].endswith(self.url()))
        self.assertTrue(texts[OTHER].endswith(self.url(OTHER)))

    def test_who_has_said_no_gets_no_link(self):
        self.blacklist._opt_out([NUMBER], Act("stop", "sms"))
        self.blacklist._opt_out(["+254722000111"], Act("operator", "report"))
        campaign = self.linked(
            NUMBER, OTHER, "+254722000111", message_class="transactional"
        )
        # One more says it while their message waits.
        self.blacklist._opt_out([OTHER], Act("web_link", "web"))
        self.work()
        texts = dict(self.texts())
        self.assertEqual((texts[NUMBER], texts[OTHER]), ("News", "News"))
        self.assertTrue(texts["+254722000111"].endswith(self.url("+254722000111")))
        self.assertEqual(set(self.messages(campaign).mapped("state")), {"pending"})

    def test_a_blank_that_somebody_typed_is_not_filled_in(self):
        trap = f"See https://evil.example/?{self.blank()}"
        self.linked(NUMBER, body=trap)
        self.work()
        [(_number, text)] = self.texts()
        self.assertEqual(text, f"{trap}\nOpt out: {self.url()}")
        self.simulator.reset()
        self.queue(OTHER, body=trap).send()
        self.blacklist._opt_out(["+254722000111"], Act("stop", "sms"))
        self.linked("+254722000111", body=trap, message_class="transactional")
        self.campaign(self.numbers("+254722000112"), body=trap)._launch()
        self.blacklist._opt_in(["+254722000111"], Act("start", "sms"))
        self.work()
        self.assertEqual({text for _number, text in self.texts()}, {trap})
        self.assertEqual(len(self.texts()), 3)

    def test_a_test_has_nobodys_link(self):
        campaign = self.campaign(self.numbers(NUMBER), body="News", optout="link")
        trial = self.env["sms.campaign.test"].create(
            {"campaign_id": campaign.id, "numbers": OTHER}
        )
        trial.action_send()
        self.assertEqual(self.texts(), [(OTHER, f"News\nOpt out: {self.blank()}")])
        self.assertFalse(self.links.search([]))

    def test_mailing_has_a_blank_on_record(self):
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "mailing_type": "sms",
                "body_plaintext": "News",
                "sms_allow_unsubscribe": True,
                "keep_archives": True,
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": repr([("id", "=", self.partner.id)]),
            }
        )
        mailing.action_send_sms()
        sms = self.env["sms.sms"].search([("mailing_id", "=", mailing.id)])
        self.env["sms.sms"]._process_queue()
        [(_number, text)] = self.texts()
        self.assertEqual(text, f"News\nOpt out: {self.url()}/{mailing.id}")
        self.assertEqual(
            sms.body, f"News\nOpt out: {self.blank()}/{mailing.id}", "on record"
        )
