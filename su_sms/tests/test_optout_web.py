import re

from odoo.tests import HttpCase, tagged

from ..controllers import optout
from ..dispatch.limit import RateLimit

NUMBER = "+254712345678"


@tagged("post_install", "-at_install")
class TestOptoutWeb(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.links = cls.env["sms.optout.link"]
        cls.company = cls.env["res.company"].create(
            {"name": "Savanna <b>University</b>"}
        )

    def setUp(self):
        super().setUp()
        self.patch(optout, "mistakes", RateLimit(1000, 0))
        self.patch(optout, "choices", RateLimit(1000, 0))
        self.path = self._path(NUMBER)

    def _path(self, number):
        (url,) = self.links._urls([number], self.company).values()
        return url[url.index("/o/") :]

    def _out(self):
        return bool(self.env["sms.blacklist"]._opted_out([NUMBER]))

    def _choose(self, choice, given=()):
        page = self.url_open(self.path)
        token = re.search(r'name="csrf_token"\s+value="([^"]+)"', page.text)[1]
        data = {"csrf_token": token, "choice": choice, **dict(given)}
        return self.url_open(self.path, data=data)

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
