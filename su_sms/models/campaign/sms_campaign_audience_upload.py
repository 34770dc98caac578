import base64
import binascii
from collections import Counter

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...text import table
from .sms_campaign_audience_rows import choices, columns, counted

# Bytes of a file whose rows are counted while a person waits for its columns.
COUNTED_AT_ONCE = 2_000_000
# What one column has only.
ALONE = {"number": "number_slug", "name": "name_slug"}


class SmsCampaignAudience(models.Model):
    """The columns of a file, shown for correction before it is saved."""

    _inherit = "sms.campaign.audience"

    number_title = fields.Char(
        "Phone Numbers From",
        compute="_compute_number_title",
        readonly=False,
        help="The column that is written to. Choose it below, where it says what each"
        " column holds.",
    )
    file_problem = fields.Char(compute="_compute_file_problem", readonly=False)
    column_question = fields.Text(compute="_compute_column_question", readonly=False)
    # What was chosen before, so that a form knows which choice is the new one.
    number_slug = fields.Char(compute="_compute_slugs", readonly=False)
    name_slug = fields.Char(compute="_compute_slugs", readonly=False)
    shown_sheet = fields.Char(compute="_compute_slugs", readonly=False)

    @api.depends("file_name")
    def _compute_name(self):
        result = super()._compute_name()
        for audience in self.filtered(lambda a: a.kind == "file" and a.file_name):
            audience.name = audience.file_name
        return result

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
                    "Say which of the columns holds the phone number."
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
                    " “%(other)s” (%(others)s). Is it right that the SMS goes to"
                    " “%(one)s”?",
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
        except (table.TableError, binascii.Error) as error:
            return str(error)
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
        content = base64.b64decode(self.file or b"")
        return table.read(content, self._row_country(), sheet=self.sheet or "")

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
        except binascii.Error as error:
            raise UserError(str(error)) from None
        self.sheet = self.shown_sheet = found.sheet
        self.sheet_choices = choices(found.sheets)
        self.column_ids = [Command.create(column) for column in columns(found)]
        for role, fname in ALONE.items():
            chosen = [column.slug for column in found.columns if column.role == role]
            self[fname] = next(iter(chosen), False)
        counts = Counter()
        if len(self.file) < COUNTED_AT_ONCE:
            sum(1 for _row in counted(found.rows(), counts))
        self.notes = self._notes_of(found, counts)

    def _show_sheets(self, error):
        """Let a person choose another sheet, if it is this one that can't be used."""
        names = table.sheets(base64.b64decode(self.file)) if error.sheet else ()
        if len(names) < 2:
            raise UserError(str(error)) from None
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
