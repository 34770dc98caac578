from collections import Counter
from datetime import datetime
from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields, models

from ...dispatch import gate
from ...text import phone, placeholders
from ..ir_actions_server import BY_ACTION
from .sms_sms_limit import POSTED, is_single

# What is made more than this many at a time is bulk.
FEW = 20
# What a composer's context says of where it was opened; of the rest of a message no
# context decides, as it stays on record.
OPENED_FROM = {"res_model", "res_id"}
# For the context: no request can have one of these.
MANY, TEST = object(), object()
# What an action's code says of a message; the rest is what becomes of it.
GIVEN = {"number", "body", "partner_id", "mail_message_id", "mailing_id", "uuid"}


class NotAfter(NamedTuple):
    """For the context, where no request can have one: when messages are old news."""

    when: datetime


class Author(NamedTuple):
    """The employee who is behind a message, or nobody; and whether by hand."""

    user: models.BaseModel
    by_hand: bool = False


class SmsSms(models.Model):
    """Whose a message is: its company, gateway, class, priority and number.

    And what an action may say of it, and when it is old news.
    """

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.sms"

    not_after = fields.Datetime(
        readonly=True,
        copy=False,
        help="After this it is not sent any more: it is about a time that is over.",
    )
    _not_after_idx = models.Index(
        "(not_after) WHERE state = 'outgoing' AND not_after IS NOT NULL"
    )

    @api.model_create_multi
    def create(self, vals_list):
        chosen = any(vals.get("gateway_id") for vals in vals_list)
        if chosen or self.env["sms.gateway.config"]._default_ids():
            authors = self._authors(vals_list)
            vals_list = self._route(vals_list, authors)
            self._check_not_by_hand(vals_list)
            vals_list = self._with_not_after(self._within_hour(vals_list, authors))
            made = {}
            for creator, places in self._by_creator(vals_list, authors):
                some = [vals_list[place] for place in places]
                messages = super(SmsSms, creator).create(some)
                made |= dict(zip(places, messages.ids, strict=True))
            return self.browse(made[place] for place in range(len(vals_list)))
        return super().create(vals_list)

    def _by_creator(self, vals_list, authors):
        """Return [(messages, as who creates some, their places in the list)].

        What a job sends for somebody is on record as theirs, or nobody could see who
        caused it.
        """
        places = {}
        for place, (vals, author) in enumerate(zip(vals_list, authors, strict=True)):
            another = author.user not in (self.env.user, self.env["res.users"])
            own = another and vals.get("gateway_id") and is_single(vals)
            places.setdefault(author.user.id if own else False, []).append(place)
        return [
            (self.with_user(user).sudo() if user else self, some)
            for user, some in places.items()
        ]

    @api.model
    def _sms_by_code(self, names, in_context=False):
        return set(names) - OPENED_FROM if in_context else set(names)

    @api.model
    def _route(self, vals_list, authors):
        """Return the values with gateway, company, class, priority and E.164 number.

        What a message is about proposes its company: its record's, else that of who is
        responsible for it, or for the mailing, else the one at work; it counts only if
        whoever makes the message is in it. Without a gateway for the company the values
        stay as they are.

        :param authors: the Author of each
        """
        gateways = self.env["sms.gateway.config"]
        caller = gateways._caller()
        theirs = caller and {False, *caller._get_company_ids()}
        bulk = len(vals_list) > FEW
        lists = self._are_to_many(authors)
        routed = []
        about = self._about(vals_list)
        for vals, (proposed, author), to_many in zip(
            vals_list, about, lists, strict=True
        ):
            if caller:
                vals = self._without_foreign(vals, theirs)
            given = self.env["res.company"].browse(vals.get("company_id") or [])
            company = gateways._payer([given, *proposed], caller or author)
            routed.append(self._route_one(vals, company, bulk, to_many))
        return routed

    @api.model
    def _authors(self, vals_list):
        """Return the Author of each message: who is behind it, whoever sends it.

        Whoever is at work; for what a job sends, who posted its note, or else who is
        behind the record that it is about. What a visitor of the site causes is
        nobody's, as is what a job sends about nobody's record.
        """
        employee = self.env["sms.gateway.config"]._employee
        composed = self.env.context.get("sms_from_composer") is True
        by_hand = composed or self.env.context.get("sms_posted") is POSTED
        if caller := employee(self.env.user):
            return [Author(caller, by_hand)] * len(vals_list)
        notes = self._notes(vals_list)
        notes.fetch(["create_uid"])
        records = [None] * len(vals_list)
        if self.env.uid == SUPERUSER_ID:
            records = self._records_about(vals_list)
        authors = []
        for vals, record in zip(vals_list, records, strict=True):
            note = notes.browse(vals.get("mail_message_id") or [])
            poster = employee(note.create_uid)
            behind = record._sms_behind() if record and not poster else poster
            authors.append(Author(behind, bool(poster)))
        return authors

    @api.model
    def _are_to_many(self, authors):
        """Tell of each message whether its author sends to several people at once.

        Who a list is sent to is asked for their no, whatever the class: a dialog's
        options and its context are whoever's who opens it. What jobs, and visitors of
        the site, send for nobody is no list. Tests have asked already.
        """
        if self.env.context.get("sms_test") is TEST:
            return [False] * len(authors)
        if self.env.context.get("sms_to_many") is MANY:
            return [True] * len(authors)
        each = Counter(author.user.id for author in authors)
        return [bool(author.user) and each[author.user.id] > 1 for author in authors]

    @api.model
    def _without_foreign(self, vals, theirs):
        """Return values without accounts and campaigns of companies but these.

        Odoo's administrators create messages as they like, and others may have code
        with more rights do so for them.
        """
        return {
            name: value
            for name, value in vals.items()
            if name not in ("gateway_id", "campaign_id")
            or not value
            or self[name].sudo().browse(value).company_id.id in theirs
        }

    @api.model
    def _notes(self, vals_list):
        """Return the notes in the chatter that messages have been sent with."""
        ids = {v["mail_message_id"] for v in vals_list if v.get("mail_message_id")}
        return self.env["mail.message"].sudo().browse(ids)

    @api.model
    def _about(self, vals_list):
        """Return ([proposed company], author) of each message, by what it is about.

        The author is who is behind what a job sends: behind the mailing, or the record,
        unless the job itself says which company it works for.
        """
        told = "allowed_company_ids" in self.env.context
        messages, records = self._notes(vals_list), self._records_about(vals_list)
        for vals, record in zip(vals_list, records, strict=True):
            message = messages.browse(vals.get("mail_message_id") or [])
            mailing = self.env["mailing.mailing"].browse(vals.get("mailing_id") or [])
            mailing = mailing.sudo()
            proposed = [mailing.user_id.company_id, message.record_company_id]
            author = mailing._sms_author()
            if record:
                proposed.insert(0, record._sms_company(own_only=bool(mailing)))
                if not mailing and not told:
                    author = record._sms_behind()
            yield proposed, author

    @api.model
    def _records_about(self, vals_list):
        """Return the record that each message is about, or None.

        Of a list no note in a chatter tells, but the record beside each.
        """
        notes = self._notes(vals_list)
        notes.fetch(["model", "res_id", "record_company_id"])
        by_note = {note.id: (note.model, note.res_id) for note in notes}
        places = [
            by_note.get(vals.get("mail_message_id"))
            or (vals.get("res_model"), vals.get("res_id"))
            for vals in vals_list
        ]
        records = self._records_at(set(places))
        return [records.get(place) for place in places]

    @api.model
    def _records_at(self, places):
        """Return {(model, id): record} of those that are there, a query a model."""
        found = {}
        for name in {name for name, _id in places if name in self.env}:
            model = self.env[name].sudo()
            if not model._abstract:
                ids = {record_id for each, record_id in places if each == name}
                for record in model.browse(filter(None, ids)).exists():
                    found[name, record.id] = record
        return found

    @api.model
    def _route_one(self, vals, company, bulk, to_many=False):
        gateways = self.env["sms.gateway.config"]
        given = self._without_outcome(vals)
        gateway = gateways.browse(given.get("gateway_id") or [])
        gateway = gateway or gateways._gateway_of(company)
        if not gateway:
            return vals
        vals = given
        mailing_id = vals.get("mailing_id")
        return {
            "message_class": "promotional" if mailing_id else "transactional",
            "priority": "0" if mailing_id or bulk else "1",
            "to_many": to_many and not (mailing_id or vals.get("message_class")),
            **vals,
            "company_id": company.id,
            "gateway_id": gateway.id,
            "number": self._readable(vals.get("number"), company),
            **self._readable_text(str(vals.get("body") or ""), gateway),
        }

    @api.model
    def _readable_text(self, body, gateway):
        """Return the values of a text; one that nothing may read has failed already."""
        if gate.is_too_long(body):
            body = body[: placeholders.LONGEST]
            size = {"state": "error", "failure_type": "sms_too_long"}
        else:
            text = gate.prepare(body, gateway.sudo().sanitise)
            size = {"hour_parts": gate.parts(text)}
        # PostgreSQL takes no NUL, and the gate would drop it anyway.
        return {"body": body.replace("\0", ""), **size}

    @api.model
    def _readable(self, number, company):
        """Return the number in E.164, or as it is if it can't be: the gate says why."""
        country = self.env["sms.gateway.config"]._country(company)
        number = str(number or "")
        try:
            return phone.normalise(number, country)
        except phone.PhoneError:
            # What is too long for a number stays too long.
            return number.replace("\0", "")[: 2 * phone.LONGEST]

    def _route_late(self):
        """Route what was queued before its company had a gateway.

        Only where the message itself says whose it is: who happens to send the queue
        says nothing.
        """
        gateways = self.env["sms.gateway.config"]
        if not gateways._default_ids():
            return
        waiting = self.sudo().filtered(lambda sms: sms.state == "outgoing")
        late = waiting.filtered(lambda sms: not sms.gateway_id)
        vals_list = [
            {
                "mail_message_id": sms.mail_message_id.id,
                "mailing_id": sms.mailing_id.id,
                "res_model": sms.res_model,
                "res_id": sms.res_id,
                "number": sms.number,
                "body": sms.body,
            }
            for sms in late
        ]
        about = self._about(vals_list)
        for sms, vals, (proposed, author) in zip(late, vals_list, about, strict=True):
            if "record_company_id" in sms._fields:
                proposed.append(sms.record_company_id)  # sms_twilio's
            if not any(proposed):
                continue
            author = gateways._employee(sms.create_uid) or author
            company = gateways._payer(proposed, author)
            if gateways._gateway_of(company):
                sms.write(self._route_one(vals, company, len(waiting) > FEW))

    # ------------------------------------------------------------
    # By an action's code
    # ------------------------------------------------------------
    # What an action's code may say of a message.

    @api.model
    def _check_not_by_hand(self, vals_list):
        """Let only code add messages, before the database has its own say."""
        if self.env.su or not any(vals.get("gateway_id") for vals in vals_list):
            return
        self.check_access("create")
        if not self._is_by_action():
            raise self._on_record_error()

    @api.model
    def _without_outcome(self, vals):
        """Return the values of a message as an action's code may give them."""
        if self.env.su or not self._is_by_action():
            return vals
        return {name: value for name, value in vals.items() if name in GIVEN}

    @api.model
    def _is_by_action(self):
        """Tell whether a server action's code is at work: an administrator wrote it."""
        return self.env.context.get("sms_from_composer") is BY_ACTION

    # ------------------------------------------------------------
    # Old news
    # ------------------------------------------------------------
    # Old news is no news: what is about a time is given up after it.

    @api.model
    def _with_not_after(self, vals_list):
        """Return values with when the messages are old news, as far as that is known.

        Whoever writes one says so; what Odoo sends by itself goes by what it reminds
        of.
        """
        given = self.env.context.get("sms_not_after")
        if isinstance(given, NotAfter):
            return [{"not_after": given.when, **vals} for vals in vals_list]
        if self.env.context.get("sms_from_composer") is True:
            return vals_list
        records = self._records_about(vals_list)
        return [
            {"not_after": bool(record) and record._sms_not_after(), **vals}
            for vals, record in zip(vals_list, records, strict=True)
        ]
