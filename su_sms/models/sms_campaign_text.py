from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..dispatch import gate
from ..text import placeholders, segments
from .sms_campaign_person import NO_TEXT, NOT_RENDERED
from .sms_campaign_prepare import Countries
from .sms_campaign_unicode import NAMED


class SmsCampaign(models.Model):
    """What each of a campaign's people would read."""

    _inherit = "sms.campaign"

    template_texts = fields.Json(
        readonly=True,
        copy=False,
        help="{language: text} of the template when the recipients were last counted:"
        " what is launched and approved is what is sent.",
    )

    def _take_template(self):
        """Keep the template's texts as they are now."""
        texts, template = False, self.template_id
        if template:
            texts = template._fields["body"]._get_stored_translations(template)
        self.template_texts = texts
        self.env.add_to_compute(self._fields["body"], self)

    def _language(self):
        """Give the language of who wrote the text, whoever is at it now."""
        return (self.text_author_id or self.env.user).lang

    def _fill_in(self, people, finish):
        """Give people their text and its parts; leave out whom it can't be filled for.

        :param people: [Candidate]
        :param finish: what else is done to a text, see sms_campaign_finish
        """
        self.ensure_one()
        if not self.template_id and not (self.body or "").strip():
            # Nobody is left out of what has yet to be written; a launch asks for it.
            return
        included = [person for person in people if not person.reason]
        for lang, group in self._by_language(included).items():
            self._fill_in_one(finish.short(self._text_in(lang)), group, lang)
            self._end(group, finish.endings, lang)

    def _end(self, people, endings, lang):
        """Give texts their end, and count their parts."""
        included = [person for person in people if not person.reason]
        sanitise = self.gateway_id.sudo().sanitise
        endings = endings([person.number for person in included], lang)
        for person in included:
            if person.body.strip():
                person.body += endings.get(person.number, "")
            leaves = gate.prepare(person.body, sanitise)
            if not leaves.strip():
                person.leave_out(NO_TEXT)
            size = segments.count(leaves)
            person.parts = size.parts
            if size.encoding == "UCS-2":
                found = segments.why_ucs2(leaves)[:NAMED]
                person.forcing = segments.name_all(found)

    def _by_language(self, people):
        """Give {language: people}: that of their contact, else of the text's author."""
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
        """Give the text as it is written in a language, before it is filled in."""
        if not self.template_id:
            return self.body or ""
        texts = self.template_texts or {}
        return texts.get(lang) or texts.get("en_US") or ""

    def _has_placeholders(self):
        """Tell whether each person has a text of their own."""
        parts = placeholders.parse(self.body or "")
        return any(part.expression for part in parts)

    def _fill_in_one(self, text, people, lang):
        parts = placeholders.parse(text)
        if not any(part.expression for part in parts):
            for person in people:
                person.body = text
            return
        people = self._readable(people)
        if placeholders.others(text):
            self._fill_in_by_odoo(text, people, lang)
            return
        for person in people:
            try:
                person.body = placeholders.render(parts, self._lookup(person, lang))
            except placeholders.PlaceholderError as error:
                person.leave_out(NOT_RENDERED, str(error))
            except Exception as error:
                person.leave_out(NOT_RENDERED, _short(error))

    def _readable(self, people):
        """Give those of whom the text's author may read; leave the others out.

        Reading alone would not tell: what the audience's author has read is in the
        cache, for everybody.
        """
        if self.text_author_id == self.author_id:
            return people
        found = {}
        for person in people:
            if person.record is not None:
                found.setdefault(person.record._name, []).append(person.record.id)
        readable = {
            (name, res_id)
            for name, ids in found.items()
            for res_id in self.env[name]
            .with_user(self.text_author_id)
            .browse(ids)
            ._filtered_access("read")
            .ids
        }
        for person in people:
            record = person.record
            if record is not None and (record._name, record.id) not in readable:
                person.leave_out(
                    NOT_RENDERED,
                    self.env._("Who wrote the text may not read this record."),
                )
        return [person for person in people if not person.reason]

    def _lookup(self, person, lang):
        """Give what finds the value of a path for a person, in a language."""
        if person.record is None:
            return person.cells.__getitem__

        def lookup(path):
            value = person.record
            if self.text_author_id != self.author_id:
                value = value.with_user(self.text_author_id)
            if lang != value.env.context.get("lang"):
                value = value.with_context(lang=lang)
            for name in path.split("."):
                value = value[name]
            if isinstance(value, models.BaseModel):
                return ", ".join(value.mapped("display_name"))
            return value

        return lookup

    def _fill_in_by_odoo(self, text, people, lang):
        """Let Odoo fill in what is more than a field's name, if the author may.

        A file's rows are no records, so Odoo can't.
        """
        engine = self.env["mail.render.mixin"].with_user(self.text_author_id)
        engine = engine.with_context(lang=lang)
        for person in people:
            if person.record is None:
                person.leave_out(
                    NOT_RENDERED,
                    self.env._("A file's columns can't be used in this way."),
                )
                continue
            try:
                person.body = engine._render_template(
                    text, person.record._name, person.record.ids
                )[person.record.id]
            except AccessError:
                raise
            except UserError as error:
                cause = error.__cause__ or error
                person.leave_out(NOT_RENDERED, _short(cause))

    def _preview(self, recipient):
        """Give the text as a recipient of the last check would get it, or why not.

        :param recipient: a ``sms.campaign.recipient``, or none for the first there is
        :return: (text, what is in the way)
        """
        self.ensure_one()
        self.check_access("read")
        person = self._person_of(recipient or self.sample_ids[:1])
        if person is None:
            return self.body or "", ""
        self._fill_in([person], self._as_if_finished())
        if person.reason:
            return "", person.detail
        return person.body, ""

    def _person_of(self, recipient):
        """Give a recipient as the audience has it, or None if it is gone."""
        audience = recipient.audience_id.sudo()
        if not audience:
            return None
        if recipient.res_model:
            found = audience._records().browse(recipient.res_id).exists()
            people = audience._from_records(found)
        else:
            # Of an uploaded file there may be very many.
            found = audience.row_ids.search(
                [("audience_id", "=", audience.id), ("line", "=", recipient.line)]
            )
            people = audience._from_rows(found)
        countries = Countries(self)
        for person in people:
            person.read_number(countries.of)
            # A pasted line may have several.
            if person.number == recipient.number:
                return person
        return None


def _short(error):
    return (str(error) or type(error).__name__).splitlines()[0][:200]
