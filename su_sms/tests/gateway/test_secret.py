import logging
import traceback
import warnings
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from ...africastalking.errors import NotSent
from ..common import GatewayCase

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

    def test_another_proxy_is_not_given_the_password_of_the_one_before(self):
        self.gateway.write({"proxy_url": "http://proxy:3128", "proxy_username": "moi"})
        self.gateway.proxy_password = KEY
        self.gateway.proxy_url = "http://proxy:3128"
        self.assertEqual(self.gateway._get_secret("proxy_password"), KEY)
        self.gateway.proxy_url = "http://elsewhere:3128"
        self.assertFalse(self.gateway._get_secret("proxy_password"))
        self.assertFalse(self.gateway.proxy_username)
        self.gateway.write(
            {
                "proxy_url": "http://proxy:3129",
                "proxy_username": "moi",
                "proxy_password": KEY,
            }
        )
        self.assertEqual(self.gateway._get_secret("proxy_password"), KEY)
        self.assertEqual(self.gateway.proxy_username, "moi")

    def test_nobody_says_how_a_gateway_is_doing(self):
        administrator = self.user("kept_admin", "su_sms.group_gateway_admin")
        gateway = self.gateway.with_user(administrator)
        for name in gateway._internal_fields():
            for door in (
                lambda values: gateway.write(values),
                lambda values: gateway.create([{"name": "Forged", **values}]),
            ):
                with self.subTest(name), self.assertRaises(AccessError):
                    door({name: False})
        forged = {
            "relaxed_by_id": self.env.ref("base.user_admin").id,
            "relaxed_at": "2020-01-01 00:00:00",
            "balance": 777.0,
            "settings_version": 99,
            "last_success_at": "2030-01-01 00:00:00",
        }
        accepted = {
            "trust": "relaxed",
            "relaxed_confirmed": True,
            "relaxed_account": "acc",
        }
        context = {
            f"default_{name}": value for name, value in (forged | accepted).items()
        }
        made = gateway.with_context(**context).create(
            [{"name": "GX", "environment": "production", "username": "acc"}]
        )
        for name, value in forged.items():
            self.assertNotEqual(str(made[name]), str(value))
        self.assertFalse(made.relaxed_by_id)
        self.assertNotEqual(made.trust, "relaxed")
        gateway.action_pause()
        self.assertEqual(gateway.hold_reason, "paused")
        gateway.action_resume()
        self.assertFalse(gateway.hold_reason)
        gateway.action_renew_callbacks()
        gateway.action_watch_sender()

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


