"""No address that somebody has typed is fetched by the server."""

from unittest.mock import patch

from odoo.tests import tagged

from ..campaign_case import CampaignCase

INSIDE = "http://169.254.169.254/latest/meta-data"


@tagged("post_install", "-at_install")
class TestLinks(CampaignCase):
    def setUp(self):
        super().setUp()
        fetch = "odoo.addons.mail.tools.link_preview.get_link_preview_from_url"
        fetched = patch(fetch, return_value={})
        self.fetched = fetched.start()
        self.addCleanup(fetched.stop)

    def test_odoo_by_itself_would_fetch_it(self):
        self.env["link.tracker"].create({"url": INSIDE})
        self.fetched.assert_called_once()

    def test_link_of_a_campaign_is_shortened_unseen(self):
        campaign = self.campaign(
            self.numbers("0712345678"), body=f"See {INSIDE}", shorten_links=True
        )
        self.run_campaign(campaign)
        [(_number, text)] = self.texts()
        self.assertIn("/r/", text)
        self.assertNotIn(INSIDE, text)
        self.fetched.assert_not_called()

    def test_link_of_a_campaign_does_not_tell_what_it_is_called(self):
        """Every employee reads sources and titles, of all companies."""
        self.run_campaign(
            self.campaign(
                self.numbers("0712345678"),
                name="Disciplinary Hearing",
                body="See https://x.org/a",
                shorten_links=True,
            )
        )
        employee = self.user("links_employee", "base.group_user")
        link = self.env["link.tracker"].with_user(employee).search([])
        self.assertTrue(link.title)
        for record in (link, link.source_id):
            self.assertNotIn("Disciplinary", str(record.read()))

    def test_link_of_a_mailing_is_shortened_unseen(self):
        mailing = self.send_mailing()
        self.env["sms.sms"].search([("mailing_id", "=", mailing.id)]).unlink()
        again = mailing.copy({"body_plaintext": f"See {INSIDE}"})
        again.action_send_sms()
        self.env["sms.sms"]._process_queue()
        self.assertIn("/r/", self.texts()[-1][1])
        self.fetched.assert_not_called()

    def test_link_in_what_comes_in_is_not_looked_at(self):
        values = {"from": "+254712345678", "to": "22141", "text": INSIDE, "id": "1"}
        events = self.env["sms.gateway.event"]
        events._receive(self.gateway.id, "incoming", list(values.items()))
        events._apply_inbox()
        self.assertEqual(self.env["sms.incoming"].search([]).body, INSIDE)
        self.fetched.assert_not_called()

    def test_a_link_has_what_is_within_it_and_not_the_mark_behind_it(self):
        self.run_campaign(
            self.campaign(
                self.numbers("0712345678"),
                body="See https://x.org/a,b, or https://x.org/?q=1. (https://x.org/c)!",
                shorten_links=True,
            )
        )
        [(_number, text)] = self.texts()
        self.assertRegex(text, r"^See \S+/r/\w+, or \S+/r/\w+\. \(\S+/r/\w+\)!$")
        self.assertEqual(
            set(self.env["link.tracker"].search([]).mapped("url")),
            {"https://x.org/a,b", "https://x.org/?q=1", "https://x.org/c"},
        )

    def test_the_check_counts_with_the_links_that_are_sent(self):
        address = "https://x.org/" + "a,b" * 60
        campaign = self.campaign(
            self.numbers("0712345678"), body=f"See {address}.", shorten_links=True
        )
        self.assertEqual(campaign.worst_parts, 1)
        self.run_campaign(campaign)
        self.assertEqual(campaign.part_count, 1)

    def test_a_link_of_each_persons_own_stays_and_others_become_short(self):
        people = self.contacts("0712345678")
        self.run_campaign(
            self.campaign(
                self.records(people),
                body="https://x.org/{{ object.name }}/a, https://x.org/b",
                shorten_links=True,
            )
        )
        [(_number, text)] = self.texts()
        self.assertRegex(text, r"^https://x\.org/Person 0/a, \S+/r/\w+$")

    def test_short_links_of_a_mailing_say_whose_they_are(self):
        mailing = self.send_mailing()
        again = mailing.copy({"body_plaintext": "Go to https://x.org/?a=1,2. Or not"})
        self.env["sms.sms"].search([("mailing_id", "=", mailing.id)]).unlink()
        mailing.mailing_trace_ids.unlink()
        again.action_send_sms()
        sms = self.env["sms.sms"].search([("mailing_id", "=", again.id)])
        self.assertRegex(sms.body, rf"^Go to \S+/r/\w+/s/{sms.id}\. Or not")
        self.assertEqual(again._get_link_tracker_values()["mass_mailing_id"], again.id)
        links = self.env["link.tracker"].search([("mass_mailing_id", "=", again.id)])
        self.assertEqual(links.mapped("url"), ["https://x.org/?a=1,2"])
