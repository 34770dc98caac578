from functools import partial

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...dispatch import gate
from ...text import placeholders, segments, spelling
from ...tools import authors
from ...tools.reasons import sentence
from ...tools.transactions import is_passing
from .sms_campaign import TEXT_AUTHORS
from .sms_campaign_count import BETWEEN
from .sms_campaign_person import (
    NO_TEXT,
    NO_VALUE,
    NOT_RENDERED,
    TOO_LONG,
    Countries,
)
from .sms_campaign_summary import NAMED


class SmsCampaign(models.Model):
    """What each of a campaign's people would read."""

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.campaign"

    template_texts = fields.Json(
        readonly=True,
        copy=False,
        help="{language: text} of the template when the recipients were last counted:"
        " what is launched and approved is what is sent.",
    )

    def _store_template_texts(self):
        """Keep the template's texts as they are now."""
        texts, template = False, self.template_id
        if template:
            texts = template._fields["body"]._get_stored_translations(template)
            if self.template_texts and self.template_texts != texts:
                # Somebody else's words since it was chosen.
                self.text_coauthor_ids |= authors.people(template.sudo().write_uid)
        self.template_texts = texts
        self.env.add_to_compute(self._fields["body"], self)

    def _language(self):
        """Return the language of who wrote the text, whoever is at it now."""
        return (self.text_author_id or self.env.user).lang

    def _text_with_a_say(self):
        """Return the users who have a say in the text."""
        return authors.with_a_say(self, *TEXT_AUTHORS)

    def _with_a_say_in_all(self):
        """Return the users who have a say in the text and in all audiences."""
        readers = self._text_with_a_say()
        for audience in self._all_audiences():
            readers &= audience._with_a_say()
        return readers

    def _fill_in(self, people, extras, readers):
        """Give people their text and its parts; leave out whom it can't be filled for.

        :param people: [Person]
        :param extras: what else is done to a text, see ``Extras``
        :param readers: the users who have a say in who these people are, and whoever
            is about to read the texts
        """
        self.ensure_one()
        # Who is responsible reads what was sent: with everybody's rights, and theirs.
        choosers = readers | authors.people(self.user_id)
        readers = choosers | self._text_with_a_say()
        self._forget_hidden(people, choosers)
        included = [person for person in people if not person.reason]
        if not self.template_id and not (self.body or "").strip():
            # Nobody is left out of what has yet to be written; a launch asks for it.
            return
        for lang, group in self._by_language(included).items():
            text = extras.short(self._text_in(lang))
            self._fill_in_one(text, group, lang, readers)
            for person in group:
                person.text_key = self._text_key(person.body)
                if self.approved_by_id:
                    person.seen_key = self._seen_key(person.body)
            self._end(group, extras.endings, lang)

    def _end(self, people, endings, lang):
        """Give texts their end, and count their parts."""
        included = [person for person in people if not person.reason]
        sanitise = self.gateway_id.sudo().sanitise
        endings = endings([person.number for person in included], lang)
        most = self.gateway_id.sudo().max_parts
        for person in included:
            if person.body.strip():
                person.body += endings.get(person.number, "")
            if gate.is_too_long(person.body):
                person.body = ""
                person.leave_out(TOO_LONG)
                continue
            leaves = gate.prepare(person.body, sanitise)
            if not leaves.strip():
                person.leave_out(NO_TEXT)
            size = segments.count(leaves)
            if size.parts > most:
                person.body = ""
                problem = gate.TooManyParts(size.parts, most)
                person.leave_out(TOO_LONG, sentence(self.env, problem))
                continue
            person.parts = size.parts
            if size.encoding == "UCS-2":
                found = segments.why_ucs2(leaves)[:NAMED]
                person.forcing = segments.name_all(found)

    def _by_language(self, people):
        """Return {language: people}: their contact's, else the text's author's."""
        fallback = self._language()
        known = {code for code, _name in self.env["res.lang"].get_installed()}
        if known == {fallback}:
            return {fallback: people}
        found = {}
        for person in people:
            lang = person.partner.sudo().lang if person.partner else None
            lang = lang if lang in known else fallback
            found.setdefault(lang, []).append(person)
        return found

    def _text_in(self, lang):
        """Return the text as it is written in a language, before it is filled in."""
        # A template that was deleted since is what was launched all the same.
        texts = self.template_texts
        if not texts:
            return self.body or ""
        return texts.get(lang) or texts.get("en_US") or ""

    def _has_placeholders(self):
        """Tell whether each person has a text of their own."""
        return self._has_expression(self.body or "")

    @api.model
    def _has_expression(self, text):
        return any(part.expression for part in placeholders.parse(text))

    def _fill_in_one(self, text, people, lang, readers):
        parts = placeholders.parse(text)
        if not any(part.expression for part in parts):
            for person in people:
                person.body = text
            return
        hidden = self._hidden(people, placeholders.names(text), readers)
        people = [person for person in people if not person.reason]
        engine, of_rows = None, parts
        if placeholders.others(text):
            records = [person for person in people if person.record is not None]
            if self._may_all_run_code(records, readers):
                engine = self._engine(lang)
            of_rows = placeholders.with_defaults(parts)
        seen = _Sight(readers, lang)
        for person in people:
            if person.reason:
                continue
            missing = []
            try:
                person.body = placeholders.render(
                    parts if person.record is not None else of_rows,
                    self._lookup(person, seen, hidden),
                    missing,
                    other=partial(engine, person) if engine else None,
                )
                self._without(person, missing)
            except placeholders.TooLongError:
                person.leave_out(TOO_LONG)
            except placeholders.PlaceholderError as error:
                person.leave_out(NOT_RENDERED, sentence(self.env, error))
            except _NoEditorError as error:
                raise AccessError(str(error)) from None
            except Exception as error:
                if is_passing(error):
                    raise
                person.leave_out(NOT_RENDERED, _short(error))

    def _forget_hidden(self, people, choosers):
        """Leave out whom somebody may not read, and keep nothing of them.

        Names and numbers are on record, whatever the text says, and those of who is
        left out as well: for whoever is responsible.
        """
        hidden = self._hidden(people, (), choosers)
        for person in people if hidden else ():
            record = person.record
            if record is not None and any(
                (each.id, record._name, record.id) in hidden for each in choosers
            ):
                person.forget(NOT_RENDERED)

    def _hidden(self, people, paths, readers):
        """Return {(user's id, model, id)} of what a text leads to and they can't read.

        Reading alone would not tell: what one user has read is in the cache, for
        everybody. People whose own record somebody may not read are left out.

        :param paths: such as ["name", "partner_id.name"]
        """
        hidden, by_model, ids = set(), {}, {}
        for person in people:
            if person.record is not None:
                records = by_model.get(person.record._name, person.record)
                by_model[person.record._name] = records
                ids.setdefault(person.record._name, []).append(person.record.id)
        for reader in readers:
            for name, records in by_model.items():
                # In the company of the campaign, as they were found.
                records = records.with_user(reader).browse(ids[name])
                readable = _readable(records)
                hidden.update(_keys(records - readable))
                for path in paths:
                    hidden.update(_hidden_behind(readable, path.split(".")))
        for person in people if hidden else ():
            record = person.record
            may_not = record is not None and readers.filtered(
                lambda each, record=record: (each.id, record._name, record.id) in hidden
            )
            if may_not:
                names = ", ".join(may_not.sudo().mapped("name"))
                text = self.env._("%s is not allowed to read this record.", names)
                person.leave_out(NOT_RENDERED, text)
        return hidden

    def _lookup(self, person, seen, hidden):
        """Return what finds the value of a path for a person.

        It is found as each of the readers, and if one of them may not, by nobody.

        :param seen: _Sight
        """
        if person.record is None:
            return person.cells.__getitem__
        records = seen.records(person.record)

        def find(value, path):
            for name in path.split("."):
                value = value[name]
                if isinstance(value, models.BaseModel):
                    if not hidden.isdisjoint(_keys(value)):
                        name = value.env.user.sudo().name
                        raise AccessError(
                            self.env._(
                                "%(user)s is not allowed to read “%(path)s”.",
                                user=name,
                                path=path,
                            )
                        )
            if isinstance(value, models.BaseModel):
                return ", ".join(value.mapped("display_name"))
            return value

        def lookup(path):
            found = [find(record, path) for record in records]
            return found[0]

        return lookup

    def _may_all_run_code(self, people, readers):
        """Tell whether the text's author may run code for these; else leave them out.

        It runs as its author: only where everybody else who has a say may do as much,
        so that it gives nobody more than they have.
        """
        author = self.text_author_id & self._text_with_a_say()
        if author and all(authors.covers(each, author) for each in readers):
            return True
        text = self.env._(
            "The text contains code by someone with more access rights than the"
            " person who chose the recipients. Have one person do both."
        )
        for person in people:
            person.leave_out(NOT_RENDERED, text)
        return False

    def _engine(self, lang):
        """Return what has Odoo fill in a placeholder that is more than a field's name.

        Each on its own: what is not filled in by Odoo is not read by it either. A
        file's rows are no records, so Odoo can't.
        """
        engine = self.env["mail.render.mixin"].with_user(self.text_author_id)
        engine = engine.with_context(lang=lang)

        def fill_in(person, part):
            record = person.record
            if record is None:
                raise UserError(
                    self.env._("The columns of a file can't be used this way.")
                )
            source = placeholders.source(part)
            try:
                found = engine._render_template(source, record._name, record.ids)
            except AccessError as error:
                raise _NoEditorError(str(error)) from None
            except UserError as error:
                raise UserError(_short(error.__cause__ or error)) from None
            return found[record.id]

        return fill_in

    def _preview(self, recipient):
        """Return the text as a recipient of the last count would get it, or why not.

        It shows nobody what they may not read, whoever wrote it.

        :param recipient: a ``sms.campaign.recipient``, or none for the first there is
        :return: (text, what is in the way)
        """
        campaign = self._origin
        campaign.check_access("read")
        recipient = (recipient._origin or campaign.sample_ids[:1]).sudo()
        audience = recipient.audience_id
        if not campaign == recipient.campaign_id == audience.campaign_id:
            return campaign.body or "", ""
        person = campaign._person_of(recipient, audience)
        if person is None:
            return campaign.body or "", ""
        readers = authors.people(audience._with_a_say() | self.env.user)
        campaign._fill_in([person], campaign._sample_extras(), readers)
        if person.reason:
            return "", person.detail
        return person.body, ""

    def _person_of(self, recipient, audience):
        """Return a recipient as the audience has it, or None if it is gone."""
        if recipient.res_model:
            found = audience._records().browse(recipient.res_id).exists()
            people = audience._from_records(found)
        else:
            # Of an uploaded file there may be very many.
            found = audience.row_ids.search(
                [("audience_id", "=", audience.id), ("line", "=", recipient.line)]
            )
            people = audience._from_rows(found)
        countries, known, said = Countries(self), {}, partial(sentence, self.env)
        for person in people:
            # A pasted line may have thousands.
            if person.record is None and not any(
                spelling.may_spell(raw, recipient.number) for raw in person.numbers
            ):
                continue
            person.read_number(countries.of, said, known)
            if person.number == recipient.number:
                return person
        return None

    # ------------------------------------------------------------
    # Values
    # ------------------------------------------------------------

    def _without(self, person, expressions):
        """Note that a person lacks what these placeholders stand for."""
        if not expressions:
            return
        names = [self._name_of(person, each) for each in expressions]
        person.missing = BETWEEN.join(dict.fromkeys(names))
        # Before the launch somebody has to say; whom they were not asked about, as the
        # value has gone since, gets no SMS with a hole in it.
        answer = self.when_empty or ("ask" if self.state == "draft" else "leave_out")
        if answer == "leave_out":
            person.leave_out(NO_VALUE, self.env._("There is no %s.", person.missing))

    def _name_of(self, person, expression):
        """Return what people call the value of a placeholder."""
        path = expression.removeprefix("object.")
        if person.record is None:
            return person.titles.get(path) or path.replace("_", " ").capitalize()
        found, field = person.record, None
        for name in path.split("."):
            field = found._fields.get(name) if found is not None else None
            if field is None:
                return path
            found = self.env[field.comodel_name] if field.relational else None
        return field._description_string(self.env)


