"""No address that somebody has typed is fetched by the server."""

from unittest.mock import patch

from odoo.tests import tagged

from .campaign import CampaignCase

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
