from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from ..common import GatewayCase

SENDER_IDS = [
    ("SU", False),
    ("ABC", True),
    ("STRATHMORE1", True),
    ("STRATHMORE12", False),
    ("WITH SPACE", False),
    ("Ünï", False),
    ("12", False),
    ("22384", True),
    ("123456789", False),
]


@tagged("post_install", "-at_install")
class TestGateway(GatewayCase):
    def test_sender_id_rules(self):
        for sender_id, valid in SENDER_IDS:
            with self.subTest(sender_id):
                if valid:
                    self.gateway.sender_id = sender_id
                    continue
                with self.assertRaises(ValidationError), self.cr.savepoint():
                    self.gateway.sender_id = sender_id

    def test_sandbox_forces_its_username(self):
        self.gateway.write({"environment": "production", "username": "university"})
        self.assertEqual(self.gateway._account().username, "university")
        self.gateway.environment = "sandbox"
        self.assertEqual(self.gateway.account_username, "sandbox")
        self.assertEqual(self.gateway._account().username, "sandbox")

    def test_production_needs_its_own_username(self):
        for username in (False, "sandbox"):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.gateway.write({"environment": "production", "username": username})

    def test_address_follows_the_environment_unless_overridden(self):
        self.assertEqual(self.gateway._account().url, self.server.url)
        self.parameters.set_param("su_sms.base_url", False)
        self.assertEqual(
            self.gateway._account().url, "https://api.sandbox.africastalking.com"
        )
        self.gateway.write({"environment": "production", "username": "university"})
        self.assertEqual(self.gateway._account().url, "https://api.africastalking.com")
        self.assertNotIn("base_url", self.gateway._fields)

    def test_relaxed_trust_is_asked_for_twice(self):
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.gateway.trust = "relaxed"
        self.gateway.write({"trust": "relaxed", "relaxed_confirmed": True})
        self.gateway.trust = "verify"
        self.assertFalse(self.gateway.relaxed_confirmed, "to be asked again")

    def test_own_authority_must_be_a_certificate(self):
        for pem in (False, "nonsense", "-----BEGIN PRIVATE KEY-----\nAA==\n"):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.gateway.write({"trust": "ca", "ca_certificate": pem})

    def test_proxy_url_holds_no_password(self):
        with self.assertRaises(ValidationError):
            self.gateway.proxy_url = "http://user:secret@proxy:3128"

    def test_proxy_password_reaches_the_connector(self):
        self.gateway.write(
            {
                "proxy_url": "http://proxy:3128",
                "proxy_username": "odoo",
                "proxy_password": "p@ss",
            }
        )
        self.assertEqual(self.gateway._account().proxy, "http://odoo:p%40ss@proxy:3128")

    def test_used_gateway_is_archived_not_deleted(self):
        sms = self.queue("0712345678")
        with self.assertRaises(UserError):
            self.gateway.unlink()
        with self.assertRaisesRegex(UserError, "1 messages are waiting"):
            self.gateway.active = False
        sms.send()
        self.gateway.active = False

    def test_form_creates_a_gateway_with_a_key(self):
        form = Form(self.env["sms.gateway.config"])
        form.name = "Through the form"
        form.api_key = "atsk_form"
        gateway = form.save()
        self.assertEqual(gateway._api_key(), "atsk_form")
        self.assertEqual(gateway.status, "ready")

    def test_status_names_a_missing_key(self):
        gateway = self.gateway.create({"name": "No key"})
        self.assertEqual(gateway.status, "no_key")
        sms = self.queue("0712345678", gateway_id=gateway.id)
        sms.send()
        self.assertEqual(sms.state, "outgoing")
        self.assertEqual(gateway.hold_reason, "auth")
        self.assertFalse(self.simulator.requests())
