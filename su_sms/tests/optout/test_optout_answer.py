"""What people who opt out or in are answered."""

from odoo.tests import tagged

from ...tools.acts import Act
from .blacklist_case import NUMBER
from .words_case import WordsCase


@tagged("post_install", "-at_install")
class TestOptoutAnswer(WordsCase):
    def _answers(self):
        self.env["sms.sms"]._process_outbox()
        return [text for number, text in self.texts() if number == NUMBER]

    def test_no_answer_without_a_text(self):
        self.write_in("STOP")
        self.assertFalse(self._answers())

    def test_answer_is_sent_once_although_they_opted_out(self):
        self.gateway.write({"optout_text": "Bye", "optin_text": "Hello again"})
        self.write_in("STOP")
        self.write_in("STOP", 1)
        self.assertEqual(self._answers(), ["Bye"])
        sms = self.env["sms.sms"].search([("body", "=", "Bye")])
        self.assertEqual(sms.message_class, "transactional")
        self.assertEqual(sms.gateway_id, self.gateway)
        self.write_in("START", 2)
        self.assertEqual(self._answers(), ["Bye", "Hello again"])
        self.write_in("STOP", 3)
        self.write_in("START", 4)
        self.assertEqual(self._answers(), ["Bye", "Hello again"], "no endless talk")
        self.assertFalse(self.entry().active)

    def test_no_answer_to_who_was_out_already_or_never_left(self):
        self.gateway.write({"optout_text": "Bye", "optin_text": "Hello again"})
        self.write_in("START")
        self.blacklist._opt_out([NUMBER], Act("complaint", "manual"))
        self.write_in("STOP", 99_999_999)
        self.assertFalse(self._answers())

    def test_gateway_that_sends_nothing_to_opted_out_people_does_not_answer(self):
        self.gateway.write({"optout_text": "Bye", "block_transactional": True})
        self.write_in("STOP")
        self.assertFalse(self._answers())
