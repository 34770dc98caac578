from unittest.mock import patch

from lxml import html
from odoo.addons.sms.tools.sms_api import SmsApi
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...tools.sms_api import SmsApiGateway
from ..common import GatewayCase


@tagged("post_install", "-at_install")
class TestRouting(GatewayCase):
    def test_message_goes_to_the_companys_gateway(self):
        other = self.env["res.company"].create({"name": "Other"})
        its_gateway = self.gateway.create(
            {"name": "Its own", "company_id": other.id, "api_key": "atsk_other"}
        )
        sms = self.env["sms.sms"].with_company(other).create({"number": "0712345678"})
        self.assertEqual(sms.gateway_id, its_gateway)
        self.assertEqual(sms.company_id, other)

    def test_company_without_gateway_uses_the_common_one(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.gateway.company_id = False
        sms = self.env["sms.sms"].with_company(other).create({"number": "0712345678"})
        self.assertEqual(sms.gateway_id, self.gateway)

    def test_record_company_of_the_message_decides(self):
        other = self.env["res.company"].create({"name": "Other"})
        its_gateway = self.gateway.create(
            {"name": "Its own", "company_id": other.id, "api_key": "atsk_other"}
        )
        message = self.env["mail.message"].create({"record_company_id": other.id})
        sms = self.queue("0712345678", mail_message_id=message.id)
        self.assertEqual(sms.gateway_id, its_gateway)

    def test_company_with_no_gateway_at_all_keeps_odoos_service(self):
        other = self.env["res.company"].create({"name": "Other"})
        sms = self.env["sms.sms"].with_company(other).create({"number": "0712345678"})
        self.assertFalse(sms.gateway_id)
        self.assertEqual(sms.number, "0712345678", "nothing about it is changed")
        self.assertIs(other._get_sms_api_class(), SmsApi)

    def test_archived_gateway_takes_nothing(self):
        self.gateway.active = False
        self.assertFalse(self.queue("0712345678").gateway_id)
        self.assertIs(self.env.company._get_sms_api_class(), SmsApi)

    def test_gateway_that_is_not_default_is_used_where_chosen(self):
        second = self.gateway.create({"name": "Second", "is_default": False})
        chosen, routed = self.env["sms.sms"].create(
            [
                {"number": "0712345678", "gateway_id": second.id},
                {"number": "0712345678"},
            ]
        )
        self.assertEqual(chosen.gateway_id, second)
        self.assertEqual(routed.gateway_id, self.gateway)

    def test_new_default_replaces_the_old_one(self):
        third = self.gateway.create({"name": "Third"})
        self.assertFalse(third.is_default, "the one that works stays")
        second = self.gateway.create({"name": "Second", "is_default": True})
        self.assertFalse(self.gateway.is_default)
        self.gateway.is_default = True
        self.assertFalse(second.is_default)

    def test_number_is_made_international(self):
        for typed in ("0712 345 678", "712345678", "254712345678", "+254 712-345-678"):
            with self.subTest(typed):
                self.assertEqual(self.queue(typed).number, "+254712345678")

    def test_mailing_is_promotional_bulk_and_chatter_is_not(self):
        mailing = self.env["mailing.mailing"].create(
            {"subject": "News", "mailing_type": "sms", "body_plaintext": "News"}
        )
        bulk = self.queue("0712345678", mailing_id=mailing.id)
        self.assertEqual((bulk.message_class, bulk.priority), ("promotional", "0"))
        single = self.queue("0712345678")
        self.assertEqual(
            (single.message_class, single.priority), ("transactional", "1")
        )

    def test_queue_of_mixed_providers_sends_each_its_own(self):
        """Messages of Odoo's own service neither block ours nor are blocked."""
        other = self.env["res.company"].create({"name": "Other"})
        theirs = (
            self.env["sms.sms"].with_company(other).create({"number": "+254722000001"})
        )
        held = self.gateway.create(
            {"name": "Held", "is_default": False, "hold_reason": "paused"}
        )
        waiting = self.queue("0712345671", gateway_id=held.id)
        ours = self.queue("0712345672")
        sent = []

        def _send_sms_batch(api, messages, delivery_reports_url=False):
            sent.extend(n["uuid"] for m in messages for n in m["numbers"])
            return [{"uuid": uuid, "state": "success"} for uuid in sent]

        self.patch(SmsApi, "_send_sms_batch", _send_sms_batch)
        self.env["sms.sms"]._process_queue()
        self.assertEqual(sent, [theirs.uuid])
        self.assertEqual(theirs.state, "pending")
        self.assertEqual(ours.state, "pending")
        self.assertEqual(waiting.state, "outgoing")
        self.assertEqual(self.texts(), [("+254712345672", "Hello")])

    def test_what_was_queued_before_the_gateway_leaves_through_it(self):
        self.gateway.active = False
        message = self.env["mail.message"].create(
            {"record_company_id": self.env.company.id}
        )
        sms = self.queue("0712345678", mail_message_id=message.id)
        self.assertFalse(sms.gateway_id)
        self.gateway.active = True
        self.env["sms.sms"]._process_queue()
        self.assertEqual(sms.gateway_id, self.gateway)
        self.assertEqual(self.texts(), [("+254712345678", "Hello")])

    def test_blanks_that_say_nothing_do_not_leave(self):
        """As around Odoo's own texts, with a sign that would need Unicode."""
        text = "\n                Your order n° 12  has left. \n            "
        self.queue("0712345678", body=text).send()
        self.gateway.sanitise = False
        self.queue("0712345678", body=text).send()
        self.assertEqual(
            [sent for _number, sent in self.texts()],
            ["Your order no. 12 has left.", "Your order n° 12  has left."],
        )

    def test_many_at_once_are_bulk(self):
        many = self.queue(*(f"07123456{n:02}" for n in range(30)))
        self.assertEqual(set(many.mapped("priority")), {"0"})
        self.assertEqual(set(many.mapped("message_class")), {"transactional"})

    def test_local_number_is_read_by_its_companys_country(self):
        other = self.env["res.company"].create(
            {"name": "Other", "country_id": self.env.ref("base.nl").id}
        )
        self.gateway.company_id = False
        sms = (
            self.env["sms.sms"]
            .with_company(other)
            .create({"number": "0712 345 678", "body": "Hello"})
        )
        self.env["sms.sms"]._process_queue()
        self.assertEqual(
            (sms.state, sms.failure_type), ("error", "sms_invalid_destination")
        )
        self.assertFalse(self.simulator.ledger())

    def test_test_mailing_goes_through_the_gate(self):
        self.assertIs(self.env.company._get_sms_api_class(), SmsApiGateway)
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "mailing_type": "sms",
                "body_plaintext": "News for you",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
            }
        )
        wizard = self.env["mailing.sms.test"].create(
            {"mailing_id": mailing.id, "numbers": "+254712345678"}
        )
        wizard.action_send_sms()
        self.env["sms.sms"]._process_queue()
        self.assertEqual(self.texts(), [("+254712345678", "News for you")], "once")

    def test_a_test_mailing_goes_to_nobody_who_opted_out_but_oneself(self):
        mailing = self.send_mailing()
        sent = len(self.texts())
        self.env.user.partner_id.phone = "0733 000 111"
        self.env["phone.blacklist"].create(
            [{"number": "+254722000111"}, {"number": "+254733000111"}]
        )
        wizard = self.env["mailing.sms.test"].create(
            {"mailing_id": mailing.id, "numbers": "0722 000 111\n+254733000111"}
        )
        with self.assertRaisesRegex(UserError, r"Opted out.*\+254•+111\. Remove"):
            wizard.action_send_sms()
        self.assertEqual(len(self.texts()), sent)
        wizard.numbers = "+254733000111"
        wizard.action_send_sms()
        self.env["sms.sms"]._process_queue()
        self.assertEqual(self.texts()[sent:][0][0], "+254733000111")

    def test_note_of_a_test_mailing_names_nobody_in_full(self):
        mailing = self.send_mailing()
        for numbers, expected in (
            ("+254712345678", ["+254••••••678"]),
            ("0712 345 678\n254-712-345-679", ["+254••••••678", "+254••••••679"]),
            ("0712 34 x", ["••• x"]),
            ("12 x", ["12 x"]),
        ):
            with self.subTest(numbers):
                before = mailing.message_ids
                self.env["mailing.sms.test"].create(
                    {"mailing_id": mailing.id, "numbers": numbers}
                ).action_send_sms()
                note = mailing.message_ids - before
                items = html.fromstring(note.body).xpath("//li//text()")
                self.assertEqual(len(items), len(expected))
                for item, number in zip(items, expected, strict=True):
                    self.assertTrue(item.endswith(number), item)

    def test_without_a_gateway_the_note_is_odoos(self):
        mailing = self.send_mailing()
        self.gateway.active = False
        before = mailing.message_ids
        with patch.object(SmsApi, "_send_sms_batch", lambda *a, **kw: []):
            wizard = {"mailing_id": mailing.id, "numbers": "12345678 x"}
            self.env["mailing.sms.test"].create(wizard).action_send_sms()
        self.assertIn("12345678 x", (mailing.message_ids - before).body)
