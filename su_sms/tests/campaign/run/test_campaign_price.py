"""What a campaign says before its launch about its price, by network, and its end."""

from datetime import timedelta

from odoo.tests import Form, tagged

from ....models.campaign import sms_campaign_summary
from ...campaign_case import CampaignCase

SAFARICOM, AIRTEL, NEW = "+254712345678", "+254733345679", "+254722000111"


@tagged("post_install", "-at_install")
class TestCampaignPrice(CampaignCase):
    def setUp(self):
        super().setUp()
        # But for the tests of it, one person stands for the five that it takes.
        self.patch(sms_campaign_summary, "FEWEST", 1)

    def reported(self, number, network, cost=0.8, gateway=None):
        """Queue a message that was charged and reported as delivered."""
        sms = self.queue(number)
        sms.write(
            {
                "state": "sent",
                "parts": 1,
                "cost": cost,
                "currency_id": self.env.ref("base.KES").id,
                "network": network,
                "gateway_id": (gateway or self.gateway).id,
            }
        )
        return sms

    def rows(self, campaign):
        """Return (network, recipients, parts, price, cost, how the price is known)."""
        campaign.invalidate_recordset()
        return [
            (
                row.name,
                row.recipient_count,
                row.part_count,
                round(row.price, 4),
                round(row.cost, 2),
                row.source,
            )
            for row in campaign.network_ids.sorted(lambda row: row.network or "~")
        ]

    def test_each_network_at_what_it_charged(self):
        self.reported(SAFARICOM, "Safaricom", 0.8)
        self.reported(AIRTEL, "Airtel Kenya", 1.2)
        text = f"{SAFARICOM} {AIRTEL} {NEW} +254722000112"
        campaign = self.campaign(self.numbers(text), body="x" * 161)
        self.assertEqual(
            self.rows(campaign),
            [
                ("Airtel Kenya", 1, 2, 1.2, 2.4, "charged"),
                ("Safaricom", 1, 2, 0.8, 1.6, "charged"),
                ("Not known yet", 2, 4, 1.0, 4.0, "mean"),
            ],
        )
        self.assertAlmostEqual(campaign.price, 8.0)
        self.assertAlmostEqual(campaign.part_price, 1.0)
        wizard = self.env["sms.campaign.launch"].create({"campaign_id": campaign.id})
        self.assertEqual(wizard.price_text, "KES 8.00")

    def test_the_network_of_a_few_is_not_told(self):
        self.patch(sms_campaign_summary, "FEWEST", 5)
        numbers = [f"+2547123456{n:02d}" for n in range(5)]
        for number in numbers:
            self.reported(number, "Safaricom", 0.8)
        self.reported(AIRTEL, "Airtel Kenya", 1.4)
        mean = (5 * 0.8 + 1.4) / 6
        for known in (numbers[:1], [AIRTEL], numbers[:4], [*numbers[:4], AIRTEL]):
            with self.subTest(known):
                campaign = self.campaign(self.numbers(" ".join(known)))
                [row] = self.rows(campaign)
                self.assertEqual((row[0], row[1]), ("Not known yet", len(known)))
                # Nor by the price.
                self.assertAlmostEqual(campaign.price, len(known) * mean, 2)
        campaign = self.campaign(self.numbers(" ".join([*numbers, AIRTEL, NEW])))
        self.assertEqual(
            [row[:2] for row in self.rows(campaign)],
            [("Safaricom", 5), ("Not known yet", 2)],
        )
        self.assertAlmostEqual(campaign.price, 5 * 0.8 + 2 * mean, 2)

    def test_a_number_is_in_the_network_of_its_last_report(self):
        self.reported(SAFARICOM, "Airtel Kenya", 1.2)
        self.reported(SAFARICOM, "Safaricom", 0.8)
        self.queue(SAFARICOM)  # not reported on yet
        campaign = self.campaign(self.numbers(SAFARICOM))
        self.assertEqual(
            self.rows(campaign), [("Safaricom", 1, 1, 0.8, 0.8, "charged")]
        )

    def test_a_network_that_charged_nothing_yet_is_at_the_mean(self):
        self.reported(SAFARICOM, "Safaricom", 0.8)
        self.reported(AIRTEL, "Airtel Kenya", 0)
        campaign = self.campaign(self.numbers(AIRTEL))
        self.assertEqual(
            self.rows(campaign), [("Airtel Kenya", 1, 1, 0.8, 0.8, "mean")]
        )

    def test_a_set_price_is_every_networks(self):
        self.reported(SAFARICOM, "Safaricom", 0.8)
        self.gateway.price_per_part = 1.5
        campaign = self.campaign(self.numbers(f"{SAFARICOM} {NEW}"))
        self.assertEqual(
            self.rows(campaign),
            [
                ("Safaricom", 1, 1, 1.5, 1.5, "set"),
                ("Not known yet", 1, 1, 1.5, 1.5, "set"),
            ],
        )

    def test_before_anything_was_charged_nothing_is_guessed(self):
        campaign = self.campaign(self.numbers(NEW))
        self.assertEqual(
            self.rows(campaign), [("Not known yet", 1, 1, 0, 0, "unknown")]
        )
        self.assertEqual(campaign.price, 0)

    def test_left_out_people_cost_nothing(self):
        self.reported(SAFARICOM, "Safaricom", 0.8)
        campaign = self.campaign(self.numbers(f"{SAFARICOM}\n{SAFARICOM}\n07123"))
        self.assertEqual([row[1] for row in self.rows(campaign)], [1])

    def test_another_gateway_has_reports_and_prices_of_its_own(self):
        other = self.gateway.create({"name": "Other", "is_default": False})
        self.reported(SAFARICOM, "Safaricom", 0.8)
        self.reported(SAFARICOM, "Airtel Kenya", 2.0, other)
        campaign = self.campaign(self.numbers(SAFARICOM))
        self.assertEqual(self.rows(campaign)[0][0], "Safaricom")
        campaign.gateway_id = other
        self.assertEqual(
            self.rows(campaign), [("Airtel Kenya", 1, 1, 2.0, 2.0, "charged")]
        )

    def test_form_has_the_networks(self):
        self.reported(SAFARICOM, "Safaricom", 0.8)
        form = Form(self.campaign(self.numbers(SAFARICOM)))
        self.assertEqual(
            [row["name"] for row in form.network_ids._records], ["Safaricom"]
        )


