"""The server's log has no secret of an address, however the address is spelled."""

import logging

from odoo.tests import BaseCase, tagged

from ...controllers.access_log import HideSecret

TOKEN = "hT6Yq0PzK2bd"


@tagged("post_install", "-at_install")
class TestAccessLog(BaseCase):
    def logged(self, text):
        record = logging.LogRecord("werkzeug", logging.INFO, "", 0, "%s", (text,), None)
        self.assertTrue(HideSecret().filter(record))
        return record.getMessage()

    def test_secrets_of_addresses_are_hidden(self):
        for path in (
            f"/o/{TOKEN}",
            f"/o//{TOKEN}",
            f"//o/{TOKEN}",
            f"/o%2f{TOKEN}",
            f"/o%2F{TOKEN}",
            f"/O/{TOKEN}",
            f"/fr/o/{TOKEN}",
            f"/en_US/o/{TOKEN}?x=1",
            f"/sr@latin/o/{TOKEN}",
            f"https://sms.example.ke/o/{TOKEN}",
            f"/su_sms/callback/{TOKEN}/delivery",
            f"/su_sms//callback/{TOKEN}/delivery",
            f"/su_sms/callback//{TOKEN}/delivery",
            f"/SU_SMS/callback/{TOKEN}/incoming",
            f"/fr/su_sms/callback/{TOKEN}/incoming",
            f"/sms/12/{TOKEN}",
            f"/sms/12/unsubscribe/{TOKEN}",
            f"/sms/12/abc?sms_number={TOKEN}",
            f"/o?t={TOKEN}",
        ):
            with self.subTest(path):
                line = self.logged(f'127.0.0.1 - "GET {path} HTTP/1.1" 200 - 3 0.001')
                self.assertNotIn(TOKEN, line)
                self.assertTrue(line.endswith('HTTP/1.1" 200 - 3 0.001'))

    def test_the_rest_of_a_line_stays(self):
        for line in (
            "POST /web/dataset/call_kw/sms.sms/read HTTP/1.1",
            "GET /odoo/contacts?debug=1 HTTP/1.1",
            "GET /r/aBc HTTP/1.1",
        ):
            self.assertEqual(self.logged(line), line)
