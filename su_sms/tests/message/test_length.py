"""Long texts: nothing reads them for long, and nobody pays for a book."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation

from ...text import placeholders
from ..campaign_case import CampaignCase

BOOK = "All work and no play makes Jack a dull boy. " * 5_000
FIFTEEN = "x" * (14 * 153 + 1)
#: what Odoo's own reader takes minutes for, or would if it were a little longer
HOSTILE = (
    "{{a|||" * 100,
    "{{" * 2_000,
    "{" * 100 + "a" + "|" * 151 + " " * 600,
    "{{ object.name.upper( " + "|||" * 50 + " " * 600,
    "{{a|||" * 50 + " " * 4_600,
    ("{{a|||" + " " * 90) * 50,
    "{{|||" + "\n" * 4_900,
)


@tagged("post_install", "-at_install")
class TestLength(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee = cls.user("length_employee")
        cls.staff = cls.user("length_user", "su_sms.group_user")

    def compose(self, body, user=None, **values):
        """Send to a number from a composer, as the web client does."""
        composers = self.env["sms.composer"].with_user(user or self.employee)
        values = {
            "composition_mode": "numbers",
            "numbers": "+254712345678",
            "body": body,
            **values,
        }
        return composers.create(values).action_send_sms()

    # ------------------------------------------------------------
    # Composers
    # ------------------------------------------------------------

    def test_a_composer_refuses_what_takes_more_parts_than_allowed(self):
        self.compose("x" * 10 * 153)
        with self.assertRaisesRegex(UserError, "needs 11 SMS .* at most 10"):
            self.compose("x" * (10 * 153 + 1))
        self.gateway.max_parts = 1
        with self.assertRaisesRegex(UserError, "needs 2 SMS .* at most 1"):
            self.compose("x" * 161)
        self.assertEqual(len(self.simulator.ledger()), 1)

    def test_a_composer_takes_no_text_that_takes_long_to_read(self):
        for method, arguments in (
            ("create", [{"body": BOOK}]),
            ("onchange", [[], {"body": BOOK}, ["body"], {"body": {}}]),
        ):
            with self.subTest(method), self.assertRaisesRegex(UserError, "long"):
                model = self.env["sms.composer"].with_user(self.employee)
                call_kw(model, method, arguments, {})
        composer = (
            self.env["sms.composer"].with_user(self.employee).create({"body": "Hello"})
        )
        with self.assertRaisesRegex(UserError, "too long"):
            composer.body = BOOK

    def test_a_composer_takes_no_list_of_numbers_that_takes_long_to_read(self):
        numbers = ",".join(["+254712345678"] * 2_000)
        model = self.env["sms.composer"].with_user(self.employee)
        for method, arguments in (
            ("create", [{"numbers": numbers, "body": "Hello"}]),
            ("onchange", [[], {"numbers": numbers}, ["numbers"], {"numbers": {}}]),
        ):
            with (
                self.subTest(method),
                self.assertRaisesRegex(UserError, "Too many"),
            ):
                call_kw(model, method, arguments, {})

    def test_braces_that_stay_open_take_no_time_whoever_opens_the_composer(self):
        for slow in HOSTILE:
            body = "{{ object.name }}, " + slow
            composer = (
                self.env["sms.composer"]
                # A caller may say so as well.
                .with_context(sms_from_composer=False)
                .with_user(self.employee)
                .create(
                    {
                        "composition_mode": "mass",
                        "res_model": "res.partner",
                        "res_ids": repr(self.partner.ids),
                        "body": body,
                    }
                )
            )
            filled = composer._prepare_body_values(self.partner)
            self.assertEqual(filled[self.partner.id], f"Wanjiku, {slow}")

    def test_what_is_given_to_odoo_piece_by_piece_reads_as_before(self):
        engine = self.env["mail.render.mixin"]
        for text in (
            "Dear {{ object.name ||| you }}, {{ object.phone }} {{",
            "Dear {{ object.name.upper() }} {{a|||b\n{{ object.comment ||| none }}",
            "{{ object.comment |||\n none }} {{",
        ):
            with self.subTest(text):
                expected = engine._render_template(
                    text, "res.partner", self.partner.ids
                )
                with patch.object(placeholders, "QUICK", 0):
                    self.assertTrue(placeholders.is_slow(text))
                    found = engine._render_template(
                        text, "res.partner", self.partner.ids
                    )
                self.assertEqual(found, expected)

    def test_code_stays_for_editors_where_braces_stay_open(self):
        engine = self.env["mail.render.mixin"].with_user(self.employee)
        text = "{{ object.env.cr }}" + "{{a|||" * 50 + " " * 4_000
        with self.assertRaises(AccessError):
            engine._render_template(text, "res.partner", self.partner.ids)

    def test_templates_are_saved_at_once_where_braces_stay_open(self):
        template = self.env["sms.template"].create(
            {
                "name": "Open",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "body": "{{ object.name }}" + "{{a|||" * 50 + " " * 4_000,
            }
        )
        self.assertTrue(template._render_field("body", self.partner.ids))

    def test_a_link_that_stands_in_a_text_again_makes_no_large_note(self):
        body = "https://a.ke/x " * 30 + "https://a.ke/xy"
        message = self.partner._message_sms(body, number_field="phone")
        self.assertLess(len(message.body), 1_000)
        self.assertEqual(self.texts(), [("+254712345678", body)])
        composer = self.env["sms.composer"].create(
            {
                "composition_mode": "mass",
                "res_model": "res.partner",
                "res_ids": repr(self.partner.ids),
                "body": body,
                "mass_force_send": True,
            }
        )
        composer._action_send_sms()
        self.assertLess(len(self.partner.message_ids[0].body), 1_000)
        self.assertEqual(self.texts()[1:], [("+254712345678", body)])

    def test_a_link_that_stands_alone_can_be_followed_in_the_note(self):
        message = self.partner._message_sms("See https://a.ke/x", number_field="phone")
        self.assertIn('href="https://a.ke/x"', message.body)

    def test_the_note_of_a_book_is_no_book(self):
        message = self.partner._message_sms(BOOK, number_field="phone")
        self.assertLess(len(message.body), 10_000)

    def test_a_mailing_keeps_no_more_of_a_text_than_is_read(self):
        self.partner.name = "x" * 1_900
        composer = self.env["sms.composer"].create(
            {
                "composition_mode": "mass",
                "res_model": "res.partner",
                "res_ids": repr(self.partner.ids),
                "body": "{{ object.name }}" * 45,
            }
        )
        filled = composer._prepare_body_values(self.partner)
        self.assertLess(len(filled[self.partner.id]), 6_000)

    # ------------------------------------------------------------
    # The gate
    # ------------------------------------------------------------

    def test_the_gate_stops_what_is_too_long_whoever_made_it(self):
        for body in (FIFTEEN, BOOK, "😀" * 700, "a\u0301\u0323" * 1_500):
            with self.subTest(len(body)):
                [sms] = self.queue("0712345678", body=body)
                self.env["sms.sms"]._process_queue()
                self.assertEqual(
                    (sms.state, sms.failure_type), ("error", "sms_too_long")
                )
        self.assertFalse(self.simulator.ledger())

    def test_what_is_too_long_says_by_how_much(self):
        [sms] = self.queue("0712345678", body=FIFTEEN)
        self.env["sms.sms"]._process_queue()
        self.assertEqual(
            sms.provider_text, "This text needs 15 parts, but at most 10 are allowed."
        )

    def test_the_gates_limit_is_the_gateways(self):
        self.gateway.max_parts = 15
        [sms] = self.queue("0712345678", body=FIFTEEN)
        self.env["sms.sms"]._process_queue()
        self.assertEqual((sms.state, sms.parts), ("pending", 15))
        for most in (0, 31):
            with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
                self.gateway.max_parts = most
                self.env.flush_all()

    def test_a_record_is_saved_however_long_its_message_is(self):
        self.partner._message_sms(BOOK, number_field="phone")
        sms = self.env["sms.sms"].search([], order="id desc", limit=1)
        self.assertEqual((sms.state, sms.failure_type), ("error", "sms_too_long"))
        self.assertLess(len(sms.body), 10_000)

    def test_a_number_that_goes_on_and_on_is_no_number(self):
        [sms] = self.queue("+254712345678" + " " * 100_000 + "1")
        self.env["sms.sms"]._process_queue()
        self.assertEqual(sms.failure_type, "sms_number_format")
        self.assertLess(len(sms.number), 1_000)

    def test_a_mailing_says_that_it_is_too_long_before_it_is_queued(self):
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "mailing_type": "sms",
                "body_plaintext": FIFTEEN,
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
            }
        )
        for body in (FIFTEEN, BOOK):
            mailing.body_plaintext = body
            with self.assertRaisesRegex(UserError, "too long"):
                mailing.action_launch()
        self.assertEqual(mailing.state, "draft")

    # ------------------------------------------------------------
    # The hourly limit
    # ------------------------------------------------------------

    def test_the_hourly_limit_counts_parts(self):
        self.gateway.hour_limit = 20
        self.compose("x" * 10 * 153)
        self.compose("x" * 9 * 153)
        with self.assertRaisesRegex(UserError, "20 .*per hour"):
            self.compose("x" * 2 * 153)
        self.compose("x" * 160)
        self.assertEqual(len(self.simulator.ledger()), 3)

    # ------------------------------------------------------------
    # Campaigns
    # ------------------------------------------------------------

    def test_a_campaign_leaves_out_who_would_get_too_many_parts(self):
        body = "{{ object.comment ||| - }} " * 12
        short, long = self.contacts("0712345678", "0722000111")
        long.name, short.name = "x" * 150, "Amina"
        campaign = self.campaign(
            self.records(short | long), body=body.replace("comment", "name")
        )
        self.assertEqual(self.left_out(campaign), {"sms_too_long": 1})
        [left_out] = campaign.recipient_ids.filtered("reason")
        self.assertEqual(
            left_out.detail, "This text needs 12 parts, but at most 10 are allowed."
        )
        self.assertEqual(campaign.recipient_count, 1)

    def test_a_text_that_is_too_long_reaches_nobody_and_is_said(self):
        campaign = self.campaign(self.numbers("0712345678"), body=FIFTEEN)
        self.assertEqual(self.left_out(campaign), {"sms_too_long": 1})
        with self.assertRaisesRegex(UserError, "no recipients"):
            campaign._launch()

    def test_long_cells_times_many_placeholders_end_early(self):
        cell = "x" * 1_900
        body = "{{ object.note }}" * 250
        file = f"Phone,Note\n0712345678,{cell}\n0722000111,ok\n"
        campaign = self.campaign(self.file(file), body=body)
        self.assertEqual(self.left_out(campaign), {"sms_too_long": 1})
        self.assertEqual(campaign.recipient_count, 1)

    def test_a_campaigns_texts_have_a_greatest_length(self):
        campaign = self.campaign(self.numbers("0712345678"), as_user=self.staff)
        model = self.env["sms.campaign"].with_user(self.staff)
        for values in ({"body": BOOK}, {"name": BOOK}, {"sender_id": BOOK}):
            for method, arguments in (
                ("create", [{"gateway_id": self.gateway.id, "name": "X", **values}]),
                ("write", [campaign.ids, values]),
                ("onchange", [campaign.ids, values, list(values), {"body": {}}]),
                ("onchange", [[], values, [], {"body": {}}]),
            ):
                with self.subTest(method=method, field=list(values)):
                    with self.assertRaisesRegex(UserError, "too long"):
                        call_kw(model, method, arguments, {})

    def test_what_odoo_reads_for_us_is_a_placeholder_at_a_time(self):
        body = "{{ object.name or '-' }} " + "{{a|||" * 800
        campaign = self.campaign(self.records(self.partner), body=body)
        [recipient] = campaign.recipient_ids
        self.assertEqual(recipient.reason, "sms_too_long")