@tagged("post_install", "-at_install")
class TestCampaignOptoutNote(CampaignCase):
    def crowd(self, **values):
        """Create a campaign as if 10,000 people had been counted."""
        campaign = self.campaign(self.numbers(NEW), **{"optout": "link", **values})
        campaign.sudo().recipient_count = 10_000
        return campaign

    def test_link_is_the_default_without_a_short_code_and_says_what_it_costs(self):
        campaign = self.env["sms.campaign"].create({"name": "News", "body": "x" * 160})
        self.assertEqual(campaign.optout, "link")
        self.assertEqual(
            campaign.optout_note,
            "With the link, an SMS has 2 parts instead of 1.",
        )
        campaign.body = "Short"
        self.assertFalse(campaign.optout_note)

    def test_time_that_a_link_takes_is_told_and_reckoned_with(self):
        campaign = self.crowd()
        self.assertIn("about 4 minutes longer", campaign.optout_note)
        late = campaign.expected_end_at
        campaign.optout = "none"
        campaign.sudo().recipient_count = 10_000
        self.assertGreater(late - campaign.expected_end_at, timedelta(minutes=3))

    def test_link_costs_no_time_where_texts_differ_anyway_or_the_pace_is_slow(self):
        self.assertFalse(self.crowd(body="Dear {{ object.name }}").optout_note)
        self.assertFalse(self.crowd(pace=100).optout_note)

    def test_word_is_named_where_there_is_one(self):
        self.gateway.optout_short_code = "22384"
        self.assertIn("word to reply with", self.crowd().optout_note)

    def test_promotional_without_a_way_out_is_told(self):
        campaign = self.campaign(self.numbers(NEW), optout="none")
        self.assertIn("your own text", campaign.optout_note)
        campaign.message_class = "transactional"
        self.assertFalse(campaign.optout_note)

    def test_form_without_a_gateway_opens(self):
        form = Form(self.crowd())
        form.gateway_id = self.env["sms.gateway.config"]
        self.assertFalse(form.optout_note)
        self.assertTrue(form.expected_end_at)

    def test_new_campaign_opens_before_there_is_a_gateway(self):
        self.gateway.active = False
        form = Form(self.env["sms.campaign"])
        self.assertFalse(form.gateway_id)
