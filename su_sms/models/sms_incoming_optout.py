from datetime import timedelta

from odoo import fields, models

from ..text import e164
from .sms_consent import Act

# An answer goes to a number at most this often: two machines must not talk for ever.
ANSWER_AGAIN = timedelta(days=1)


class SmsIncoming(models.Model):
    """STOP and START: what somebody writes to opt out, or in again."""

    _inherit = "sms.incoming"

    def _on_incoming(self):
        result = super()._on_incoming()
        kind = self.env["sms.optout.word"]._kind_of(self.body)
        if kind and e164.parts(self.number):
            self._on_word(kind == "stop")
        return result

    def _on_word(self, out):
        blacklist = self.env["sms.blacklist"].sudo()
        said_no = bool(blacklist._opted_out([self.number]))
        act = self._act_of_word(out)
        if self._is_overtaken(out):
            self.env["sms.consent"]._keep([(self.number, act)], out)
            return
        answer = False
        if out != said_no:
            answer = self._answer(out)
        act = act._replace(confirmed=bool(answer))
        (blacklist._opt_out if out else blacklist._opt_in)([self.number], act)
        if answer:
            self._send_answer(answer)

    def _act_of_word(self, out):
        note = ""
        if self._is_overtaken(out):
            note = self.env._("It came late: something newer counts.")
        elif out and (count := self._on_the_wire()):
            note = self.env._("%s messages were on their way already.", count)
        return Act(
            "stop" if out else "start",
            "sms",
            min(self.date, fields.Datetime.now()),
            note=note,
            evidence=f"“{self.body.strip()}” → {self.short_code or ''}",
            company_id=self.company_id.id,
            gateway_id=self.gateway_id.id,
            incoming_id=self.id,
        )

    def _is_overtaken(self, out):
        """Tell whether the opposite was said after this was written.

        Posts come in any order. Of the same second, the no counts.
        """
        later = ">" if out else ">="
        return bool(
            self.env["sms.consent"]
            .sudo()
            .search_count(
                [
                    ("number", "=", self.number),
                    ("kind", "=", "optin" if out else "optout"),
                    ("date", later, self.date),
                ],
                limit=1,
            )
        )

    def _on_the_wire(self):
        """Count the promotional messages that it is too late to stop."""
        return (
            self.env["sms.sms"]
            .sudo()
            .search_count(
                [
                    ("state", "=", "process"),
                    ("message_class", "=", "promotional"),
                    ("number", "=", self.number),
                ]
            )
        )

    def _answer(self, out):
        """Give the text that confirms, or none if there is none or it is too soon."""
        gateway = self.gateway_id
        if out and gateway.block_transactional:
            return False
        answered = self.env["sms.consent"].sudo()
        answered = answered.search_count(
            [
                ("number", "=", self.number),
                ("confirmed", "=", True),
                ("create_date", ">", fields.Datetime.now() - ANSWER_AGAIN),
                ("kind", "=", "optout" if out else "optin"),
            ],
            limit=1,
        )
        return not answered and (gateway.optout_text if out else gateway.optin_text)

    def _send_answer(self, text):
        company = self.company_id or self.env.company
        self.env["sms.sms"].sudo().with_company(company).create(
            [
                {
                    "number": self.number,
                    "body": text,
                    "gateway_id": self.gateway_id.id,
                    "message_class": "transactional",
                    "priority": "2",
                    "partner_id": self.partner_id.id,
                }
            ]
        )
        self.env["sms.sms"]._trigger_dispatch()
