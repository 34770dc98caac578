import re
from unittest.mock import patch
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from ...hooks import uninstall_hook
from ...privacy import suppression
from ...tools import vault
from ..campaign_case import CampaignCase
from ..columns import columns_with

NUMBER = "+254712345678"
PASSWORD = "ngorongoro-4711"
KEYS = "su_sms.api_key_%s", "su_sms.proxy_password_%s"


@tagged("post_install", "-at_install")
class TestNeutralize(CampaignCase):
    def neutralize(self, *modules):
        self.env.flush_all()
        for query in get_neutralization_queries(modules or ["su_sms"]):
            self.cr.execute(query)
        self.env.invalidate_all()
        self.env.registry.clear_cache()

    def test_neutralized_database_sends_nothing(self):
        self.gateway.key_variable = "SU_SMS_KEY"
        self.neutralize()
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

    def test_uninstalling_gives_odoos_menus_back(self):
        uninstall_hook(self.env)
        blacklist, reporting, report = (
            self.env.ref(f"mass_mailing_sms.{name}")
            for name in (
                "phone_blacklist_menu",
                "mass_mailing_sms_menu_reporting",
                "mailing_trace_report_action_sms",
            )
        )
        self.assertTrue(blacklist.active)
        self.assertEqual(reporting.action, report)

    def test_gate_refuses_even_if_somebody_enters_a_key_again(self):
        self.parameters.set_param("database.is_neutralized", "True")
        sms = self.queue("0712345678")
        sms.send()
        self.env["sms.sms"]._process_queue()
        self.assertEqual(sms.state, "outgoing")
        self.assertEqual(self.gateway.status, "neutralized")
        self.assertFalse(self.simulator.requests())

    # ------------------------------------------------------------
    # Secrets
    # ------------------------------------------------------------

    def test_no_column_has_a_secret_of_the_original(self):
        secrets = self.links_everywhere()
        secrets["the number secret"] = suppression.secret(self.cr)
        with patch.dict("os.environ", {vault.VARIABLE: Fernet.generate_key().decode()}):
            sealed = self.gateway.create({"name": "Sealed", "api_key": PASSWORD})
        self.gateway.write(
            {
                "proxy_url": "http://proxy.example:3128",
                "proxy_username": "kiboko",
                "proxy_password": PASSWORD,
            }
        )
        secrets["the proxy's password"] = PASSWORD
        for gateway in (self.gateway, sealed):
            for key in KEYS:
                if stored := self.parameters.get_param(key % gateway.id):
                    secrets[key % gateway.id] = re.escape(stored)
        secrets["an old token"] = self.gateway.callback_token
        self.gateway.action_renew_callbacks()
        secrets["a token"] = self.gateway.callback_token
        secrets["another token"] = sealed.callback_token
        self.env.flush_all()
        # What is tracked is written then.
        self.cr.precommit.run()
        for name, secret in secrets.items():
            self.assertTrue(columns_with(self.env, secret), name)
        self.neutralize()
        for name, secret in secrets.items():
            with self.subTest(name):
                self.assertFalse(columns_with(self.env, secret))
        self.assertFalse(any(self.env["mailing.trace"].search([]).mapped("sms_code")))

    def links_everywhere(self):
        """Send links to opt out by all ways, have them quoted; return their tokens."""
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "mailing_type": "sms",
                "body_plaintext": "News on https://example.com/news",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": repr([("id", "=", self.partner.id)]),
                "sms_allow_unsubscribe": True,
                "keep_archives": True,
            }
        )
        trial = {"mailing_id": mailing.id, "numbers": NUMBER}
        self.env["mailing.sms.test"].create(trial).action_send_sms()
        mailing.action_send_sms()
        audience = self.numbers("0722345678")
        campaign = self.campaign(audience, optout="link", message_class="promotional")
        self.run_campaign(campaign)
        links = self.env["sms.optout.link"].search([])
        self.assertEqual(len(links), 2)
        company = self.env.company
        [url] = links._urls([NUMBER], company, mailing.id).values()
        events = self.env["sms.gateway.event"]
        quoted = [
            ("from", NUMBER),
            ("to", "22141"),
            ("text", f"STOP {url}"),
            ("id", "1"),
        ]
        events._receive(self.gateway.id, "incoming", quoted)
        events._apply_inbox()
        [code, *_others] = mailing.mailing_trace_ids.mapped("sms_code")
        theirs = f"/sms/{mailing.id}/{code}"
        said = f"She got {url} and https://x.example{theirs}"
        self.partner.message_post(body=said)
        self.env["sms.person.wizard"].create({"number": NUMBER}).action_export()
        found = {f"link {token}": token for token in links.mapped("token")}
        return found | {"link of Odoo's own": theirs}

    def test_the_originals_addresses_lead_nowhere(self):
        before = [self.gateway.callback_token]
        self.gateway.action_renew_callbacks()
        before.append(self.gateway.callback_token)
        [url] = self.env["sms.optout.link"]._urls([NUMBER], self.env.company).values()
        token = url.rpartition("/")[2]
        self.neutralize()
        for each in before:
            self.assertFalse(self.gateway._gateway_of_token(each))
        self.assertFalse(self.env["sms.optout.link"]._of_token(token))
        tokens = self.gateway.search([]).mapped("callback_token")
        self.assertEqual(len(set(tokens)), len(tokens))
        self.assertTrue(all(len(each) >= 43 for each in tokens))
        self.assertEqual(
            self.gateway._gateway_of_token(self.gateway.callback_token), self.gateway.id
        )

    def test_what_is_no_link_stays_in_the_texts(self):
        bodies = (
            "See https://example.com/o/AbCdEfGh1234567 and /sms/news",
            "Balance: 12/o/x",
            "Exams begin on Monday.",
        )
        messages = self.queue(*("0712345678",) * len(bodies))
        for sms, body in zip(messages, bodies, strict=True):
            sms.body = body
        self.neutralize()
        self.assertEqual(messages.mapped("body"), list(bodies))

    def test_who_said_no_is_left_alone_in_a_copy_as_well(self):
        self.env["sms.suppression"]._suppress([NUMBER])
        self.neutralize()
        self.assertFalse(self.env["sms.suppression"]._is_usable())
        self.assertFalse(self.parameters.get_param(suppression.SECRET))

    def test_a_copy_works_but_for_sending(self):
        administrator = self.user("copy_admin", "su_sms.group_gateway_admin")
        campaign = self.campaign(self.numbers("0712345678"), optout="link")
        self.send_mailing()
        self.neutralize("base", "su_sms")
        gateway = self.gateway.with_user(administrator)
        view = gateway.get_view(view_type="form")
        shown = gateway.web_read(
            {name: {} for name in view["models"]["sms.gateway.config"]}
        )
        self.assertEqual(shown[0]["status"], "neutralized")
        self.assertIn("Neutralized database", gateway.health)
        self.assertTrue(urlsplit(gateway.delivery_url).path)
        gateway.action_renew_callbacks()
        gateway.name = "Of the copy"
        self.env["sms.dashboard"].with_user(administrator).get_data()
        campaign.action_count()
        [url] = self.env["sms.optout.link"]._urls([NUMBER], self.env.company).values()
        self.assertTrue(self.env["sms.optout.link"]._of_token(url.rpartition("/")[2]))
        self.env["sms.gateway.config"]._forget()
