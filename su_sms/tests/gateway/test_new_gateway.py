"""A gateway without a key takes nobody's SMS silently."""

from odoo.tests import Form, tagged

from ..common import GatewayCase


@tagged("post_install", "-at_install")
class TestNewGateway(GatewayCase):
    def setUp(self):
        super().setUp()
        self.gateway.is_default = False
        self.gateways = self.env["sms.gateway.config"]

    def test_a_form_that_nobody_has_filled_in_is_not_saved(self):
        """What the web client does when the page is left."""
        form = Form(self.gateways)
        with self.assertRaisesRegex(AssertionError, "api_key"):
            form.save()
        form.api_key = "atsk_something"
        self.assertTrue(form.save().is_default)

    def test_without_a_key_it_is_no_default_by_itself(self):
        gateway = self.gateways.create({"name": "Later"})
        self.assertFalse(gateway.is_default)
        self.assertFalse(self.gateways._gateway_of(self.env.company))
        keyed = self.gateways.create({"name": "Now", "api_key": "atsk_something"})
        self.assertTrue(keyed.is_default)

    def test_a_key_from_the_environment_is_one(self):
        gateway = self.gateways.create({"name": "E", "key_variable": "SU_SMS_API_KEY"})
        self.assertTrue(gateway.is_default)

    def test_where_somebody_says_so_messages_say_what_they_wait_for(self):
        self.gateways.create({"name": "Later", "is_default": True})
        sms = self.queue("0712345678")
        self.assertEqual(sms.waits_for, "Key missing")
        composer = self.env["sms.composer"].create({"body": "Hello"})
        self.assertEqual(composer.waits_for, "Key missing")
