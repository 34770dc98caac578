"""What tests of the gateway start from: a real Africa's Talking simulator.

``GatewayCase`` is for other addons as well: messages made in such a test go over real
HTTP to the simulator, and ``self.simulator`` tells what it accepted.
"""

import importlib.util
import sys
from functools import cache
from pathlib import Path

from odoo.tests import TransactionCase, new_test_user

PROCESS = Path(__file__).resolve().parent / "simulator" / "process.py"


@cache
def simulator_module():
    """Return the module that runs a simulator; it needs requests and aiohttp alone."""
    spec = importlib.util.spec_from_file_location("su_sms_simulator", PROCESS)
    process = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = process
    spec.loader.exec_module(process)
    return process


class GatewayCase(TransactionCase):
    """A Kenyan company whose SMS go through a sandbox gateway to the simulator."""

    https = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = simulator_module().Simulator(
            senders=("STRATHMORE",), https=cls.https
        )
        cls.server.start()
        cls.addClassCleanup(cls.server.stop)
        # A test is one transaction: autovacuum would note that there are no messages,
        # and PostgreSQL then looks through all of them for each.
        cls.env.cr.execute("LOCK TABLE sms_sms IN SHARE UPDATE EXCLUSIVE MODE")
        cls.simulator = cls.server.admin
        cls.parameters = cls.env["ir.config_parameter"]
        cls.parameters.set_param("su_sms.base_url", cls.server.url)
        cls.env.company.country_id = cls.env.ref("base.ke")
        cls.gateway = cls.env["sms.gateway.config"].create(
            {
                "name": "Test",
                "api_key": cls.server.api_key,
                "attempts": 1,
                # Tests run at night, too.
                "use_window": False,
            }
        )
        cls.partner = cls.env["res.partner"].create(
            {"name": "Wanjiku", "phone": "0712 345 678"}
        )

    def setUp(self):
        super().setUp()
        self.simulator.reset()

    def tearDown(self):
        """Assert that messages were counted, whatever door the test went through."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT FROM pg_trigger WHERE tgname = 'su_sms_tally_update'"
        )
        if self.env.cr.rowcount:
            self.assertEqual(self.env["sms.tally"]._recount(), 0, "not counted")
        super().tearDown()

    def queue(self, *numbers, body="Hello", **vals):
        """Create outgoing messages, one for each number."""
        return self.env["sms.sms"].create(
            [{"number": number, "body": body, **vals} for number in numbers]
        )

    def post(self, number="0712345678"):
        """Send from a contact's record; return the message and its notification."""
        self.partner.phone = number
        message = self.partner._message_sms("Hello", number_field="phone")
        sms = self.env["sms.sms"].search([("mail_message_id", "=", message.id)])
        return sms, message.notification_ids

    def send_mailing(self, **values):
        """Send a mailing of SMS Marketing to the contact, and give it."""
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "mailing_type": "sms",
                "body_plaintext": "News",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": repr([("id", "=", self.partner.id)]),
                **values,
            }
        )
        mailing.action_send_sms()
        self.env["sms.sms"]._process_queue()
        return mailing

    def texts(self):
        """Return (number, text) of everything that the simulator accepted."""
        return [(sent["number"], sent["text"]) for sent in self.simulator.ledger()]

    @classmethod
    def user(cls, login, groups="base.group_user", **vals):
        """Create a user in the given groups."""
        return new_test_user(cls.env, login=login, groups=groups, **vals)
