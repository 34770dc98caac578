from ast import literal_eval

import psycopg2
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools import authors
from ..sms_form_mixin import LONGEST
from .sms_campaign_person import BY_SKIP, Candidate

AUTHORS = ("author_id", "coauthor_ids")

KINDS = [
    ("list", "Mailing Lists"),
    ("model", "Records"),
    ("numbers", "Numbers"),
    ("file", "File"),
]

# Where Odoo itself looks for no number: employees have it beside their mobile.
MORE_PHONES = ("work_phone",)


class SmsCampaignAudience(models.Model):
    """Some of a campaign's people: lists, records, pasted numbers or a file.

    People are given by pages, each after the place where the one before ended, so that
    a job may stop anywhere and go on.
    """

    _name = "sms.campaign.audience"
    _inherit = ["sms.form.mixin", "sms.own.companies"]
    _description = "SMS Campaign Audience"
    _order = "sequence, id"

    campaign_id = fields.Many2one("sms.campaign", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="campaign_id.company_id")
    author_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        # Without one, nobody's rights would count.
        ondelete="restrict",
        help="Who last said who this is. It has the records that they may see.",
    )
    coauthor_ids = fields.Many2many(
        "res.users",
        "sms_campaign_audience_coauthor_rel",
        string="Co-Authors",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Who else has a say in it: whose filter was kept when it was changed, and"
        " who has copied it. It has the records that all of them may see.",
    )
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        KINDS, "Who", required=True, default=lambda self: self._default_kind()
    )
    list_ids = fields.Many2many("mailing.list", string="Mailing Lists")
    model_id = fields.Many2one(
        "ir.model",
        "Records Of",
        domain=[
            ("is_mail_thread_sms", "=", True),
            ("transient", "=", False),
            # Odoo's own jobs have a contact as well.
            "!",
            ("model", "=like", "ir.%"),
        ],
        ondelete="cascade",
        help="What has phone numbers: contacts, employees, attendees, ...",
    )
    model = fields.Char(related="model_id.model")
    domain = fields.Char("Which", default="[]")
    numbers = fields.Text(
        help="One or more to a line, as people write them; names beside them are fine."
    )
    name = fields.Char("Summary", compute="_compute_name")
    record_count = fields.Integer("Found", compute="_compute_record_count")

    # Where the job that goes through it is; see sms_campaign_prepare.
    position = fields.Integer(readonly=True, copy=False)
    finished = fields.Boolean(readonly=True, copy=False)

    @api.depends("kind", "list_ids", "model_id", "numbers")
    def _compute_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for audience in self:
            name = kinds.get(audience.kind)
            if audience.kind == "list":
                name = ", ".join(audience._shown_lists().mapped("name")) or name
            elif audience.kind == "model" and audience.model_id:
                name = audience.model_id.sudo().name
            audience.name = name

    @api.depends("kind", "list_ids", "model_id", "domain", "numbers")
    def _compute_record_count(self):
        for audience in self:
            try:
                audience.record_count = audience._count()
            except (UserError, ValueError):
                audience.record_count = 0

    @api.model
    def _longest(self, field):
        if field.name == "domain":
            # A filter may name thousands of records.
            return LONGEST["text"]
        return super()._longest(field)

    def _count(self):
        self.ensure_one()
        if self.kind in ("list", "model"):
            return self._records().search_count(self._record_domain())
        return self.env["sms.campaign.row"].search_count(
            [("audience_id", "=", self._origin.id)]
        )

    # ------------------------------------------------------------
    # Authors
    # ------------------------------------------------------------

    def _with_a_say(self):
        """Return the users who have a say in who this is: what all may see counts.

        Rights come from stored records only: a form that says something else than
        what is stored has its user's.
        """
        self.ensure_one()
        stored = self._origin
        if stored and (self.id or self._said() == stored._said()):
            return authors.with_a_say(stored, *AUTHORS)
        return authors.people(self.env.user)

    def _said(self):
        """Return all that says which records these are, whatever kind it is.

        Whoever changes any of it has a say, also in what another kind would go by: the
        kind can be changed back.
        """
        campaign = self.campaign_id
        return (
            self.kind,
            self.model_id._origin.id,
            self.domain or "[]",
            frozenset(self._list_ids()),
            campaign._origin.id,
            campaign.company_id._origin.id,
        )

    def _words(self):
        """Return what was said, in pieces that may outlast a change."""
        return {
            ("model", self.model_id.id),
            *_leaves(self.domain),
            *(("list", each) for each in self.sudo().list_ids.ids),
        }

    def _keep_authors(self, words):
        """Keep who says to whom: nobody lends their rights to another's words.

        :param words: what ``_words`` has given before a change
        """
        now = self._words()
        # Two filters of the same records have nothing in common but that.
        said = {word for word in now if word[0] != "model"} or now
        self._add_author(kept=bool(said & words))

    def _add_author(self, kept=True):
        """Let the user have a say in who these are, alone if nothing is kept."""
        for audience in self:
            values = authors.of_change(self.env.user, audience, kept, *AUTHORS)
            audience.sudo().write(values)

    # ------------------------------------------------------------
    # Records
    # ------------------------------------------------------------

    def _records(self, user=None):
        """Return the model of the records, as somebody sees them.

        :param user: by default the first of those who have a say
        """
        self.ensure_one()
        if self.kind == "list":
            name = "mailing.contact"
        else:
            name = self.model_id.sudo().model
        if not name or name not in self.env:
            raise UserError(self.env._("Choose what the audience consists of."))
        if not self._may_have(self.env[name]):
            raise UserError(self._no_numbers_text())
        user = user or self._with_a_say()[:1]
        if not user:
            raise UserError(
                self.env._(
                    "Nobody whose access rights could count has chosen the audience"
                    " “%s”. Add it again.",
                    self.name,
                )
            )
        campaign = self.campaign_id
        # Nothing else of the context: the caller's would say what is found.
        context = {
            "allowed_company_ids": campaign.company_id.ids,
            "lang": campaign._language(),
        }
        return self.env[name].with_env(self.env(user=user, context=context, su=False))

    def _seen_by_all(self, domain):
        """Return the domain of the records that all who have a say see and find."""
        for user in self._with_a_say()[1:]:
            found = self._records(user)._search(domain)
            domain = [*domain, ("id", "in", found)]
        return domain

    def _record_domain(self):
        self.ensure_one()
        if self.kind == "list":
            return self._seen_by_all([("list_ids", "in", self._list_ids())])
        try:
            domain = literal_eval(self.domain or "[]")
            # PostgreSQL has a word in it, too.
            with self.env.cr.savepoint():
                self._records()._search(domain, limit=1).get_result_ids()
        except (UserError, psycopg2.OperationalError):
            raise
        except Exception as error:
            raise UserError(
                self.env._(
                    "The filter of the audience “%(name)s” can't be understood any"
                    " more: %(error)s",
                    name=self.name,
                    error=(str(error) or type(error).__name__).splitlines()[0],
                )
            ) from None
        return self._seen_by_all(domain)

    @api.constrains("kind", "model_id")
    def _check_model(self):
        for audience in self.filtered(lambda a: a.kind == "model" and a.model_id):
            name = audience.model_id.sudo().model
            if name not in self.env or not self._may_have(self.env[name]):
                raise ValidationError(audience._no_numbers_text())

    def _no_numbers_text(self):
        return self.env._(
            "%s have no phone numbers. Choose records that have, or that belong to a"
            " contact.",
            self.model_id.sudo().name,
        )

    @api.model
    def _may_have(self, model):
        """Tell whether an audience may consist of these records.

        The same as the domain of ``model_id``, which only a form goes by.
        """
        return (
            isinstance(model, self.pool["mail.thread"])
            and not (model._abstract or model._transient)
            and not model._name.startswith("ir.")
            and bool(self._number_sources(model))
        )

    @api.model
    def _number_sources(self, model):
        """Give the fields of a model that lead to a number."""
        fnames = [
            name
            for name in model._phone_get_number_fields()
            if name in model._fields and model._fields[name].store
        ]
        return fnames + model._mail_get_partner_fields()

    # ------------------------------------------------------------
    # Pages
    # ------------------------------------------------------------

    def _page(self, limit):
        """Give the candidates after ``position``, and the position after them.

        :return: ([Candidate], position), none if there are no more
        """
        self.ensure_one()
        if self.kind in ("list", "model"):
            return self._page_of_records(limit)
        return self._page_of_rows(limit)

    def _page_of_records(self, limit):
        domain = [*self._record_domain(), ("id", ">", self.position)]
        model = self._records()
        # In one query, and only what is looked at.
        fnames = [self._name_field(model), *self._readable_phones(model)]
        records = model.search_fetch(domain, fnames, order="id", limit=limit)
        if not records:
            return [], self.position
        contacts, count = self._contacts(records), 0
        for place, record in enumerate(records, 1):
            count += contacts[record.id].people
            if count >= limit:
                # Records of many contacts: the rest is another page.
                records = records[:place]
                break
        return self._from_records(records, contacts), records[-1].id

    def _from_records(self, records, contacts=None):
        """Give the people of records of this audience as candidates.

        A record is one person, whose number is its own or that of a contact it has,
        and besides each of the contacts in a field of several.

        :param contacts: what ``_contacts`` gives of them, where that is known
        """
        opted_out = self._opted_out_of_lists(records) if self.kind == "list" else set()
        name, fnames = self._name_field(records), self._readable_phones(records)
        contacts = contacts or self._contacts(records)
        numbers = self._numbers_of(records, contacts)
        candidates = []
        for record in records:
            own = [number for fname in fnames if (number := record[fname])]
            main, others = contacts[record.id]
            if own or main or not others:
                # Of a record with one contact after another, the next best number.
                more = [number for each in main for number in numbers.get(each, ())]
                candidates.append(
                    Candidate(
                        name=record[name] or "",
                        numbers=own + more,
                        record=record,
                        partner=main[:1],
                        opted_out=record.id in opted_out,
                    )
                )
            candidates += [
                Candidate(
                    name=(other in numbers and other.name) or "",
                    numbers=numbers.get(other, []),
                    record=record,
                    partner=other,
                    of_contact=True,
                )
                for other in others
            ]
        return candidates

    @api.model
    def _name_field(self, model):
        name = model._rec_name
        is_text = name in model._fields and model._fields[name].type == "char"
        return name if is_text else "display_name"

    @api.model
    def _phone_fields(self, model):
        fnames = ("phone_sanitized", *model._phone_get_number_fields(), *MORE_PHONES)
        return [fname for fname in fnames if fname in model._fields]

    def _readable_phones(self, model):
        """Return the fields with numbers that all who have a say may read."""
        seen_by = [model.with_user(user) for user in self._with_a_say()]
        return [
            fname
            for fname in self._phone_fields(model)
            if all(
                each._has_field_access(model._fields[fname], "read") for each in seen_by
            )
        ]

    def _page_of_rows(self, limit):
        rows = self.env["sms.campaign.row"].search(
            [("audience_id", "=", self.id), ("id", ">", self.position)],
            order="id",
            limit=limit,
        )
        if not rows:
            return [], self.position
        return self._from_rows(rows), rows[-1].id

    def _from_rows(self, rows):
        """Give rows of this audience as candidates."""
        numbers, name = self._row_columns()
        titles = self._row_titles()
        candidates = []
        for row in rows:
            cells = dict(row.cells or {})
            cells.setdefault("name", cells.get(name, ""))
            person = Candidate(
                name=cells.get(name) or "",
                numbers=[cells[each] for each in numbers if cells.get(each)],
                cells=cells,
                line=row.line,
                titles=titles,
            )
            if row.skip and not (row.skip == "hidden" and self.hidden_rows):
                person.leave_out(BY_SKIP[row.skip])
            candidates.append(person)
        return candidates

    def _row_columns(self):
        """Return the keys of cells: with numbers, the best first, and with the name."""
        return ["number"], "name"

    def _row_titles(self):
        """Give what people call the cells, by their keys."""
        return {"name": self.env._("Name")}


def _leaves(domain):
    """Return the conditions of a domain, or it as a whole if it can't be read."""
    try:
        found = literal_eval(domain or "[]")
        return {("leaf", repr(each)) for each in found if not isinstance(each, str)}
    except Exception:
        return {("leaf", domain)}
