import base64
import binascii
import json
from collections import Counter

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...text import numbers as pasted
from ...text import phone, spelling
from ...text.table import table
from ...tools import limits
from ...tools.reasons import sentence
from .sms_campaign_person import BY_SKIP, Person

# Rows that are inserted together, unless they have more characters.
BATCH = 5000
CHARACTERS = 1_000_000
# Bytes of a file whose rows are counted while a person waits for its columns.
COUNTED_AT_ONCE = 2_000_000
# After so long a request reads no other file or pasted text.
READ_SECONDS = 20.0
# Columns with numbers that are tried for each person.
NUMBER_COLUMNS = 5
# What one column has only.
ALONE = {"number": "number_slug", "name": "name_slug"}


class SmsCampaignAudience(models.Model):
    """Audiences that are no records: pasted numbers and uploaded files.

    What was given is cut into rows once, when it is saved; nothing is dropped, so that
    the count can tell of each bad row where it is and what is wrong with it.
    """

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.campaign.audience"

    file = fields.Binary(attachment=True, copy=True)
    file_name = fields.Char()
    sheet = fields.Char(help="The sheet of the workbook that has the people.")
    # Not readonly, nor are the notes: what a form shows, it says when it asks again. No
    # caller can write them, see `INTERNAL` in sms_campaign_audience.
    sheet_choices = fields.Text(copy=False)
    hidden_rows = fields.Boolean(
        "Include Hidden Rows",
        help="Rows that are hidden or filtered out in the spreadsheet are left out,"
        " unless this is ticked.",
    )
    notes = fields.Text("Remarks on the File", copy=False)
    column_ids = fields.One2many(
        "sms.campaign.column", "audience_id", "Columns", copy=False
    )
    row_ids = fields.One2many("sms.campaign.row", "audience_id", copy=False)

    # The form of a file
    number_title = fields.Char(
        "Phone Numbers From",
        compute="_compute_number_title",
        readonly=False,
        help="The column with the phone numbers. Choose it below, in the list of"
        " columns.",
    )
    file_problem = fields.Char(compute="_compute_file_problem", readonly=False)
    column_question = fields.Text(compute="_compute_column_question", readonly=False)
    # What was chosen before, so that a form knows which choice is the new one.
    number_slug = fields.Char(compute="_compute_slugs", readonly=False)
    name_slug = fields.Char(compute="_compute_slugs", readonly=False)
    shown_sheet = fields.Char(compute="_compute_slugs", readonly=False)

    def _read_numbers(self):
        for audience in self.filtered(lambda a: a.kind == "numbers"):
            audience._check_may_read()
            country = audience._row_country()
            try:
                found = pasted.split(audience.numbers or "", country)
            except pasted.TextTooLongError as error:
                raise UserError(sentence(self.env, error)) from None
            audience._store_rows(
                (line, {"number": number, "name": name}, None)
                for line, number, name in _all_lines(audience.numbers or "", found)
            )

    def _check_may_read(self):
        """Refuse to read one more where reading those before has taken long."""
        if limits.count(self.env.cr, "reading", 0) > READ_SECONDS:
            raise UserError(
                self.env._(
                    "These files and numbers are too many to be read at once. Save"
                    " some of them first, and then the others."
                )
            )

    def _read_file(self):
        for audience in self.filtered(lambda a: a.kind == "file"):
            audience.column_ids.sudo().unlink()
            if not audience.file:
                audience._store_rows(())
                audience._store_read(sheet=False, sheet_choices=False, notes=False)
                continue
            try:
                found = audience._file_table()
                slugs = [column.slug for column in found.columns]
                counts = Counter()
                audience._store_rows(
                    (row.line, dict(zip(slugs, row.values, strict=False)), _skip(row))
                    for row in counted(found.rows(), counts)
                )
            except table.TableError as error:
                raise UserError(sentence(self.env, error)) from None
            self.env["sms.campaign.column"].sudo().create(
                [{"audience_id": audience.id, **column} for column in columns(found)]
            )
            audience._store_read(
                sheet=found.sheet,
                sheet_choices=choices(found.sheets),
                notes=audience._notes_of(found, counts),
            )

    def _store_read(self, **values):
        """Keep what a file has been read as; a change would have it read again."""
        names = [self._fields[name] for name in values]
        with self.env.protecting(names, self):
            for name, value in values.items():
                self[name] = value

    def _notes_of(self, found, counts):
        """Tell what was read, what of it does not count, and what to look at.

        :param found: what ``table.read`` gives
        :param counts: how many rows there are of each kind, if they were counted
        """
        notes = []
        if len(found.sheets) > 1:
            notes.append(
                self.env._(
                    "Sheet “%(sheet)s” is read, one of %(count)s.",
                    sheet=found.sheet,
                    count=len(found.sheets),
                )
            )
        if found.sheet_hidden:
            notes.append(self.env._("This sheet is hidden in the file."))
        if found.header > 1:
            notes.append(
                self.env._(
                    "The headings are in line %s; the lines above them are ignored.",
                    found.header,
                )
            )
        texts = {
            "hidden": self.env._("Hidden rows in the file: %s."),
            "struck": self.env._("Struck-through rows, left out: %s."),
            "unknown": self.env._(
                "Formulas without a value: %s. Open the file in a spreadsheet program"
                " and save it."
            ),
        }
        for kind, text in texts.items():
            if counts[kind]:
                notes.append(text % f"{counts[kind]:,}")
        return "\n".join(notes) or False

    def _row_country(self):
        return self.env["sms.gateway.config"]._country(self.campaign_id.company_id)

    def _store_rows(self, rows):
        """Keep these (line, cells, skip) in place of those before, flat in memory."""
        self.env.cr.execute(
            "DELETE FROM sms_campaign_row WHERE audience_id = %s", [self.id]
        )
        with limits.taking(self.env.cr, "reading"):
            for batch in _batches(rows):
                self._insert_rows(batch)
        self.env["sms.campaign.row"].invalidate_model()
        self.invalidate_recordset(["row_ids"])

    def _insert_rows(self, rows):
        values = [
            {
                "line": line,
                "cells": cells,
                "skip": skip,
                "tails": spelling.tails(cells.values()),
            }
            for line, cells, skip in rows
        ]
        self.env.cr.execute(
            """
            INSERT INTO sms_campaign_row (audience_id, line, cells, skip, tails)
            SELECT %s, v.line, v.cells, v.skip, v.tails
              FROM json_to_recordset(%s)
                AS v(line int, cells jsonb, skip text, tails jsonb)
            """,
            [self.id, json.dumps(values)],
        )

    def _row_columns(self):
        """Return the keys of cells: with numbers, the best first, and with the name."""
        if self.kind == "numbers":
            return ["number"], "name"
        slugs = {}
        for column in self.column_ids:
            slugs.setdefault(column.role, []).append(column.slug)
        numbers = slugs.get("number", []) + slugs.get("fallback", [])
        return numbers[:NUMBER_COLUMNS], slugs.get("name", [None])[0]

    def _row_titles(self):
        """Return what people call the cells, by their keys."""
        titles = {each.slug: each.title for each in self.column_ids}
        return {"name": self.env._("Name")} | titles

    # ------------------------------------------------------------
    # People
    # ------------------------------------------------------------

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
        """Return a ``Person`` for each of the rows of this audience."""
        numbers, name = self._row_columns()
        titles = self._row_titles()
        people = []
        for row in rows:
            cells = dict(row.cells or {})
            cells.setdefault("name", cells.get(name, ""))
            person = Person(
                name=cells.get(name) or "",
                numbers=[cells[each] for each in numbers if cells.get(each)],
                cells=cells,
                line=row.line,
                place=row.id,
                titles=titles,
            )
            if row.skip and not (row.skip == "hidden" and self.hidden_rows):
                person.leave_out(BY_SKIP[row.skip])
            people.append(person)
        return people

    # ------------------------------------------------------------
    # The form of a file
    # ------------------------------------------------------------
    # The columns of a file, shown for correction before it is saved.

    # Not of the columns' roles: each line would ask the server before its form does.
    @api.depends("column_ids")
    def _compute_number_title(self):
        for audience in self:
            found = audience.column_ids.filtered(lambda c: c.role == "number")
            audience.number_title = found[:1].title

    @api.depends("column_ids", "kind", "file")
    def _compute_file_problem(self):
        for audience in self:
            audience.file_problem = False
            if audience.kind != "file" or not audience.file:
                continue
            if not audience.column_ids:
                audience.file_problem = audience._no_columns_text()
            elif not audience.number_title:
                audience.file_problem = self.env._(
                    "Choose the column that holds the phone number."
                )

    @api.depends("column_ids")
    def _compute_column_question(self):
        """Ask whether the right column is written to, where another has numbers."""
        for audience in self:
            columns = audience.column_ids
            chosen = columns.filtered(lambda c: c.role == "number")[:1]
            questions = [
                self.env._(
                    "Two columns have phone numbers: “%(one)s” (%(ones)s rows) and"
                    " “%(other)s” (%(others)s). Should the SMS be sent to “%(one)s”?",
                    one=chosen.title,
                    ones=chosen.numbers or "0",
                    other=other.title,
                    others=other.numbers,
                )
                for other in columns
                if chosen and other.numbers and other.role in ("placeholder", "name")
            ]
            if chosen.hidden:
                text = self.env._(
                    "The column “%s” is hidden in the file.", chosen.title
                )
                questions.append(text)
            audience.column_question = "\n".join(questions) or False

    def _no_columns_text(self):
        try:
            self._file_table()
        except table.TableError as error:
            return sentence(self.env, error)
        return False

    # Not of what the form has: of what is saved.
    def _compute_slugs(self):
        for audience in self:
            saved = audience._origin
            audience.shown_sheet = saved.sheet
            for role, fname in ALONE.items():
                found = saved.column_ids.filtered(lambda c, role=role: c.role == role)
                audience[fname] = found[:1].slug

    def _file_table(self):
        self._check_may_read()
        try:
            content = base64.b64decode(self.file or b"")
        except binascii.Error:
            raise table.TableError("broken") from None
        country = self._row_country()
        with limits.taking(self.env.cr, "reading"):
            return table.read(content, country, sheet=self.sheet or "")

    @api.onchange("file")
    def _onchange_file(self):
        """Show what a file was taken for: its sheet, its columns."""
        self.sheet = False
        self._show_columns()

    @api.onchange("sheet")
    def _onchange_sheet(self):
        if self.file and self.sheet != self.shown_sheet:
            self._show_columns()

    def _show_columns(self):
        self.column_ids = [Command.clear()]
        self.notes = self.sheet_choices = self.number_slug = self.name_slug = False
        if not self.file:
            self.sheet = self.shown_sheet = False
            return
        try:
            found = self._file_table()
        except table.TableError as error:
            self._show_sheets(error)
            return
        self.sheet = self.shown_sheet = found.sheet
        self.sheet_choices = choices(found.sheets)
        self.column_ids = [Command.create(column) for column in columns(found)]
        for role, fname in ALONE.items():
            chosen = [column.slug for column in found.columns if column.role == role]
            self[fname] = next(iter(chosen), False)
        counts = Counter()
        if len(self.file) < COUNTED_AT_ONCE:
            try:
                with limits.taking(self.env.cr, "reading"):
                    sum(1 for _row in counted(found.rows(), counts))
            except table.TableError as error:
                raise UserError(sentence(self.env, error)) from None
        self.notes = self._notes_of(found, counts)

    def _show_sheets(self, error):
        """Let a person choose another sheet, if it is this one that can't be used."""
        names = table.sheets(base64.b64decode(self.file)) if error.sheet else ()
        if len(names) < 2:
            raise UserError(sentence(self.env, error)) from None
        self.sheet = self.shown_sheet = error.sheet
        self.sheet_choices = choices(names)

    @api.onchange("column_ids")
    def _onchange_column_ids(self):
        """Free the column before, where another takes its place."""
        for role, fname in ALONE.items():
            found = self.column_ids.filtered(lambda c, role=role: c.role == role)
            new = found.filtered(lambda c, fname=fname: c.slug != self[fname])
            chosen = (new or found)[:1]
            (found - chosen).role = "placeholder"
            self[fname] = chosen.slug
        self._compute_number_title()
        self._compute_file_problem()
        self._compute_column_question()


