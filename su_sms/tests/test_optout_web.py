import re

from odoo.tests import HttpCase, tagged

from ..controllers import optout
from ..dispatch.limit import RateLimit
from .common import GatewayCase

NUMBER = "+254712345678"


class OptoutCase(HttpCase):
    """People who follow links, as fast as a test does."""

    def setUp(self):
        super().setUp()
        self.patch(optout, "mistakes", RateLimit(1000, 0))
        self.patch(optout, "choices", RateLimit(1000, 0))

    def press(self, path, choice, given=()):
        """Open the page behind a link, and press one of its buttons."""
        page = self.url_open(path)
        token = re.search(r'name="csrf_token"\s+value="([^"]+)"', page.text)[1]
        data = {"csrf_token": token, "choice": choice, **dict(given)}
        return self.url_open(path, data=data)


@tagged("post_install", "-at_install")
class TestOptoutWeb(OptoutCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.links = cls.env["sms.optout.link"]
        cls.company = cls.env["res.company"].create(
            {"name": "Savanna <b>University</b>"}
        )

    def setUp(self):
        super().setUp()
        self.path = self._path(NUMBER)

    def _path(self, number):
        (url,) = self.links._urls([number], self.company).values()
        return url[url.index("/o/") :]

    def _out(self):
        return bool(self.env["sms.blacklist"]._opted_out([NUMBER]))

    def _choose(self, choice, given=()):
        return self.press(self.path, choice, given)

    def test_get_shows_and_changes_nothing(self):
        for _twice in range(2):
            page = self.url_open(self.path)
            self.assertEqual(page.status_code, 200)
            self.assertIn("Stop promotional SMS", page.text)
        self.assertNotIn("712345", page.text)
        self.assertIn("678", page.text)
        self.assertIn("Savanna &lt;b&gt;University", page.text)
        self.assertIn("noindex", page.headers["X-Robots-Tag"])
        self.assertIn("noindex", page.text)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(self.url_open(self.path, method="HEAD").status_code, 200)
        self.assertFalse(self._out())

    def test_post_opts_out_and_back_in(self):
        page = self._choose("out")
        self.assertEqual(page.status_code, 200)
        self.assertIn("You have opted out", page.text)
        self.assertTrue(self._out())
        self._choose("out")
        page = self._choose("in")
        self.assertIn("Stop promotional SMS", page.text)
        self.assertFalse(self._out())
        lines = self.env["sms.consent"].search([("number", "=", NUMBER)], order="id")
        self.assertEqual(lines.mapped("kind"), ["optout", "optin"])
        self.assertEqual(set(lines.mapped("channel")), {"web"})
        self.assertEqual(lines.company_id, self.company)
        self.assertFalse(lines.user_id)

    def test_post_without_the_pages_token_changes_nothing(self):
        with self.assertLogs("odoo.http", "WARNING") as logs:
            page = self.url_open(self.path, data={"choice": "out"})
        self.assertEqual(page.status_code, 400)
        self.assertNotIn(self.path, "".join(logs.output))
        self.assertFalse(self._out())

    def test_nonsense_changes_nothing(self):
        for choice in ("x", "", "OUT", "out\0"):
            page = self._choose(choice, {"self": "1", "token": "2", "env": "3"})
            self.assertEqual(page.status_code, 200)
            self.assertFalse(self._out())

    def test_unknown_links_tell_nothing(self):
        token = self.path.removeprefix("/o/")
        for wrong in ("X" * 12, token[:-1], token.swapcase(), token + "a", "%00", "é"):
            with self.subTest(wrong):
                page = self.url_open(f"/o/{wrong}")
                self.assertEqual(page.status_code, 404)
                self.assertIn("This link is not known", page.text)
                self.assertNotIn("Savanna", page.text)

    def test_guessing_is_slowed_down(self):
        self.patch(optout, "mistakes", RateLimit(2, 0))
        answers = [self.url_open(f"/o/{'X' * 12}").status_code for _n in range(4)]
        self.assertEqual(answers, [404, 404, 429, 429])
        self.assertEqual(self.url_open(self.path).status_code, 200)

    def test_links_are_short_stable_and_made_in_two_statements(self):
        numbers = [f"+2547110{n:05d}" for n in range(10_000)]
        with self.assertQueryCount(2):
            urls = self.links._urls(numbers, self.company)
        self.assertEqual(len(urls), 10_000)
        self.assertEqual(len(set(urls.values())), 10_000)
        self.assertRegex(urls[numbers[0]], r"/o/[A-Za-z0-9]{12}$")
        self.assertFalse(any(numbers[0][4:] in url for url in urls.values()))
        self.assertEqual(self.links._urls(numbers, self.company), urls)
        text = self.links._texts(numbers[:1], self.company)[numbers[0]]
        self.assertEqual(len(text), len(self.links._sample_text(self.company)))
        self.assertIn(urls[numbers[0]], text)

    def test_each_company_has_its_own_link(self):
        (other,) = self.links._urls([NUMBER], self.env.company).values()
        self.assertFalse(other.endswith(self.path))


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
        """Send a mailing that says how to opt out; give it and the path of its link."""
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
        self.assertRegex(text, r"^News\nSTOP SMS: http\S+$")
        return mailing, text[text.index("/", text.index("://") + 3) :]

    def to_the_list(self):
        return self.mailing(contact_list_ids=self.list.ids)

    def to_the_contact(self):
        domain = repr([("id", "=", self.partner.id)])
        return self.mailing("res.partner", mailing_domain=domain)

    def opted_out(self):
        """Give whether the number has opted out, and the lists that it has left."""
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
        self.assertIn("You have left", page.text)
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

    def test_odoos_link_of_an_earlier_message_leads_to_the_page_that_asks(self):
        mailing, path = self.to_the_list()
        code = mailing.mailing_trace_ids.sms_code
        odoos = f"/sms/{mailing.id}"
        for route in (f"{odoos}/{code}", f"{odoos}/unsubscribe/{code}"):
            with self.subTest(route):
                page = self.url_open(f"{route}?sms_number=%2B254712345678")
                self.assertEqual(page.url, self.base_url() + path)
                self.assertIn("Stop promotional SMS", page.text)
        self.assertEqual(self.opted_out(), (False, self.env["mailing.list"]))

    def test_odoos_link_that_is_guessed_wrong_tells_nothing(self):
        mailing, _path = self.to_the_list()
        self.patch(optout, "mistakes", RateLimit(2, 0))
        route = f"/sms/{mailing.id}/unsubscribe/-_-"
        answers = [
            self.url_open(f"{route}?sms_number=%2B254712345678").status_code
            for _n in range(3)
        ]
        self.assertEqual(answers, [404, 404, 429])
        self.assertEqual(self.opted_out(), (False, self.env["mailing.list"]))

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
