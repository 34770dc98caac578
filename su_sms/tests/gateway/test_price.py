"""What mailings and single SMS will cost, and did."""

from odoo.tests import tagged

from ..common import GatewayCase


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

    def terms(self, recipients, **values):
        terms = {
            "sanitise": True,
            "recipients": recipients,
            "price": 0.8,
            "currency": "KES",
        }
        return terms | values

    def test_composer_knows_the_price_of_a_part(self):
        self.assertEqual(self.composer().sms_terms, self.terms(1))

    def test_composer_counts_people_with_a_number(self):
        people = self.partner | self.env["res.partner"].create(
            [{"name": "B", "phone": "0733345679"}, {"name": "C", "phone": "none"}]
        )
        composer = self.composer(composition_mode="mass", res_ids=repr(people.ids))
        self.assertEqual(composer.sms_terms, self.terms(2))

    def test_composer_to_numbers(self):
        composer = self.composer(
            composition_mode="numbers", numbers="0712345678,0733345679"
        )
        self.assertEqual(composer.sms_terms, self.terms(2))
        composer.numbers = False
        self.assertEqual(composer.sms_terms["recipients"], 0)

    def test_without_a_gateway_nothing_is_said(self):
        self.gateway.active = False
        self.assertFalse(self.composer().sms_terms)

    def test_price_is_learnt_from_what_was_charged(self):
        self.gateway.price_per_part = 0
        self.assertEqual(self.composer().sms_terms, self.terms(1, price=0))
        self.send_mailing()
        self.assertEqual(self.composer().sms_terms, self.terms(1))

    def test_template_is_counted_as_the_gateway_sends_it(self):
        template = self.env["sms.template"].new({})
        self.assertEqual(template.sms_terms, {"sanitise": True, "recipients": 0})
        self.gateway.sanitise = False
        template.invalidate_recordset()
        self.assertFalse(template.sms_terms["sanitise"])

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
        self.assertEqual(mailing.sms_terms, self.terms(1, at_most=False))
        sent = self.send_mailing()
        self.assertEqual((sent.sms_cost, sent.sms_cost_currency_id.name), (0.8, "KES"))

    def test_what_a_mailing_has_cost_stays_when_its_messages_go(self):
        mailing = self.send_mailing()
        self.env["sms.sms"].search([("mailing_id", "=", mailing.id)]).unlink()
        mailing.invalidate_recordset()
        self.assertEqual(
            (mailing.sms_cost, mailing.sms_cost_currency_id.name), (0.8, "KES")
        )

    def mailing(self, **values):
        return self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "mailing_type": "sms",
                "body_plaintext": "News",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                **values,
            }
        )

    def test_mailing_counts_nobody_who_is_left_out(self):
        people = self.env["res.partner"].create(
            [
                {"name": "A", "phone": "0733345679"},
                {"name": "the same", "phone": "+254 733 345 679"},
                {"name": "no number"},
                {"name": "no number either", "phone": "none"},
                {"name": "opted out", "phone": "0722000111"},
            ]
        )
        self.env["phone.blacklist"].create({"number": "+254722000111"})
        mailing = self.mailing(mailing_domain=repr([("id", "in", people.ids)]))
        self.assertEqual(mailing.sms_terms, self.terms(1, at_most=False))
        mailing.action_send_sms()
        self.env["sms.sms"]._process_queue()
        self.assertEqual(len(self.texts()), 1)

    def test_mailing_to_lists_counts_nobody_who_left_them(self):
        first, second = self.env["mailing.list"].create(
            [{"name": "Alumni"}, {"name": "Friends"}]
        )

        def subscribed(*lists):
            return [
                (0, 0, {"list_id": each.id, "opt_out": said_no})
                for each, said_no in lists
            ]

        self.env["mailing.contact"].create(
            [
                {
                    "name": f"Person {n}",
                    "mobile": f"+2547120{n:05d}",
                    "subscription_ids": subscribed(*lists),
                }
                for n, lists in enumerate(
                    (
                        [(first, False)],
                        [(first, True)],
                        [(first, True), (second, False)],
                        [(first, True), (second, True)],
                    )
                )
            ]
        )
        mailing = self.mailing(
            mailing_model_id=self.env["ir.model"]._get_id("mailing.list"),
            contact_list_ids=[(6, 0, (first | second).ids)],
        )
        self.assertEqual(mailing.sms_terms, self.terms(2, at_most=False))
        mailing.action_send_sms()
        self.env["sms.sms"]._process_queue()
        self.assertEqual(len(self.texts()), 2)

    def test_mailing_to_records_without_a_clean_number_says_that_it_is_at_most(self):
        user = self.user("amina", phone="0712345678")
        mailing = self.mailing(
            mailing_model_id=self.env["ir.model"]._get_id("res.users"),
            mailing_domain=repr([("id", "=", user.id)]),
        )
        self.assertEqual(mailing.sms_terms, self.terms(1, at_most=True))

    def test_mailing_with_ab_tests_goes_to_some_first(self):
        people = self.env["res.partner"].create(
            [{"name": "P", "phone": f"+2547120{n:05d}"} for n in range(10)]
        )
        mailing = self.mailing(
            mailing_domain=repr([("id", "in", people.ids)]),
            ab_testing_enabled=True,
            ab_testing_pc=20,
        )
        self.assertEqual(mailing.sms_terms, self.terms(2, at_most=False))

    def test_mailing_with_a_broken_domain_has_no_price(self):
        mailing = self.send_mailing()
        mailing.mailing_domain = "[('"
        self.assertEqual(mailing.sms_terms["recipients"], 0)

    def test_forms_of_a_text_have_it(self):
        for model, view in {
            "mailing.mailing": "mass_mailing.view_mail_mass_mailing_form",
            "sms.composer": "sms.sms_composer_view_form",
            "sms.sms": "sms.sms_tsms_view_form",
            "sms.template": "sms.sms_template_view_form",
        }.items():
            with self.subTest(model):
                arch = self.env[model].get_view(self.env.ref(view).id)["arch"]
                self.assertIn("sms_terms", arch)
