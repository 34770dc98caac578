import logging
import traceback
from unittest.mock import patch

from odoo.tests import tagged

from ..africastalking.errors import NotSent
from .common import GatewayCase

KEY = "atsk_d41d8cd98f00b204e9800998ecf8427e_secret"


@tagged("post_install", "-at_install")
class TestSecret(GatewayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway.api_key = KEY
        cls.gateway.proxy_password = KEY

    def assertNoKey(self, text):
        self.assertNotIn(KEY, str(text))

    def test_key_is_in_the_system_parameters(self):
        name = f"su_sms.api_key_{self.gateway.id}"
        self.assertEqual(self.parameters.get_param(name), KEY)

    def test_key_that_another_transaction_has_replaced_is_the_key(self):
        # Odoo's cache of parameters may have been filled while the new one waited for
        # its commit, and then keeps the old one.
        name = f"su_sms.api_key_{self.gateway.id}"
        self.parameters.get_param(name)
        self.parameters.get_param("su_sms.base_url")
        self.cr.execute(
            "UPDATE ir_config_parameter SET value = CASE key WHEN %(name)s THEN 'new'"
            " ELSE 'https://relay.example' END"
            " WHERE key IN (%(name)s, 'su_sms.base_url')",
            {"name": name},
        )
        self.env.invalidate_all()
        account = self.gateway._account()
        self.assertEqual(account.api_key, "new")
        self.assertEqual(account.base_url, "https://relay.example")

    def test_key_is_absent_from_read(self):
        self.gateway.invalidate_recordset()
        self.assertNoKey(self.gateway.read())
        spec = {name: {} for name in self.gateway._fields}
        self.assertNoKey(self.gateway.web_read(spec))
        self.assertEqual(self.gateway.api_key_hint, "•••• cret")

    def test_key_is_absent_from_the_answer_to_saving_it(self):
        answer = self.gateway.web_save({"api_key": KEY + "2"}, {"api_key": {}})
        self.assertNoKey(answer)
        self.assertEqual(self.gateway._api_key(), KEY + "2")

    def test_empty_key_on_saving_changes_nothing(self):
        self.gateway.write({"api_key": False, "name": "Renamed"})
        self.assertEqual(self.gateway._api_key(), KEY)

    def test_key_is_absent_from_export(self):
        names = ["name", "api_key", "api_key_hint", "proxy_password"]
        self.assertNoKey(self.gateway.export_data(names))

    def test_key_is_not_copied(self):
        copy = self.gateway.copy()
        self.assertFalse(copy._api_key())
        self.assertFalse(copy.is_default)
        self.assertNoKey(self.gateway.copy_data())

    def test_key_is_absent_from_chatter(self):
        self.env.flush_all()
        self.cr.precommit.run()
        self.gateway.write({"api_key": KEY + "2", "name": "Renamed"})
        # What is tracked is written then.
        self.env.flush_all()
        self.cr.precommit.run()
        notes = self.gateway.message_ids
        self.assertIn("API Key replaced.", " ".join(notes.mapped("body")))
        self.assertIn("Renamed", notes.tracking_value_ids.mapped("new_value_char"))
        self.assertNoKey(notes.read())
        self.assertNoKey(notes.tracking_value_ids.read())

    def test_key_is_absent_from_logs(self):
        with self.assertLogs(level=logging.DEBUG) as logs:
            self.queue("0712345678", body="A private text").send()
        printed = "\n".join(logs.output)
        self.assertIn("POST /version1/messaging", printed)
        self.assertNoKey(printed)
        mine = [line for line in logs.output if "su_sms" in line.split(":")[1]]
        self.assertNotIn("A private text", "\n".join(mine))
        self.assertNotIn("712345678", "\n".join(mine))

    def test_key_is_absent_from_tracebacks(self):
        for url in (self.server.url, "http://127.0.0.1:1"):
            with self.subTest(url):
                self.parameters.set_param("su_sms.base_url", url)
                try:
                    self.gateway._client().balance()
                except NotSent as error:
                    # As a debugger shows it, with all that was at hand.
                    shown = traceback.TracebackException.from_exception(
                        error, capture_locals=True
                    )
                    text = "".join(shown.format())
                    self.assertIn("self = <", text)
                    self.assertNoKey(text)
                else:
                    self.fail("it should have failed")
        self.assertNoKey(repr(self.gateway._account()))

    def test_key_may_come_from_the_environment(self):
        with patch.dict("os.environ", {"SU_SMS_KEY": "atsk_from_the_environment"}):
            self.gateway.key_variable = "SU_SMS_KEY"
            self.assertEqual(self.gateway._api_key(), "atsk_from_the_environment")

    def test_only_variables_meant_for_us_can_be_named(self):
        with self.assertRaisesRegex(Exception, "SU_SMS_"):
            self.gateway.key_variable = "PGPASSWORD"

    def test_key_goes_with_its_gateway(self):
        name = f"su_sms.api_key_{self.gateway.id}"
        self.gateway.unlink()
        self.assertFalse(self.parameters.get_param(name))
