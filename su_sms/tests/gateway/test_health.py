"""What is wrong with a gateway is said in one place, and to whom it concerns."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import GatewayCase

LATELY = timedelta(minutes=10)
LONG_AGO = timedelta(hours=2)
RELAXED = {"trust": "relaxed", "relaxed_confirmed": True}
PRODUCTION = {"environment": "production", "username": "savanna"}


@tagged("post_install", "-at_install")
class TestHealth(GatewayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.parameters.set_param("web.base.url", "https://odoo.example.com")
        cls.parameters.set_param("web.base.url.freeze", "True")
        cls.administrator = cls.user(
            "health_admin", "su_sms.group_gateway_admin", name="Auma"
        )
        cls.odoos_administrator = cls.user("health_system", "base.group_system")

    def findings(self):
        """Return [(kind, level)] of the gateway, the worst first."""
        self.env.invalidate_all()
        return [
            (finding.kind, finding.level)
            for finding in self.gateway._findings()[self.gateway.id]
        ]

    def age(self, sms, by):
        self.env.flush_all()
        self.cr.execute(
            "UPDATE sms_sms SET create_date = %s WHERE id = ANY(%s)",
            [fields.Datetime.now() - by, sms.ids],
        )

    def report(self):
        self.env["sms.gateway.event"].create(
            {
                "gateway_id": self.gateway.id,
                "kind": "delivery",
                "received_at": fields.Datetime.now(),
                "payload": "[]",
            }
        )

    def test_nothing_is_wrong(self):
        self.assertEqual(self.findings(), [])
        self.assertEqual(self.gateway.health_state, "good")
        self.assertFalse(self.gateway.health)
        new = self.gateway.new({"name": "Not saved yet"})
        self.assertEqual(new.health_state, "danger", "it has no key")

    def test_each_finding(self):
        now = fields.Datetime.now()
        earlier = now - timedelta(days=1)
        for values, expected in (
            ({"hold_reason": "auth", "hold_text": "No"}, ("state", "danger")),
            ({"hold_reason": "paused", "held_since": now}, ("state", "warning")),
            ({"key_variable": "SU_SMS_NOT_THERE"}, ("state", "danger")),
            ({"last_error": "No route", "last_error_at": now}, ("state", "info")),
            (RELAXED, ("trust", "warning")),
            ({"balance_state": "low"}, ("balance", "warning")),
            ({"balance_state": "floor"}, ("balance", "danger")),
            ({"last_success_at": now}, ("reports", "info")),
            ({"callback_token_until": now + LATELY}, ("callbacks", "info")),
            ({"callback_token_until": earlier}, None),
        ):
            with self.subTest(values):
                savepoint = self.cr.savepoint()
                self.gateway.write(values)
                self.assertEqual(self.findings(), [expected] if expected else [])
                state = self.gateway.with_user(self.administrator).health_state
                level = expected[1] if expected else "info"
                self.assertEqual(state, "good" if level == "info" else level)
                savepoint.close(rollback=True)
                self.env.invalidate_all()

    def test_production_that_cannot_be_reached_or_is_not_encrypted(self):
        self.gateway.write(PRODUCTION)
        self.assertEqual(self.findings(), [])
        for url in ("http://localhost:8069", "http://odoo.example.com"):
            with self.subTest(url):
                self.parameters.set_param("web.base.url", url)
                self.assertEqual(self.findings(), [("callbacks", "warning")])

    def test_address_that_moves_with_who_signs_in(self):
        self.parameters.set_param("web.base.url.freeze", False)
        self.assertEqual(self.findings(), [], "a sandbox has no links that people get")
        self.gateway.write(PRODUCTION)
        self.assertEqual(self.findings(), [("address", "warning")])
        self.assertIn("web.base.url.freeze", self.gateway.health)
        self.sign_in("http://10.0.0.7:8069")
        self.assertIn("10.0.0.7", self.gateway.delivery_url, "so it is")
        self.parameters.set_param("web.base.url", "https://odoo.example.com")
        with self.assertRaises(AccessError):
            self.gateway.with_user(self.administrator).action_keep_address()
        with self.assertRaises(AccessError):
            self.gateway.with_user(self.odoos_administrator).action_keep_address()
        self.administrator.group_ids |= self.env.ref("base.group_system")
        self.gateway.with_user(self.administrator).action_keep_address()
        self.assertEqual(self.findings(), [])
        self.sign_in("http://10.0.0.7:8069")
        self.assertIn("https://odoo.example.com/", self.gateway.delivery_url)

    def sign_in(self, address):
        """Sign an administrator of Odoo in by this address."""
        login = self.odoos_administrator.login
        self.env["res.users"].authenticate(
            {"type": "password", "login": login, "password": login},
            {"interactive": True, "base_location": address},
        )
        self.env.invalidate_all()

    def test_line_that_is_not_verified_says_who_accepted_it_and_when(self):
        self.gateway.with_user(self.administrator).write(
            RELAXED | PRODUCTION | {"relaxed_account": "savanna"}
        )
        self.assertEqual(self.findings(), [("trust", "danger")])
        gateway = self.gateway.with_user(self.administrator)
        when = gateway._when(gateway.relaxed_at)
        self.assertIn(f"Auma accepted this on {when}.", gateway.health)
        other = self.user("health_other", "su_sms.group_gateway_admin", name="Baraka")
        self.gateway.with_user(other).write(
            {"username": "savanna2", "relaxed_account": "savanna2"}
        )
        self.env.invalidate_all()
        self.assertIn("Baraka accepted this", gateway.health)
        self.gateway.trust = "verify"
        self.assertEqual(self.findings(), [])
        self.assertFalse(self.gateway.relaxed_by_id or self.gateway.relaxed_at)
        self.assertFalse(self.gateway.copy().relaxed_by_id)

    def test_new_gateway_that_is_not_verified_is_signed_as_well(self):
        gateway = self.gateway.with_user(self.administrator).create(
            {"name": "New"} | RELAXED
        )
        self.assertEqual(gateway.relaxed_by_id, self.administrator)

    def test_messages_that_nothing_holds_should_be_gone(self):
        self.env["sms.run"]._note("dispatch")
        self.gateway.last_success_at = fields.Datetime.now()
        self.report()
        late = self.queue("0712345678", "0712345679")
        self.age(late[0], LONG_AGO)
        self.age(late[1], LATELY)
        waits = self.queue("0712345670", message_class="promotional")
        later = self.queue("0712345671", not_before=fields.Datetime.now() + LONG_AGO)
        resent = self.queue("0712345672", queued_at=fields.Datetime.now())
        self.age(waits | later | resent, LONG_AGO)
        self.assertEqual(self.findings(), [("queue", "warning")])
        self.assertIn("1 messages are waiting for no apparent", self.gateway.health)
        oldest = fields.Datetime.now() - LONG_AGO
        difference = abs(self.gateway.oldest_waiting_at - oldest)
        self.assertLess(difference, timedelta(minutes=1))
        self.gateway.hold_reason = "down"
        self.assertEqual(self.findings(), [("state", "danger")], "says why they wait")

    def test_reports_that_have_come_are_no_finding(self):
        self.gateway.last_success_at = fields.Datetime.now()
        self.report()
        self.assertEqual(self.findings(), [])

    def test_what_the_provider_said_stays_text(self):
        evil = "<img src=x onerror=alert(1)>"
        self.gateway.write({"hold_reason": "auth", "hold_text": evil})
        self.assertIn("&lt;img", self.gateway.health)
        self.assertNotIn("<img", self.gateway.health)

    def test_many_gateways_are_asked_about_at_once(self):
        gateways = self.gateway.create([{"name": f"G{n}"} for n in range(20)])
        gateways |= self.gateway
        # One of each kind: where there is no key, it is asked whether it is sealed.
        few = gateways[-2:]
        self.assertEqual(self.count(gateways), self.count(few))

    def count(self, gateways):
        """Return the number of queries that the health of `gateways` costs."""
        self.env.flush_all()
        self.env.invalidate_all()
        gateways.mapped("name")
        self.env["ir.cron"]._sms_job_ids()
        before = self.cr.sql_log_count
        gateways._findings()
        return self.cr.sql_log_count - before

    def test_only_administrators_read_it(self):
        self.gateway.write(RELAXED)
        manager = self.user("health_manager", "su_sms.group_manager")
        with self.assertRaises(AccessError):
            self.gateway.with_user(manager).read(["health", "health_state"])
        for user, expected in ((manager, 0), (self.administrator, 1)):
            problems = self.env["sms.dashboard"].with_user(user).get_data()["problems"]
            self.assertEqual(len(problems), expected)
        self.assertEqual(problems[0]["title"], "Test: The connection is not verified")
