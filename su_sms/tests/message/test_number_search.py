"""Numbers are found as people type them."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...text import search
from ..campaign_case import CampaignCase

NUMBER, OTHER = "+254712345678", "+254722000111"
TYPED = [
    "0712345678",
    "0712 345 678",
    " 0712-345-678 ",
    "(0712) 345.678",
    "+254712345678",
    "+254 712 345 678",
    "00254712345678",
    "254712345678",
    "712345678",
    "0712",
    "0712 34",
    "345 678",
    "712 345",
    "\u0660\u0667\u0661\u0662345678",
]
NOT_TYPED = ["0712345679", "0745", "0256712345678", "345 679", "Wanjiku 0712", "0_12%"]


@tagged("post_install", "-at_install")
class TestNumberSearch(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        manager = cls.user("search_manager", "su_sms.group_manager")
        cls.env = cls.env(user=manager)

    def setUp(self):
        super().setUp()
        root = self.env(su=True)
        self.env["sms.blacklist"].create(
            [{"number": number, "note": "By phone"} for number in (NUMBER, OTHER)]
        )
        root["sms.sms"].create(
            [{"number": number, "body": "Hello"} for number in (NUMBER, OTHER)]
        )
        root["sms.incoming"].create(
            [
                {
                    "gateway_id": self.gateway.id,
                    "number": number,
                    "body": "Hello",
                    "date": "2026-03-02 09:00:00",
                }
                for number in (NUMBER, OTHER)
            ]
        )
        self.campaign(self.numbers(f"{NUMBER} Amina\n{OTHER} Baraka"))

    def found(self, model, operator, typed):
        found = self.env[model].search([("number", operator, typed)])
        return [each for each in found.mapped("number") if each in (NUMBER, OTHER)]

    def test_more_searches_than_anybody_types_look_for_what_was_typed(self):
        find = self.env["sms.number.search"]._search_number
        found = []
        for place in range(300):
            found.append(len(find("ilike", f"07 12 {place}")))
            # As each record does that is looked up in between.
            self.env.flush_all()
            self.env.cr.flush()
        self.assertGreater(found[0], 1)
        self.assertEqual(found[-1], 1)

    def domains(self, typed):
        """Return one domain for each way to ask for many numbers."""
        either = ["|"] * (len(typed) - 1)
        numbers = [[("number", "ilike", each)] for each in typed]
        recipients = [[("recipient_ids.number", "ilike", each)] for each in typed]
        within = [[("recipient_ids", "any", each)] for each in numbers]
        exact = [[("number", "=ilike", f"%{each}%")] for each in typed * 2]
        # Odoo asks the database for each of these while it reads the domain.
        below = ("campaign_id.company_id", "child_of", self.env.company.id)
        executed = [[("recipient_ids", "any", [below, *each])] for each in numbers]
        return [
            *(
                (model, either + sum(numbers, []))
                for model in ("sms.sms", "sms.incoming", "sms.consent")
            ),
            ("phone.blacklist", either + sum(numbers, [])),
            ("sms.campaign.recipient", sum(numbers, [])),
            ("sms.campaign.recipient", ["!", *either, *sum(numbers, [])]),
            ("sms.campaign.recipient", ["|"] * (len(exact) - 1) + sum(exact, [])),
            ("sms.campaign", either + sum(recipients, [])),
            ("sms.campaign", sum(within, [])),
            ("sms.campaign", sum(executed, [])),
        ]

    def test_a_filter_of_more_numbers_than_anybody_types_is_refused(self):
        for model, domain in self.domains([f"07 12 {n}" for n in range(60)]):
            with self.subTest(model=model, domain=domain[-1]):
                with self.assertRaisesRegex(UserError, "too many numbers at once"):
                    self.env[model].search_count(domain)
                self.env.cr.postcommit.clear()

    def test_a_filter_of_many_numbers_finds_them(self):
        for model, domain in self.domains([f"07 12 {n}" for n in range(25)]):
            with self.subTest(model=model, domain=domain[-1]):
                self.env[model].search_count(domain)
                # Another filter has its own.
                self.env[model].search_count(domain)
                self.env.cr.postcommit.clear()

    def test_who_looks_for_many_with_all_rights_is_not_stopped(self):
        root = self.env(su=True)
        for model, domain in self.domains([f"07 12 {n}" for n in range(60)])[:3]:
            root[model].search_count(domain)

    def test_more_numbers_than_anybody_types_are_looked_for_as_they_are(self):
        with patch.object(search, "spellings", side_effect=search.spellings) as read:
            known = [f"07{place:08d}" for place in range(2000)]
            self.env["sms.sms"].search_count([("number", "in", known)])
        self.assertFalse(read.called)

    def test_every_list_finds_them(self):
        models = (
            "sms.sms",
            "sms.incoming",
            "sms.blacklist",
            "phone.blacklist",
            "sms.consent",
            "sms.campaign.recipient",
        )
        for model in models:
            for typed in TYPED:
                with self.subTest(model=model, typed=typed):
                    self.assertEqual(self.found(model, "ilike", typed), [NUMBER])
                    self.assertEqual(self.found(model, "not ilike", typed), [OTHER])
            for typed in NOT_TYPED:
                with self.subTest(model=model, typed=typed):
                    self.assertFalse(self.found(model, "ilike", typed))

    def test_a_whole_number_equals_what_was_typed(self):
        for model in ("sms.sms", "sms.incoming", "sms.campaign.recipient"):
            for typed in ("0712345678", "0712 345 678", NUMBER):
                with self.subTest(model=model, typed=typed):
                    self.assertEqual(self.found(model, "=", typed), [NUMBER])
                    self.assertEqual(self.found(model, "!=", typed), [OTHER])

    def test_what_is_too_long_for_a_number_is_none(self):
        """PostgreSQL would fold it for each row."""
        long = "0712 " * 80_000
        for model in ("sms.sms", "sms.campaign.recipient", "sms.consent"):
            for operator in ("ilike", "like", "=", "=ilike"):
                with self.subTest(model=model, operator=operator):
                    found = self.found(model, operator, long)
                    self.assertFalse(found)
            every = self.env[model].search([("number", "not ilike", long)])
            self.assertEqual(every, self.env[model].search([]))

    def test_where_a_number_is_a_records_name_it_is_found_by_it(self):
        for model in ("sms.sms", "sms.incoming", "sms.blacklist"):
            with self.subTest(model=model):
                found = self.env[model].search([("display_name", "ilike", "0712 345")])
                self.assertIn(NUMBER, found.mapped("number"))
                self.assertNotIn(OTHER, found.mapped("number"))

    def test_who_wrote_no_number_is_found_as_it_stands(self):
        wrong = self.env(su=True)["sms.sms"].create(
            {"number": "0712 34 (mother)", "body": "Hello"}
        )
        found = self.env["sms.sms"].search([("number", "ilike", "34 (mother")])
        self.assertEqual(found, wrong.with_env(self.env))

    def test_in_another_country_it_is_that_countrys(self):
        self.env(su=True)["sms.sms"].create({"number": "+256772345678", "body": "Hi"})
        domain = [("number", "ilike", "0772 345")]
        self.assertFalse(self.env["sms.sms"].search(domain))
        self.gateway.sudo().country_id = self.env.ref("base.ug")
        self.assertEqual(
            self.env["sms.sms"].search(domain).mapped("number"), ["+256772345678"]
        )
