"""What mailings and single SMS will cost, and did."""

from odoo.tests import tagged

from .common import GatewayCase


@tagged("post_install", "-at_install")
class TestPrice(GatewayCase):
    def setUp(self):
        super().setUp()
        self.gateway.price_per_part = 0.8
        self.gateway.balance_currency_id = self.env.ref("base.KES")

    def composer(self, **values):
        return self.env["sms.composer"].create(
            {
                "res_model": "res.partner",
                "res_id": self.partner.id,
                "body": "Hello",
                **values,
            }
        )

    def test_composer_says_the_price_of_one(self):
        self.assertEqual(self.composer().price_text, "1 SMS in all, about KES 0.80.")

    def test_composer_counts_parts_and_people(self):
        people = self.partner | self.env["res.partner"].create(
            [{"name": "B", "phone": "0733345679"}, {"name": "C", "phone": "none"}]
        )
        composer = self.composer(
            composition_mode="mass", res_ids=repr(people.ids), body="x" * 161
        )
        self.assertEqual(composer.price_text, "4 SMS in all, about KES 3.20.")

    def test_composer_to_numbers(self):
        composer = self.composer(
            composition_mode="numbers", numbers="0712345678,0733345679"
        )
        self.assertEqual(composer.price_text, "2 SMS in all, about KES 1.60.")

    def test_without_a_gateway_nothing_is_said(self):
        self.gateway.active = False
        self.assertFalse(self.composer().price_text)

    def test_mailing_says_its_price_before_and_its_cost_after(self):
        self.assertEqual(self.partner.phone, "0712 345 678")
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "mailing_type": "sms",
                "body_plaintext": "News",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": repr([("id", "=", self.partner.id)]),
            }
        )
        self.assertEqual(mailing.sms_price_text, "1 SMS in all, about KES 0.80.")
        sent = self.send_mailing()
        self.assertEqual((sent.sms_cost, sent.sms_cost_currency_id.name), (0.8, "KES"))

    def test_what_a_mailing_has_cost_stays_when_its_messages_go(self):
        mailing = self.send_mailing()
        self.env["sms.sms"].search([("mailing_id", "=", mailing.id)]).unlink()
        mailing.invalidate_recordset()
        self.assertEqual(
            (mailing.sms_cost, mailing.sms_cost_currency_id.name), (0.8, "KES")
        )

    def test_mailing_with_a_broken_domain_has_no_price(self):
        mailing = self.send_mailing()
        mailing.mailing_domain = "[('"
        self.assertFalse(mailing.sms_price_text)

    def test_the_form_of_a_mailing_shows_it(self):
        view = self.env["mailing.mailing"].get_view(
            self.env.ref("mass_mailing.view_mail_mass_mailing_form").id
        )
        self.assertIn("sms_price_text", view["arch"])
