from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...wizard import sms_test_wizard
from ..common import GatewayCase

# What is wrong -> (step that fails, word in the remedy)
DIAGNOSES = {
    "key": ("account", "different keys"),
    "sender": ("message", "not registered"),
    "credit": ("message", "Top up"),
    "blocked": ("message", "opted out"),
    "route": ("connect", "firewall"),
    "name": ("resolve", "DNS"),
    "hang": ("message", "may still arrive"),
}


@tagged("post_install", "-at_install")
class TestTestWizard(GatewayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.user("ict", "su_sms.group_gateway_admin")
        cls.admin.partner_id.phone = "0712 345 678"

    def wizard(self):
        action = self.gateway.with_user(self.admin).action_test_connection()
        return (
            self.env["sms.test.wizard"].with_user(self.admin).browse(action["res_id"])
        )

    def steps(self, wizard):
        return [(step.name, step.ok) for step in wizard.step_ids]

    def test_success_sends_one_message_to_the_administrator_only(self):
        wizard = self.wizard()
        self.assertEqual(wizard.number, "+254712345678")
        wizard.action_run()
        self.assertEqual(wizard.state, "success", wizard.diagnosis)
        self.assertEqual(
            self.steps(wizard),
            [
                ("number", True),
                ("resolve", True),
                ("connect", True),
                ("account", True),
                ("message", True),
            ],
        )
        self.assertEqual([n for n, _text in self.texts()], ["+254712345678"])
        self.assertEqual(wizard.sms_id.partner_id, self.admin.partner_id)
        self.assertTrue(self.gateway.balance_at)

    def test_profile_without_a_number(self):
        for phone in (False, "020 1234567", "hello"):
            with self.subTest(phone):
                self.admin.partner_id.phone = phone
                wizard = self.wizard()
                self.assertTrue(wizard.number_error)
                wizard.action_run()
                self.assertEqual(wizard.state, "failure")
                self.assertIn("profile", wizard.remedy)
        self.assertFalse(self.simulator.requests())
        self.assertEqual(wizard.action_open_profile()["res_id"], self.admin.id)

    def test_an_address_that_is_none_is_a_failure_like_others(self):
        self.parameters.set_param("su_sms.base_url", "not an address")
        wizard = self.wizard()
        wizard.action_run()
        self.assertEqual(self.steps(wizard), [("number", True), ("account", False)])
        self.assertIn("must look like https://", wizard.diagnosis)
        self.assertIn("su_sms.base_url", wizard.remedy)

    def break_key(self):
        self.gateway.api_key = "atsk_wrong"

    def break_sender(self):
        self.gateway.sender_id = "UNKNOWN"

    def break_credit(self):
        self.simulator.settings(balance=0)

    def break_blocked(self):
        self.admin.partner_id.phone = "+254700000406"

    def break_route(self):
        self.parameters.set_param("su_sms.base_url", "http://127.0.0.1:1")

    def break_name(self):
        self.parameters.set_param("su_sms.base_url", "http://no.such.host.invalid")

    def break_hang(self):
        self.gateway.read_timeout = 1
        self.simulator.fault("hang_after", path="/version1/messaging")

    def test_diagnosis_names_the_cause_and_the_remedy(self):
        for what, (step, word) in DIAGNOSES.items():
            with self.subTest(what), self.cr.savepoint() as savepoint:
                self.simulator.reset()
                getattr(self, f"break_{what}")()
                wizard = self.wizard()
                wizard.action_run()
                self.assertEqual(wizard.state, "failure")
                self.assertEqual(self.steps(wizard)[-1], (step, False))
                self.assertTrue(wizard.diagnosis)
                self.assertIn(word, wizard.remedy)
                savepoint.rollback()
                self.env.invalidate_all()
                self.env.registry.clear_all_caches()

    def test_success_ends_a_hold(self):
        self.queue("0712345671")
        self.simulator.fault("http_401")
        self.env["sms.sms"]._process_queue()
        self.assertEqual(self.gateway.hold_reason, "auth")
        self.wizard().action_run()
        self.assertFalse(self.gateway.hold_reason)

    def test_report_that_has_come_is_shown(self):
        self.parameters.set_param("web.base.url", "https://odoo.example.ac.ke")
        wizard = self.wizard()
        wizard.action_run()
        self.assertIn("No delivery report", wizard.diagnosis)
        self.patch(
            sms_test_wizard,
            "end_transaction",
            lambda env: (
                env["sms.sms"]
                .sudo()
                .search([("state", "=", "pending")])
                .write({"report_status": "Success"})
            ),
        )
        wizard.action_run()
        self.assertEqual(self.steps(wizard)[-1], ("report", True))
        self.assertNotIn("No delivery report", wizard.diagnosis)

    def test_only_gateway_administrators(self):
        manager = self.user("manager", "su_sms.group_manager")
        with self.assertRaises(AccessError):
            self.gateway.with_user(manager).action_test_connection()


@tagged("post_install", "-at_install")
class TestTestWizardFirewall(GatewayCase):
    """The simulator's HTTPS is signed by an authority that nobody knows."""

    https = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.partner_id.phone = "0712 345 678"
        cls.parameters.set_param("su_sms.base_url", cls.server.https_url)

    def run_test(self):
        action = self.gateway.action_test_connection()
        wizard = self.env["sms.test.wizard"].browse(action["res_id"])
        wizard.action_run()
        return wizard

    def test_refused_by_default_and_the_signer_is_named(self):
        wizard = self.run_test()
        self.assertEqual(wizard.step_ids[-1].name, "handshake")
        self.assertIn("TLS inspected by su_sms simulator", wizard.diagnosis)
        self.assertIn("certificate of its authority", wizard.remedy)
        self.assertFalse(self.simulator.requests())

    def test_accepted_with_its_authority(self):
        self.gateway.write(
            {"trust": "ca", "ca_certificate": self.server.ca_file.read_text()}
        )
        wizard = self.run_test()
        self.assertEqual(wizard.state, "success", wizard.diagnosis)

    def test_accepted_and_logged_when_relaxed(self):
        self.gateway.write({"trust": "relaxed", "relaxed_confirmed": True})
        with self.assertLogs("su_sms.africastalking", "WARNING") as logs:
            wizard = self.run_test()
        self.assertEqual(wizard.state, "success", wizard.diagnosis)
        self.assertIn("certificate not verified", "".join(logs.output))
