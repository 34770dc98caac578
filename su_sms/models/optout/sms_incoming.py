from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

from ...text import e164, optout, phone
from ...tools.acts import Act

# An answer goes to a number at most this often: two machines must not talk for ever.
ANSWER_AGAIN = timedelta(days=1)
ACTIVITY = "su_sms.mail_activity_type_incoming"
LOOK = "su_sms.sms_incoming_action_look"


class SmsIncoming(models.Model):
    """A message that somebody sent to one of our short codes."""

    _name = "sms.incoming"
    _inherit = ["sms.form.mixin", "sms.number.search"]
    _description = "Incoming SMS"
    _order = "date desc, id desc"
    _rec_name = "number"

    gateway_id = fields.Many2one(
        "sms.gateway.config", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="gateway_id.company_id", store=True)
    number = fields.Char("From", required=True, readonly=True, index=True)
    short_code = fields.Char("To", readonly=True)
    body = fields.Text("Text", readonly=True)
    date = fields.Datetime(required=True, readonly=True)
    network = fields.Char(readonly=True)
    partner_id = fields.Many2one("res.partner", "Contact", readonly=True)
    provider_message_id = fields.Char("Message ID", readonly=True)
    mail_message_id = fields.Many2one(
        "mail.message", "Note", readonly=True, index="btree_not_null"
    )
    # AT posts again what was not acknowledged in time.
    _once = models.UniqueIndex(
        "(gateway_id, provider_message_id) WHERE provider_message_id IS NOT NULL",
        "This message already exists.",
    )

    # STOP and START
    doubtful = fields.Boolean(
        "To Review",
        readonly=True,
        help="It contains an opt-out word among others: a person has to decide what"
        " it means.",
    )
    looked_at_by_id = fields.Many2one("res.users", readonly=True)
    _doubtful_idx = models.Index("(number) WHERE doubtful")

    @api.model
    def _receive(self, gateway, incoming):
        """Keep an incoming message, once, and show it in its contact's chatter.

        :param incoming: africastalking.events.Incoming
        :return: the message, which may have been here before
        """
        gateway = gateway._meant_by(incoming.to, incoming.text)
        if incoming.message_id:
            known = self.search(
                [
                    ("gateway_id", "=", gateway.id),
                    ("provider_message_id", "=", incoming.message_id),
                ],
                limit=1,
            )
            if known:
                return known
        company = gateway.company_id or self.env.company
        number = self.env["sms.sms"]._readable(incoming.number, company)
        message = self.create(
            {
                "gateway_id": gateway.id,
                "number": number,
                "short_code": incoming.to,
                "body": self._without_keyword(incoming.text, gateway),
                "date": incoming.date or fields.Datetime.now(),
                "network": incoming.network,
                "provider_message_id": incoming.message_id or False,
                "partner_id": self._partner_of(number, company).id,
            }
        )
        message._post()
        message._on_incoming()
        return message

    @api.model
    def _without_keyword(self, text, gateway):
        """Return a text without its gateway's keyword, unless it is part of a word."""
        if self.env["sms.optout.word"]._kind_of(text, gateway):
            return text
        return optout.cut(text, gateway.keyword or "")

    @api.model
    def _partner_of(self, number, company):
        """Return the contact with this number; of several the one last written to."""
        return self.env["res.partner"].search(
            [
                ("phone_sanitized", "=", number),
                ("company_id", "in", [company.id, False]),
            ],
            order="write_date desc, id desc",
            limit=1,
        )

    def _post(self):
        """Show the text in the contact's chatter, as text whatever it holds."""
        if self.partner_id:
            self.mail_message_id = self.partner_id.message_post(
                body=Markup("%s<br/>%s")
                % (
                    self.env._("SMS from %s:", phone.masked(self.number)),
                    self.body or "",
                ),
                author_id=self.partner_id.id,
                message_type="comment",
                subtype_xmlid="mail.mt_note",
            )

    def _on_incoming(self):
        """Act on what was said: words, such as STOP."""
        words = self.env["sms.optout.word"]
        gateway = self.gateway_id.sudo()
        meaning = words._meaning(self.body, gateway, gateway.keyword)
        if not e164.parts(self.number):
            return
        if meaning.kind:
            self._on_word(meaning.kind == "stop")
        elif meaning.doubtful and not self._said_no():
            self.doubtful = True
            self._ask_to_look()

    # ------------------------------------------------------------
    # STOP and START
    # ------------------------------------------------------------
    # STOP and START: what somebody writes to opt out, or in again.

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
            self.env["sms.consent"]._record([(self.number, act)], out, alone=True)
            return
        if not out and self._stays_out():
            self.env["sms.consent"]._record([(self.number, act)], out, alone=True)
            if said_no:
                blacklist._put_in_force(self._noes_to_others()[:1])
            return
        answer = False
        if out != said_no:
            answer = self._answer(out)
        act = act._replace(confirmed=bool(answer))
        (blacklist._opt_out if out else blacklist._opt_in)([self.number], act)
        if answer:
            self._send_answer(answer)

    def _stays_out(self):
        """Tell whether a START leaves a no in force that another company was told.

        Of who was erased nobody knows any more to whom they had said it.
        """
        suppression = self.env["sms.suppression"].sudo()
        return bool(
            self._noes_to_others()
            or self._has_others()
            and suppression._blocked({self.number})
        )

    def _noes_to_others(self):
        return self.env["sms.consent"]._noes_to_others(self.number, self.company_id)

    def _has_others(self):
        """Tell whether this gateway is a company's, and others have theirs."""
        gateways = self.env["sms.gateway.config"].sudo().with_context(active_test=False)
        others = [("company_id", "!=", self.company_id.id)]
        return bool(self.company_id and gateways.search_count(others, limit=1))

    def _act_of_word(self, out):
        note = ""
        if self._is_overtaken(out):
            note = self.env._("Superseded by a newer report.")
        elif out and (count := self._on_the_wire()):
            note = self.env._("%s messages had already been sent.", count)
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
        """Tell whether the opposite was said, here or to all, after this was written.

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
                    *(self.company_id and self._to_this_company() or ()),
                ],
                limit=1,
            )
        )

    def _to_this_company(self):
        return [("company_id", "in", [self.company_id.id, False])]

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
        """Return the text that confirms, or none if there is none or it is too soon."""
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
                raise UserError(
                    self.env._("The number of this message has been removed.")
                )
            note = self.env._("%s treated it as an opt-out.", self.env.user.name)
            message._on_word(True, note)

    def action_not_optout(self):
        """Note that this is no wish to opt out."""
        self._looked_at()._forget_doubt()

    def _looked_at(self):
        """Note who looks at these messages; return them with the rights to act."""
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
        text = self.env._("This message may be an opt-out request. Please review it:")
        link = Markup('<a href="/odoo/action-%s">%s</a>') % (
            LOOK,
            self.env._("To Review"),
        )
        self.env["mail.activity"].sudo().create(
            [
                {
                    "activity_type_id": self.env.ref(ACTIVITY).id,
                    "automated": True,
                    "summary": self.env._("Possible opt-outs to review"),
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