@tagged("post_install", "-at_install")
class TestToken(GatewayCase):
    """The secret in the callbacks' addresses is read on the form, and nowhere else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "su_sms.group_gateway_admin,base.group_system,base.group_allow_export"
        cls.administrator = cls.user("token_admin", groups)
        cls.gateway.action_renew_callbacks()
        cls.tokens = [cls.gateway.callback_token, cls.gateway.callback_token_before]
        cls.sms = cls.env["sms.sms"].create({"number": "0712345678"})

    def call(self, model, method, *arguments, **context):
        """Call a method as the web client does; return what it answers, or why not."""
        self.env.invalidate_all()
        records = self.env[model].with_user(self.administrator)
        try:
            with self.cr.savepoint(), warnings.catch_warnings():
                # read_group is on its way out, and still there to be called.
                warnings.simplefilter("ignore", DeprecationWarning)
                return call_kw(records, method, list(arguments), {"context": context})
        except (AccessError, UserError, ValueError, AttributeError) as error:
            return str(error)

    def fields(self):
        """Return the fields that no form offers to export."""
        names = [
            name for name, field in self.gateway._fields.items() if not field.exportable
        ]
        self.assertIn("callback_token", names)
        self.assertIn("delivery_url", names)
        return names

    def assertNoToken(self, answer):
        for token in self.tokens:
            self.assertNotIn(token, repr(answer))

    def test_the_form_shows_the_addresses_and_not_the_tokens(self):
        gateway = self.gateway.with_user(self.administrator)
        self.assertIn(self.tokens[0], gateway.delivery_url)
        [row] = self.call("sms.gateway.config", "read", gateway.ids)
        addresses = {name for name in row if name.endswith("_url")}
        self.assertNoToken({name: row[name] for name in row.keys() - addresses})
        self.assertNotIn("callback_token", row)
        for name in ("callback_token", "callback_token_before"):
            for method, argument in (
                ("read", [name]),
                ("web_read", {name: {}}),
                ("search_read", [[], [name]]),
            ):
                with self.subTest(name, method=method):
                    answer = self.call(
                        "sms.gateway.config", method, gateway.ids, argument
                    )
                    self.assertNoToken(answer)

    def test_no_export_has_them(self):
        for name in self.fields():
            for model, ids, path in (
                ("sms.gateway.config", self.gateway.ids, name),
                ("sms.gateway.config", self.gateway.ids, f"failover_id/{name}"),
                ("sms.sms", self.sms.ids, f"gateway_id/{name}"),
                ("res.company", self.env.company.ids, f"partner_id/{name}"),
            ):
                for import_compat in (True, False):
                    with self.subTest(path, model=model, import_compat=import_compat):
                        answer = self.call(
                            model,
                            "export_data",
                            ids,
                            ["id", path, "display_name"],
                            import_compat=import_compat,
                        )
                        self.assertNoToken(answer)

    def test_an_export_of_the_rest_stays_in_its_columns(self):
        names = ["delivery_url", "name", "callback_token", "id", "optout_url"]
        answer = self.call("sms.gateway.config", "export_data", self.gateway.ids, names)
        [row] = answer["datas"]
        self.assertEqual(row[:3] + row[4:], ["", "Test", "", ""])

    def test_no_search_group_or_order_tells_them(self):
        token = self.tokens[0]
        for path, model in (("", "sms.gateway.config"), ("gateway_id.", "sms.sms")):
            for name in ("callback_token", "callback_token_before"):
                name = path + name
                for term in (
                    (name, "=like", token[0] + "%"),
                    (name, "=", token),
                    (name, ">", "A"),
                    (name, "in", [token]),
                    (name, "!=", False),
                ):
                    for method in ("search", "search_count"):
                        with self.subTest(term[:2], model=model, method=method):
                            answer = self.call(model, method, [term])
                            self.assertIsInstance(answer, str, "refused")
                for method, arguments in (
                    ("search", [[], 0, None, name]),
                    ("read_group", [[], [name], [name]]),
                    ("formatted_read_group", [[], [name], ["__count"]]),
                    ("formatted_read_group", [[], [], [f"{name}:max"]]),
                    ("web_read_group", [[], [name]]),
                ):
                    with self.subTest(name, model=model, method=method):
                        answer = self.call(model, method, *arguments)
                        self.assertIsInstance(answer, str, "refused")

    def test_nobody_chooses_them(self):
        for method, arguments in (
            ("create", [{"name": "New", "callback_token": "known"}]),
            ("write", [self.gateway.ids, {"callback_token": "known"}]),
        ):
            self.assertIsInstance(
                self.call("sms.gateway.config", method, *arguments), str, "refused"
            )
        new = self.call(
            "sms.gateway.config",
            "create",
            {"name": "New"},
            default_callback_token="known",
            default_callback_token_before="known",
        )
        gateway = self.gateway.browse(new)
        self.assertGreater(len(gateway.callback_token), 40)
        self.assertFalse(gateway.callback_token_before)

    def test_an_administrator_changes_them(self):
        self.gateway.with_user(self.administrator).action_renew_callbacks()
        self.assertEqual(self.gateway.callback_token_before, self.tokens[0])
        self.assertNotIn(self.gateway.callback_token, self.tokens)

    def test_links_to_opt_out_are_nobodys_to_read(self):
        links = self.env["sms.optout.link"]
        url = links._urls(["+254712345678"], self.env.company)["+254712345678"]
        self.tokens = [url.rpartition("/")[2]]
        for method, arguments in (
            ("search_read", [[]]),
            ("search", [[("token", "=like", "a%")]]),
            ("export_data", [links.search([]).ids, ["token"]]),
            ("formatted_read_group", [[], ["token"], ["__count"]]),
            ("name_search", [""]),
            ("web_search_read", [[], {"token": {}}]),
        ):
            with self.subTest(method):
                answer = self.call("sms.optout.link", method, *arguments)
                self.assertIsInstance(answer, str, "refused")
                self.assertNoToken(answer)
