import re
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from ...controllers import mailing_sms, optout
from ...privacy import links
from ...tools.acts import Act
from ...tools.rate_limit import RateLimit

NUMBER = "+254712345678"


class OptoutCase(HttpCase):
    """People who follow links, as fast as a test does."""

    def setUp(self):
        super().setUp()
        self.patch(optout, "mistakes", RateLimit(1000, 0))
        self.patch(optout, "choices", RateLimit(1000, 0))
        self.patch(optout, "lookups", RateLimit(1000, 0))
        self.patch(mailing_sms, "guesses", RateLimit(1000, 0))
        self.patch(mailing_sms, "guesses_about", RateLimit(1000, 0))

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

    def test_no_page_has_what_a_site_puts_on_every_page(self):
        """Analytics tell others each address, and these are a person's."""
        if "website" in self.env:
            for site in self.env["website"].search([]):
                site.google_analytics_key = "G-TEST"
                site.plausible_shared_key = "P-TEST"
                site.plausible_site = "example.ac.ke"
                site.custom_code_head = "<script>head()</script>"
                site.custom_code_footer = "<script>footer()</script>"
        self.env["sms.gateway.config"].create({"name": "Test", "api_key": "atsk_1"})
        token = self.path.removeprefix("/o/")
        mailing = "/sms/1/abc"
        for path in (self.path, "/o/" + "x" * 12, f"/o/{links.BLANK}", mailing):
            with self.subTest(path.replace(token, "")):
                page = self.url_open(path)
                for trace in ("<script", "<link", "<img", "G-TEST", token, "http"):
                    self.assertNotIn(trace, page.text)
                policy = page.headers["Content-Security-Policy"]
                self.assertIn("default-src 'none'", policy)
                self.assertNotIn("script-src", policy)
                self.assertIn("form-action 'self'", policy)

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

    def test_unknown_links_name_a_word_only_where_the_sender_can_be_answered(self):
        gateway = self.env["sms.gateway.config"].create(
            {"name": "Test", "api_key": "atsk_1", "sender_id": "STRATHMORE"}
        )
        path = "/o/" + "x" * 12
        self.assertNotIn("STOP", self.url_open(path).text)
        gateway.write({"optout_short_code": "20880", "keyword": "STRATH"})
        self.assertIn("STRATH STOP to 20880", self.url_open(path).text)

    def test_unknown_links_tell_nothing(self):
        token = self.path.removeprefix("/o/")
        other = token[:6] + "X" * 6
        for wrong in (
            "X" * 12,
            other,
            "é" * 12,
            token[:-1],
            token.swapcase(),
            token + "a",
            "%00",
            "é",
        ):
            with self.subTest(wrong):
                page = self.url_open(f"/o/{wrong}")
                self.assertEqual(page.status_code, 404)
                self.assertIn("Unknown link", page.text)
                self.assertNotIn("Savanna", page.text)

    def test_guessing_is_slowed_down(self):
        self.patch(optout, "mistakes", RateLimit(2, 0))
        answers = [self.url_open(f"/o/{'X' * 12}").status_code for _n in range(4)]
        self.assertEqual(answers, [404, 404, 429, 429])
        self.assertEqual(self.url_open(self.path).status_code, 200)

    def test_an_address_is_limited_before_anything_is_looked_up(self):
        self.patch(optout, "lookups", RateLimit(3, 0))
        wrong = f"/o/{'X' * 12}"
        answers = [self.url_open(path).status_code for path in [wrong] * 3]
        self.assertEqual(answers, [404] * 3)
        for path in (wrong, self.path, f"{self.path}/1"):
            page = self.url_open(path)
            self.assertEqual(page.status_code, 429)
            self.assertIn("Too many attempts", page.text)
            self.assertIn("Retry-After", page.headers)

    def test_who_guesses_blocks_nobody_behind_the_same_address(self):
        self.patch(optout, "mistakes", RateLimit(1, 0))
        wrong = f"/o/{'X' * 12}"
        self.assertEqual(self.url_open(wrong).status_code, 404)
        for _again in range(5):
            self.assertEqual(self.url_open(wrong).status_code, 429)
            self.assertEqual(self.url_open(self.path).status_code, 200)
        self._choose("out")
        self.assertTrue(self._out())

    def test_every_page_is_in_nobodys_frame_and_cache(self):
        self._choose("out")
        self.patch(optout, "choices", RateLimit(0, 0))
        pages = [
            self.url_open(self.path),
            self.url_open(f"/o/{links.BLANK}"),
            self.url_open(f"/o/{'X' * 12}"),
            self._choose("in"),
            self._choose("in", {"allow": "no"}),
            self.url_open(self.path, allow_redirects=False),
        ]
        self.assertEqual(
            [page.status_code for page in pages], [200, 200, 404, 429, 429, 200]
        )
        for page in pages:
            self.assert_private(page)

    def assert_private(self, page):
        headers = page.headers
        self.assertIn("frame-ancestors 'none'", headers["Content-Security-Policy"])
        self.assertEqual(headers["X-Frame-Options"], "DENY")
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(headers["Cache-Control"], "no-store")

    def test_the_blank_of_a_test_leads_to_a_page_that_says_so(self):
        for path in (f"/o/{links.BLANK}", f"/o/{links.BLANK}/1"):
            page = self.url_open(path)
            self.assertEqual(page.status_code, 200)
            self.assertIn("This was a test", page.text)
            self.assertNotIn("<form", page.text)

    # ------------------------------------------------------------
    # A link takes back only what a link has said
    # ------------------------------------------------------------

    def _say(self, *acts):
        """Let a number's owner say no (True) or yes, each by an act."""
        blacklist = self.env["sms.blacklist"]
        for out, reason, channel in acts:
            act = Act(reason, channel, note="So it was", company_id=self.company.id)
            (blacklist._opt_out if out else blacklist._opt_in)([NUMBER], act)

    def test_a_link_takes_back_no_other_no(self):
        link = (True, "web_link", "web")
        stop, back = (True, "stop", "sms"), (False, "start", "sms")
        called = (True, "own_request", "manual")
        for said in (
            [stop],
            [called],
            [(True, "complaint", "manual")],
            [(True, "provider", "provider")],
            [(True, "unstated", "odoo")],
            [(True, "web_link", "manual")],
            [link, stop],
            [stop, link],
            [link, back, called],
        ):
            with self.subTest(said), self.env.cr.savepoint() as savepoint:
                self._say(*said)
                page = self.url_open(self.path)
                self.assertIn("You have opted out", page.text)
                self.assertNotIn("Receive SMS again", page.text)
                self.assertIn("Ask us", page.text)
                self._choose("in")
                self.assertTrue(self._out())
                savepoint.rollback()

    def test_a_link_takes_back_what_links_alone_have_said(self):
        link, stop = (True, "web_link", "web"), (True, "stop", "sms")
        now, theirs = fields.Datetime.now(), {"company_id": self.company.id}
        earlier = Act("stop", "sms", now - timedelta(days=2), **theirs)
        self.env["sms.blacklist"]._opt_out([NUMBER], earlier)
        start = Act("start", "sms", now - timedelta(days=1), **theirs)
        self.env["sms.blacklist"]._opt_in([NUMBER], start)
        self._say(link, link)
        self.assertIn("Receive SMS again", self.url_open(self.path).text)
        self._choose("in")
        self.assertFalse(self._out())
        self._say(stop)
        self._choose("in")
        self.assertTrue(self._out())

    def test_a_link_takes_back_nothing_that_was_said_to_another_company(self):
        college = self.env["res.company"].create({"name": "Coast Polytechnic"})
        for said in (["web_link"], ["stop"], ["stop", "web_link"]):
            with self.subTest(said), self.env.cr.savepoint() as savepoint:
                for reason in said:
                    channel = "web" if reason == "web_link" else "sms"
                    act = Act(reason, channel, company_id=college.id)
                    self.env["sms.blacklist"]._opt_out([NUMBER], act)
                self._say((True, "web_link", "web"))
                self.assertIn("Ask us", self.url_open(self.path).text)
                self._choose("in")
                self.assertTrue(self._out())
                savepoint.rollback()

    def test_who_wrote_stop_is_told_how_to_come_back(self):
        self.env["sms.gateway.config"].create(
            {
                "name": "Savanna",
                "company_id": self.company.id,
                "is_default": True,
                "optout_short_code": "21512",
            }
        )
        self._say((True, "stop", "sms"))
        page = self.url_open(self.path)
        self.assertIn("START to 21512", page.text)
        self.assertNotIn("Receive SMS again", page.text)

    def test_links_are_short_stable_and_made_in_two_statements(self):
        numbers = [f"+2547110{n:05d}" for n in range(10_000)]
        with self.assertQueryCount(2):
            urls = self.links._urls(numbers, self.company)
        self.assertEqual(len(urls), 10_000)
        self.assertEqual(len(set(urls.values())), 10_000)
        self.assertRegex(urls[numbers[0]], r"/o/[A-Za-z0-9]{12}$")
        self.assertFalse(any(numbers[0][4:] in url for url in urls.values()))
        self.assertEqual(self.links._urls(numbers, self.company), urls)
        blank = self.links._blank_text(self.company)
        url = urls[numbers[0]]
        text = links.put_in(blank, url.rpartition("/")[2])
        self.assertEqual(len(text), len(blank))
        self.assertIn(url, text)

    def test_each_company_has_its_own_link(self):
        (other,) = self.links._urls([NUMBER], self.env.company).values()
        self.assertFalse(other.endswith(self.path))
