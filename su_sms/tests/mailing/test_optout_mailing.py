"""What a mailing of SMS Marketing ends with, and Odoo's own link of an earlier one."""

import logging

from odoo.tests import tagged

from ...controllers import mailing_sms
from ...privacy import links
from ...tools.acts import Act
from ...tools.rate_limit import RateLimit
from ..common import GatewayCase
from ..optout.test_optout_web import NUMBER, OptoutCase


@tagged("post_install", "-at_install")
class TestOptoutOfMailing(OptoutCase, GatewayCase):
    """What a mailing of SMS Marketing ends with."""

    def setUp(self):
        super().setUp()
        self.blacklist = self.env["sms.blacklist"]
        self.list, self.other = self.env["mailing.list"].create(
            [{"name": name, "is_public": True} for name in ("Alumni", "Sports")]
        )
        self.contact = self.env["mailing.contact"].create(
            {
                "name": "Wanjiku",
                "mobile": NUMBER,
                "list_ids": (self.list | self.other).ids,
            }
        )

    def mailing(self, model="mailing.list", **values):
        """Send a mailing that says how to opt out; return it and its link's path."""
        values = {
            "subject": "News",
            "mailing_type": "sms",
            "body_plaintext": "News",
            "sms_allow_unsubscribe": True,
            "mailing_model_id": self.env["ir.model"]._get_id(model),
            **values,
        }
        mailing = self.env["mailing.mailing"].create(values)
        mailing.action_send_sms()
        self.env["sms.sms"]._process_queue()
        [(_number, text)] = self.texts()
        self.assertRegex(text, r"^News\nOpt out: http\S+$")
        return mailing, text[text.index("/", text.index("://") + 3) :]

    def to_the_list(self):
        return self.mailing(contact_list_ids=self.list.ids)

    def to_the_contact(self):
        domain = repr([("id", "=", self.partner.id)])
        return self.mailing("res.partner", mailing_domain=domain)

    def opted_out(self):
        """Return whether the number has opted out, and the lists that it has left."""
        self.env.invalidate_all()
        left = self.contact.subscription_ids.filtered("opt_out").list_id
        return bool(self.blacklist._opted_out([NUMBER])), left

    def test_link_is_the_gateways_and_a_get_changes_nothing(self):
        for send in (self.to_the_contact, self.to_the_list):
            with self.subTest(send.__name__):
                self.simulator.reset()
                mailing, path = send()
                self.assertRegex(path, rf"^/o/[A-Za-z0-9]{{12}}/{mailing.id}$")
                page = self.url_open(path)
                self.assertIn("Stop promotional SMS", page.text)
                self.assertEqual("Alumni" in page.text, send == self.to_the_list)
                self.assertNotIn("Sports", page.text)
                none = self.env["mailing.list"]
                self.assertEqual(self.opted_out(), (False, none))

    def test_post_opts_out_of_all(self):
        _mailing, path = self.to_the_list()
        page = self.press(path, "out")
        self.assertIn("You have opted out", page.text)
        self.assertEqual(self.opted_out(), (True, self.env["mailing.list"]))

    def test_post_leaves_the_list_of_the_mailing_and_joins_it_again(self):
        _mailing, path = self.to_the_list()
        page = self.press(path, "leave")
        self.assertIn("You have unsubscribed from", page.text)
        self.assertEqual(self.opted_out(), (False, self.list))
        self.press(path, "join")
        self.assertEqual(self.opted_out(), (False, self.env["mailing.list"]))

    def test_link_of_another_mailing_leaves_only_ones_own_lists(self):
        _mailing, path = self.to_the_list()
        path, _slash, _mailing_id = path.rpartition("/")
        for mailing_id in (self.env["mailing.mailing"].create({"subject": "x"}).id, 0):
            page = self.press(f"{path}/{mailing_id}", "leave")
            self.assertEqual(page.status_code, 200)
        self.assertEqual(self.url_open(f"{path}/{10**30}").status_code, 404)
        self.assertEqual(self.opted_out(), (False, self.env["mailing.list"]))

    def test_link_joins_no_list_that_was_left_in_another_way(self):
        _mailing, path = self.to_the_list()
        self.contact.subscription_ids.opt_out = True
        page = self.url_open(path)
        self.assertIn("You have unsubscribed from", page.text)
        self.assertNotIn("Subscribe again", page.text)
        self.press(path, "join")
        self.assertEqual(self.opted_out(), (False, self.list + self.other))
        # Left by the link, and once more by hand.
        self.contact.subscription_ids.opt_out = False
        self.press(path, "leave")
        self.contact.subscription_ids.opt_out = True
        self.press(path, "join")
        self.assertIn(self.list, self.opted_out()[1])

    # ------------------------------------------------------------
    # Odoo's own link, of what had left before there was a gateway
    # ------------------------------------------------------------

    def before_the_gateway(self, **values):
        """Let Odoo send a mailing to the list; return it and its code."""
        self.gateway.active = False
        values = {
            "subject": "News",
            "mailing_type": "sms",
            "body_plaintext": "News",
            "sms_allow_unsubscribe": True,
            "mailing_model_id": self.env["ir.model"]._get_id("mailing.list"),
            "contact_list_ids": self.list.ids,
            **values,
        }
        mailing = self.env["mailing.mailing"].create(values)
        mailing.action_send_sms()
        self.gateway.active = True
        return mailing, mailing.mailing_trace_ids.sms_code

    def press_odoos(self, mailing_id, code, number=NUMBER, way="/unsubscribe"):
        """Enter a number on the page behind Odoo's link, and press its button."""
        path = f"/sms/{mailing_id}{way}/{code}"
        return self.press(path, "", {"sms_number": number})

    def token(self):
        """Return the token of the number's own link."""
        [url] = self.env["sms.optout.link"]._urls([NUMBER], self.env.company).values()
        return url.rpartition("/")[2]

    def test_odoos_link_asks_for_the_number_and_opts_out_and_no_more(self):
        mailing, code = self.before_the_gateway()
        none = self.env["mailing.list"]
        for way in ("", "/unsubscribe"):
            with self.subTest(way):
                page = self.url_open(f"/sms/{mailing.id}{way}/{code}?sms_number=%2B254")
                self.assertEqual(page.status_code, 200)
                self.assertEqual(self.opted_out(), (False, none), "a GET changes all")
                page = self.press_odoos(mailing.id, code, "0712 345 678", way)
                self.assertIn("You have opted out", page.text)
                self.assertEqual(self.opted_out(), (True, none))
                for again in ("in", "join"):
                    given = {"sms_number": NUMBER}
                    self.press(f"/sms/{mailing.id}{way}/{code}", again, given)
                self.assertEqual(self.opted_out(), (True, none))
                self.blacklist._opt_in([NUMBER], Act("start", "sms"))
        line = self.env["sms.consent"].search([("kind", "=", "optout")], limit=1)
        self.assertEqual((line.reason, line.channel), ("web_link", "web"))
        self.assertTrue(line.note)

    def test_odoos_code_is_never_given_the_token(self):
        mailing, code = self.before_the_gateway()
        token = self.token()
        path = f"/sms/{mailing.id}/unsubscribe/{code}?sms_number=%2B254712345678"
        for page in (self.url_open(path), self.press_odoos(mailing.id, code)):
            for each in (*page.history, page):
                said = f"{each.url} {each.headers} {each.text}"
                self.assertNotIn(token, said)
                self.assertNotIn("/o/", said)
            self.assertEqual(page.headers["X-Frame-Options"], "DENY")
            self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertNotIn(token, str(self.opener.cookies))

    def test_only_codes_that_a_text_has_carried_count(self):
        ours, _path = self.to_the_list()
        trace = ours.mailing_trace_ids
        self.assertEqual(len(trace.sms_code), links.TOKEN_LENGTH)
        silent, silent_code = self.before_the_gateway(sms_allow_unsubscribe=False)
        other, other_code = self.before_the_gateway()
        sms = self.env["sms.sms"].search([("mailing_id", "=", other.id)])
        sms.body = "News\nSTOP SMS: (another link)"
        for mailing, code in (
            (ours, trace.sms_code),
            (silent, silent_code),
            (other, other_code),
        ):
            page = self.press_odoos(mailing.id, code)
            self.assertEqual(page.status_code, 404)
        # Of what was sent by our gateway, as it was before the codes were replaced.
        trace.sms_code = "abc"
        self.assertEqual(self.press_odoos(ours.id, "abc").status_code, 404)
        self.assertEqual(self.opted_out(), (False, self.env["mailing.list"]))

    def test_odoos_link_that_is_guessed_wrong_tells_nothing(self):
        mailing, code = self.before_the_gateway()
        wrong = "-_-" if code != "-_-" else "_-_"
        pages = [
            self.press_odoos(mailing.id, wrong),
            self.press_odoos(10**30, code),
            self.press_odoos(0, code),
            self.press_odoos(mailing.id, code, "+254712345679"),
            self.press_odoos(mailing.id, code, "nobody"),
            self.press_odoos(mailing.id, code, ""),
            self.press_odoos(mailing.id, "é" * 3),
        ]
        self.assertEqual({page.status_code for page in pages}, {404})
        self.assertEqual(self.opted_out(), (False, self.env["mailing.list"]))

    def test_guesses_of_odoos_codes_are_limited_before_anything_is_looked_up(self):
        mailing, code = self.before_the_gateway()
        none = self.env["mailing.list"]
        for limit in ("guesses", "guesses_about"):
            with self.subTest(limit):
                self.patch(mailing_sms, "guesses", RateLimit(1000, 0))
                self.patch(mailing_sms, limit, RateLimit(2, 0))
                answers = [
                    self.press_odoos(mailing.id, f"{n:03d}").status_code
                    for n in range(3)
                ]
                self.assertEqual(answers, [404, 404, 429])
                page = self.press_odoos(mailing.id, code)
                self.assertEqual(page.status_code, 429, "the right one tells as little")
                self.assertEqual(self.opted_out(), (False, none))

    def test_code_and_number_of_odoos_link_are_not_logged(self):
        werkzeug = logging.getLogger("werkzeug")
        for path in ("/sms/7/aB3?sms_number=%2B254712345678", "/sms/7/unsubscribe/aB3"):
            with self.assertLogs("werkzeug", logging.INFO) as logs:
                werkzeug.info('"%s" %s', f"GET {path} HTTP/1.1", 200)
            self.assertNotRegex("".join(logs.output), "aB3|712345678")

    def test_a_test_of_a_mailing_ends_with_a_link_that_says_so(self):
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "mailing_type": "sms",
                "body_plaintext": "News",
                "sms_allow_unsubscribe": True,
                "mailing_model_id": self.env["ir.model"]._get_id("mailing.list"),
                "contact_list_ids": self.list.ids,
            }
        )
        self.env["mailing.sms.test"].create(
            {"mailing_id": mailing.id, "numbers": NUMBER}
        ).action_send_sms()
        [(_number, text)] = self.texts()
        path = text[text.index("/", text.index("://") + 3) :]
        self.assertIn("This was a test", self.url_open(path).text)
        self.assertEqual(path, f"/o/{links.BLANK}/{mailing.id}")

    def test_counter_counts_a_link_as_long(self):
        mailing, _path = self.to_the_list()
        [(_number, text)] = self.texts()
        end = mailing.get_sms_link_replacements_placeholders()["unsubscribe"]
        self.assertEqual(len(f"News{end}"), len(text))
        new = self.env["mailing.mailing"].get_sms_link_replacements_placeholders()
        digits = len(str(mailing.id + 1)) - len(str(mailing.id))
        self.assertEqual(len(new["unsubscribe"]), len(end) + digits)

    def test_without_a_gateway_all_is_odoos(self):
        self.gateway.active = False
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "mailing_type": "sms",
                "body_plaintext": "News",
                "sms_allow_unsubscribe": True,
                "mailing_model_id": self.env["ir.model"]._get_id("mailing.list"),
                "contact_list_ids": self.list.ids,
            }
        )
        mailing.action_send_sms()
        trace = mailing.mailing_trace_ids
        sms = self.env["sms.sms"].search([("mailing_id", "=", mailing.id)])
        link = f"/sms/{mailing.id}/{trace.sms_code}"
        self.assertTrue(sms.body.endswith(link))
        path = f"/sms/{mailing.id}/unsubscribe/{trace.sms_code}"
        self.url_open(f"{path}?sms_number=%2B254712345678")
        self.assertEqual(self.opted_out(), (False, self.list))
