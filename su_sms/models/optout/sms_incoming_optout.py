from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

from ...text import e164
from ...tools.acts import Act

# An answer goes to a number at most this often: two machines must not talk for ever.
ANSWER_AGAIN = timedelta(days=1)
ACTIVITY = "su_sms.mail_activity_type_incoming"
LOOK = "su_sms.sms_incoming_action_look"


class SmsIncoming(models.Model):
    """STOP and START: what somebody writes to opt out, or in again."""

    _inherit = "sms.incoming"

    doubtful = fields.Boolean(
        "To Be Looked At",
        readonly=True,
        help="It has a word to opt out among others: only a person can tell what it"
        " means.",
    )
    looked_at_by_id = fields.Many2one("res.users", readonly=True)

    _doubtful_idx = models.Index("(number) WHERE doubtful")

    def _on_incoming(self):
        result = super()._on_incoming()
        words = self.env["sms.optout.word"]
        meaning = words._meaning(self.body, self.gateway_id.sudo().keyword)
        if not e164.parts(self.number):
            return result
        if meaning.kind:
            self._on_word(meaning.kind == "stop")
        elif meaning.doubtful and not self._said_no():
            self.doubtful = True
            self._ask_to_look()
        return result

    def _said_no(self):
        return bool(self.env["sms.blacklist"].sudo()._opted_out([self.number]))

    def _on_word(self, out, note=""):
        blacklist = self.env["sms.blacklist"].sudo()
        said_no = self._said_no()
        act = self._act_of_word(out)
        if note:
            act = act._replace(note=" ".join(filter(None, (note, act.note))))
        if out:
            doubts = self.sudo().search(
                [("number", "=", self.number), ("doubtful", "=", True)]
            )
            doubts._forget_doubt()
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
            evidence=f"“{(self.body or '').strip()}” → {self.short_code or ''}",
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

    # ------------------------------------------------------------
    # What a person has to look at
    # ------------------------------------------------------------

    def action_opt_out(self):
        """Opt out who has written this: a person has read it as a no."""
        for message in self._looked_at():
            if not e164.parts(message.number):
                raise UserError(self.env._("The number of this message is gone."))
            note = self.env._("%s read it as a no.", self.env.user.name)
            message._on_word(True, note)

    def action_keep(self):
        """Note that this is no wish to opt out."""
        self._looked_at()._forget_doubt()

    def _looked_at(self):
        """Note who looks at these messages; give them with the rights to act."""
        self.check_access("read")
        messages = self.sudo()
        messages.looked_at_by_id = self.env.user
        return messages

    def _forget_doubt(self):
        self.filtered("doubtful").doubtful = False
        self._forget_to_look()

    def _ask_to_look(self):
        """Let managers look at it: an activity for each, however many there are."""
        company = self.company_id
        managers = self.env.ref("su_sms.group_manager").sudo().all_user_ids
        managers = managers.filtered(
            lambda user: (
                user.active
                and not user.share
                and (not company or company in user.company_ids)
            )
        )
        told = self._activities([("user_id", "in", managers.ids)]).user_id
        text = self.env._(
            "Somebody may have asked for no more SMS. Read it and decide:"
        )
        link = Markup('<a href="/odoo/action-%s">%s</a>') % (
            LOOK,
            self.env._("To Be Looked At"),
        )
        self.env["mail.activity"].sudo().create(
            [
                {
                    "activity_type_id": self.env.ref(ACTIVITY).id,
                    "automated": True,
                    "summary": self.env._("Answers that may be a no"),
                    "note": Markup("%s %s") % (text, link),
                    "user_id": user.id,
                    "date_deadline": fields.Date.context_today(self.with_user(user)),
                }
                for user in managers - told
            ]
        )

    @api.model
    def _forget_to_look(self):
        """Take the activities away of those for whom nothing is left to look at."""
        for activity in self._activities([]):
            companies = activity.user_id.company_ids
            left = self.sudo().search_count(
                [
                    ("doubtful", "=", True),
                    ("company_id", "in", [*companies.ids, False]),
                ],
                limit=1,
            )
            if not left:
                activity.unlink()

    @api.model
    def _activities(self, domain):
        kind = self.env.ref(ACTIVITY).id
        activities = self.env["mail.activity"].sudo()
        return activities.search([("activity_type_id", "=", kind), *domain])