def _batches(rows):
    """Return rows in lists, short ones if the rows are long."""
    batch, size = [], 0
    for row in rows:
        batch.append(row)
        size += sum(len(cell) for cell in row[1].values())
        if len(batch) == BATCH or size > CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def columns(found):
    """Return the values of a file's columns, and what each was taken for.

    :param found: what ``table.read`` gives
    """
    first = found.head[0].values
    return [
        {
            "sequence": column.index,
            "title": column.title,
            "slug": column.slug,
            "role": column.role or "placeholder",
            "example": first[column.index],
            "hidden": column.hidden,
            "numbers": f"{column.numbers}/{len(found.head)}" if column.numbers else "",
        }
        for column in found.columns
    ]


def choices(sheets):
    """Return the sheets to choose from, one a line, if there is a choice."""
    return "\n".join(sheets) if len(sheets) > 1 else False


def counted(rows, counts):
    """Return the rows, and count those that need a word."""
    for row in rows:
        counts[_skip(row)] += 1
        counts["unknown"] += row.unknown
        yield row


def _skip(row):
    if row.struck:
        return "struck"
    return "hidden" if row.hidden else None


def _all_lines(text, found):
    """Return (line, number, name) of what was found, and of lines in which nothing was.

    Those are no numbers, and the count says so instead of passing over them.
    """
    found = list(found)
    yield from found
    known = {each.line for each in found}
    for line, content in enumerate(text.splitlines(), 1):
        if line not in known and content.strip():
            yield line, content.strip()[: phone.LONGEST], ""
