"""The key sealed in the database with a master key that is not in it."""

from unittest.mock import patch

from cryptography.fernet import Fernet
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ...tools import vault
from ..common import GatewayCase

KEY = "atsk_d41d8cd98f00b204e9800998ecf8427e_sealed"
FIRST, SECOND = (Fernet.generate_key().decode() for _each in range(2))


@tagged("post_install", "-at_install")
class TestVault(GatewayCase):
    def master(self, *keys):
        """Let the server have these master keys for a while."""
        return patch.dict("os.environ", {vault.VARIABLE: ",".join(keys)})

    def stored(self):
        """Return what the database has of the key."""
        self.env.invalidate_all()
        return self.parameters.get_param(f"su_sms.api_key_{self.gateway.id}")

    def seal(self, *keys):
        with self.master(*keys):
            self.gateway.api_key = KEY

    def test_sealed_key_is_not_in_the_database(self):
        self.seal(FIRST)
        self.assertTrue(self.stored().startswith(vault.MARK))
        self.assertNotIn(KEY, self.stored())
        with self.master(FIRST):
            self.assertEqual(self.gateway._api_key(), KEY)
            self.assertEqual(self.gateway.status, "ready")

    def test_key_that_was_stored_before_goes_on_and_is_sealed_by_the_job(self):
        self.gateway.api_key = KEY
        with self.master(FIRST):
            self.assertEqual(self.gateway._api_key(), KEY)
            self.gateway._seal_anew()
            self.assertNotIn(KEY, self.stored())
            self.assertEqual(self.gateway._api_key(), KEY)

    def test_new_master_key_takes_over(self):
        self.seal(FIRST)
        with self.master(SECOND, FIRST):
            self.assertEqual(self.gateway._api_key(), KEY)
            self.gateway._seal_anew()
        with self.master(SECOND):
            self.assertEqual(self.gateway._api_key(), KEY)

    def test_without_its_master_key_a_gateway_says_so_and_messages_wait(self):
        sealed = self.server.api_key
        with self.master(FIRST):
            self.gateway.api_key = sealed
        for keys in ([], [SECOND]):
            with self.subTest(keys=len(keys)), self.master(*keys):
                self.env.invalidate_all()
                with self.assertLogs("odoo.addons.su_sms", "ERROR"):
                    self.assertEqual(self.gateway.status, "sealed")
                self.assertIn(vault.VARIABLE, self.gateway.seal_problem)
                with self.assertLogs("odoo.addons.su_sms", "ERROR"):
                    sms = self.queue("0712345678")
                    sms.send()
                self.assertEqual(sms.state, "outgoing")
                self.assertFalse(self.simulator.ledger())
        with self.master(FIRST):
            self.gateway.action_resume()
            self.env["sms.sms"]._process_outbox()
            self.assertEqual(sms.state, "pending")

    def test_master_key_that_is_none_keeps_a_key_from_being_saved_in_clear(self):
        before = self.stored()
        with self.master("not-a-key"), self.assertRaisesRegex(UserError, "base64"):
            self.gateway.api_key = KEY
            self.env.flush_all()
        self.assertEqual(self.stored(), before)

    def test_master_key_can_not_be_named_as_the_gateways(self):
        # It would be sent to the provider, and its end shown on the form.
        with self.assertRaises(ValidationError):
            self.gateway.key_variable = vault.VARIABLE

    def test_proxys_password_is_sealed_too(self):
        with self.master(FIRST):
            self.gateway.proxy_password = "lakeside"
            name = f"su_sms.proxy_password_{self.gateway.id}"
            self.assertNotIn("lakeside", self.parameters.get_param(name))
            self.assertEqual(self.gateway._get_secret("proxy_password"), "lakeside")
