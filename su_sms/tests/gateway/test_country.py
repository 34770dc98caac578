"""By which country numbers without a prefix are read."""

from odoo.tests import tagged

from ..campaign_case import CampaignCase


@tagged("post_install", "-at_install")
class TestCountry(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.states = cls.env.ref("base.us")
        cls.uganda = cls.env.ref("base.ug")

    def send(self, number, user=None):
        composer = self.env["sms.composer"].with_user(user or self.env.user)
        composer.create(
            {"composition_mode": "numbers", "numbers": number, "body": "Hello"}
        ).action_send_sms()

    def numbers_sent(self):
        return [number for number, _text in self.texts()]

    def fails(self, count, numbers="07123456{:02d}"):
        self.queue(*(numbers.format(n) for n in range(count))).send()

    def test_a_new_gateway_keeps_the_country_that_its_company_has(self):
        self.assertEqual(self.gateway.country_id.code, "KE")
        self.company.country_id = self.states
        self.queue("0712345678").send()
        self.assertEqual(self.numbers_sent(), ["+254712345678"])

    def test_without_one_of_its_company_a_gateway_is_kenyan(self):
        company = self.env["res.company"].create({"name": "Nowhere"})
        gateway = self.env["sms.gateway.config"].create({"company_id": company.id})
        self.assertEqual(gateway.country_id.code, "KE")

    def test_a_gateway_of_all_companies_reads_by_the_company(self):
        self.gateway.write({"company_id": False, "country_id": False})
        self.company.country_id = self.uganda
        self.queue("0772345678").send()
        self.assertEqual(self.numbers_sent(), ["+256772345678"])
        self.gateway.country_id = self.env.ref("base.ke")
        self.queue("0712345678").send()
        self.assertEqual(self.numbers_sent()[1:], ["+254712345678"])

    def test_odoo_reads_as_we_do_where_nobody_has_a_country(self):
        self.company.country_id = False
        self.env.user.partner_id.country_id = False
        self.partner.country_id = False
        for country, typed, read in (
            (self.env.ref("base.ke"), "0712345678", "+254712345678"),
            (self.uganda, "0772345678", "+256772345678"),
        ):
            with self.subTest(country=country.code):
                self.gateway.country_id = country
                self.simulator.reset()
                self.send(typed)
                self.partner.phone = typed
                self.env["sms.composer"].with_context(
                    default_res_model="res.partner", default_res_id=self.partner.id
                ).create({"body": "Hello"}).action_send_sms()
                self.assertEqual(self.numbers_sent(), [read] * 2)
                listed = self.env["phone.blacklist"].create([{"number": typed}])
                self.assertEqual(listed.number, read)
                loaded = self.env["sms.blacklist"].load(["number"], [[typed]])
                entry = self.env["sms.blacklist"].browse(loaded["ids"])
                self.assertEqual(entry.phone_blacklist_id, listed)
                listed.unlink()

    def test_the_countrys_company_and_user_matter_to_neither(self):
        """Installing an application has made it American, and so is who works here."""
        self.company.country_id = self.states
        self.env.user.partner_id.country_id = self.states
        self.send("0712345678")
        listed = self.env["phone.blacklist"].create([{"number": "0712 345 678"}])
        self.assertEqual(self.numbers_sent() + [listed.number], ["+254712345678"] * 2)

    def test_a_contacts_own_country_counts_first(self):
        self.partner.write({"country_id": self.uganda.id, "phone": "0772345678"})
        self.partner._message_sms("Hello")
        self.assertEqual(self.numbers_sent(), ["+256772345678"])

    def test_without_a_gateway_odoo_reads_as_it_does(self):
        self.gateway.unlink()
        self.company.country_id = False
        self.env.user.partner_id.country_id = False
        self.assertFalse(self.env.user._phone_format(number="0712345678"))

    def test_health_says_when_most_numbers_are_none(self):
        self.gateway.country_id = self.states
        self.fails(9)
        self.assertNotIn("United States", self.gateway.health)
        self.fails(12)
        self.gateway.invalidate_recordset()
        self.assertIn(
            "as numbers in United States, but 21 of the last 21 were invalid",
            self.gateway.health,
        )
        self.assertEqual(self.gateway.health_state, "warning")
        self.fails(22, "+2547123456{:02d}")
        self.gateway.invalidate_recordset()
        self.assertNotIn("United States", self.gateway.health)

    def test_each_reason_names_the_country(self):
        self.gateway.country_id = self.states
        sms = self.queue("0712345678")
        sms.send()
        self.assertRegex(sms.provider_text, "read as a number of United States")
        campaign = self.campaign(self.numbers("0712345678"))
        [detail] = campaign.recipient_ids.mapped("detail")
        self.assertRegex(detail, "read as a number of United States")
        sms = self.queue("+25471234")
        sms.send()
        self.assertNotIn("read as", sms.provider_text)
