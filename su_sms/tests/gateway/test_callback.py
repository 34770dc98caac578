import logging
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ...controllers import callbacks
from ...tools.rate_limit import RateLimit

# Bodies as somebody might send them; each with a valid token is stored, none is a 5xx.
BODIES = [
    b"",
    b"id=ATXid_1&status=Success&phoneNumber=%2B254712345678",
    b"id=1&id=2&status=Success&status=Failed",
    b"id=%00&status=%00",
    b"id=\xff\xfe&status=\xc3\x28",
    b"id=1';DROP TABLE sms_sms;--&status=<script>alert(1)</script>",
    b"&&&===",
    b"self=1&token=other&kind=incoming&env=1&cr=1&args=1&kwargs=1",
    b'{"json": true}',
    b"a=" + b"x" * 20_000,
]


@tagged("post_install", "-at_install")
class TestCallback(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway = cls.env["sms.gateway.config"].create({"name": "Test"})
        cls.events = cls.env["sms.gateway.event"]

    def setUp(self):
        super().setUp()
        self.patch(callbacks, "mistakes", RateLimit(1000, 0))
        self.patch(callbacks, "posts", RateLimit(1000, 0))

    def post(self, body, path=None, **headers):
        path = path or urlsplit(self.gateway.delivery_url).path
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        return self.url_open(path, data=body, headers=headers, method="POST")

    def stored(self):
        return self.events.search_count([("gateway_id", "=", self.gateway.id)])

    def test_event_is_stored_and_answered_200(self):
        for kind in ("delivery", "incoming", "optout", "subscription"):
            path = urlsplit(self.gateway[f"{kind}_url"]).path
            answer = self.post(b"id=1", path)
            self.assertEqual((answer.status_code, answer.text), (200, "OK"))
            event = self.events.search([("kind", "=", kind)])
            self.assertEqual(event.gateway_id, self.gateway)
            self.assertEqual(event.state, "new")

    def test_any_body_is_stored_and_none_is_an_error(self):
        for body in BODIES:
            with self.subTest(body[:40]):
                before = self.stored()
                answer = self.post(body)
                self.assertEqual(answer.status_code, 200)
                self.assertEqual(self.stored(), before + 1)

    def test_body_has_a_limit(self):
        answer = self.post(b"a=" + b"x" * 100_000)
        self.assertEqual(answer.status_code, 413)
        self.assertEqual(self.stored(), 0)

    def test_wrong_token_is_not_found_and_tells_nothing(self):
        for path in (
            "/su_sms/callback/wrong/delivery",
            "/su_sms/callback/%C3%A9/delivery",
            "/su_sms/callback/x/delivery",
            self.gateway.callback_token and "/su_sms/callback//delivery",
            f"/su_sms/callback/{self.gateway.callback_token}/nonsense",
        ):
            with self.subTest(path):
                answer = self.post(b"id=1", path)
                self.assertEqual(answer.status_code, 404)
                self.assertNotIn("gateway", answer.text.lower())
        self.assertEqual(self.stored(), 0)

    def test_get_says_that_the_address_is_right(self):
        answer = self.url_open(urlsplit(self.gateway.delivery_url).path)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self.stored(), 0)

    def test_old_addresses_work_for_a_while(self):
        old = urlsplit(self.gateway.delivery_url).path
        self.gateway.action_renew_callbacks()
        new = urlsplit(self.gateway.delivery_url).path
        self.assertNotEqual(old, new)
        self.assertEqual(self.post(b"id=1", old).status_code, 200)
        self.assertEqual(self.post(b"id=1", new).status_code, 200)
        self.gateway.callback_token_until = fields.Datetime.now() - timedelta(hours=1)
        self.env.registry.clear_cache()
        self.assertEqual(self.post(b"id=1", old).status_code, 404)
        self.assertEqual(self.post(b"id=1", new).status_code, 200)

    def test_address_that_guesses_is_slowed_down(self):
        self.patch(callbacks, "mistakes", RateLimit(3, 0))
        for _guess in range(3):
            answer = self.post(b"id=1", "/su_sms/callback/wrong/delivery")
            self.assertEqual(answer.status_code, 404)
        answer = self.post(b"id=1", "/su_sms/callback/wrong/delivery")
        self.assertEqual(answer.status_code, 429)

    def test_address_that_floods_is_told_to_come_later(self):
        self.patch(callbacks, "posts", RateLimit(2, 0))
        codes = [self.post(b"id=1").status_code for _post in range(3)]
        self.assertEqual(codes, [200, 200, 429])
        self.assertEqual(self.stored(), 2)

    def test_event_tells_from_where_it_was_posted(self):
        self.post(b"id=1")
        event = self.env["sms.gateway.event"].search([], order="id desc", limit=1)
        self.assertEqual(event.address, "127.0.0.1")

    def test_token_is_not_logged(self):
        token = self.gateway.callback_token
        with self.assertLogs("werkzeug", logging.INFO) as logs:
            self.post(b"id=1")
        self.assertIn("/su_sms/callback/…/delivery", "".join(logs.output))
        self.assertNotIn(token, "".join(logs.output))

    @mute_logger("odoo.http")
    def test_warning_about_an_address_that_cannot_be_reached(self):
        parameters = self.env["ir.config_parameter"]
        for base, word in (
            ("http://localhost:8069", "can't reach"),
            ("http://192.168.1.5", "can't reach"),
            ("http://odoo.example.ac.ke", "not encrypted"),
            ("https://odoo.example.ac.ke", None),
        ):
            parameters.set_param("web.base.url", base)
            self.gateway.invalidate_recordset()
            if word is None:
                self.assertFalse(self.gateway.callback_warning)
            else:
                self.assertIn(word, self.gateway.callback_warning)