class _NoEditorError(Exception):
    """Whoever wrote the text may not write code: nobody gets it."""


def _keys(records):
    """Return the keys of records as one user sees them."""
    return {(records.env.uid, records._name, each) for each in records._ids}


class _Sight:
    """Records as each of some readers sees them, in a language.

    Environments are made once: for each record they would cost more than its text.
    """

    def __init__(self, readers, lang):
        self._readers, self._lang, self._envs = readers, lang, {}

    def records(self, record):
        """Return a record as each of the readers sees it, or as it is without any."""
        envs = self._envs.get(id(record.env))
        if envs is None:
            # Trusted texts of the system itself: what the audience shows.
            seen = [record.with_user(each) for each in self._readers] or [record]
            envs = [each.with_context(lang=self._lang).env for each in seen]
            # With the environment, whose identity no other takes meanwhile.
            self._envs[id(record.env)] = envs = (record.env, envs)
        return [record.with_env(env) for env in envs[1]]


def _readable(records):
    """Return those of these records that their user finds.

    Of some models, such as employees, people find more than they have access rights to:
    Odoo shows them the public part.
    """
    everything = records.with_context(active_test=False)
    try:
        found = set(everything._search([("id", "in", records.ids)]).get_result_ids())
    except AccessError:
        found = set()
    return records.filtered(lambda record: record.id in found)


def _hidden_behind(records, names):
    """Return the keys of what a path leads to and its reader may not read."""
    hidden = set()
    for name in names:
        field = records._fields.get(name)
        if not field or not field.relational or not records:
            break
        if not records._has_field_access(field, "read"):
            break
        found = records.mapped(name)
        readable = _readable(found)
        hidden |= _keys(found - readable)
        records = readable
    return hidden


def _short(error):
    return (str(error) or type(error).__name__).splitlines()[0][:200]
