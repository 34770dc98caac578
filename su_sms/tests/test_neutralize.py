from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from ..hooks import uninstall_hook
from .common import GatewayCase


@tagged("post_install", "-at_install")
class TestNeutralize(GatewayCase):
    def test_neutralized_database_sends_nothing(self):
        self.gateway.key_variable = "SU_SMS_KEY"
        self.env.flush_all()
        for query in get_neutralization_queries(["su_sms"]):
            self.cr.execute(query)
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        name = f"su_sms.api_key_{self.gateway.id}"
        self.assertFalse(self.parameters.get_param(name))
        self.assertFalse(self.gateway._api_key())
        self.assertEqual(self.gateway.status, "paused")
        sms = self.queue("0712345678")
        self.assertEqual(sms.gateway_id, self.gateway, "not to another provider")
        self.env["sms.sms"]._process_queue()
        self.assertEqual(sms.state, "outgoing")

    def test_uninstalling_lets_nothing_leave_another_way_and_takes_the_key(self):
        waiting, on_the_wire, sent = self.queue(
            "0712345671", "0712345672", "0712345673"
        )
        on_the_wire.state, sent.state = "process", "pending"
        self.env.flush_all()
        uninstall_hook(self.env)
        self.env.invalidate_all()
        states = [sms.state for sms in (waiting, on_the_wire, sent)]
        self.assertEqual(states, ["canceled", "error", "pending"])
        self.assertFalse(self.gateway._api_key())

    def test_gate_refuses_even_if_somebody_enters_a_key_again(self):
        self.parameters.set_param("database.is_neutralized", "True")
        sms = self.queue("0712345678")
        sms.send()
        self.env["sms.sms"]._process_queue()
        self.assertEqual(sms.state, "outgoing")
        self.assertEqual(self.gateway.status, "neutralized")
        self.assertFalse(self.simulator.requests())
