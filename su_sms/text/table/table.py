"""Read an uploaded CSV or XLSX file as a table of texts."""

from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from . import csv_file as table_csv
from .cell import LONGEST, tidy
from .columns import Column, columns, has_number, header_place, work
from .error import TableError
from .kind import Kind, kind
from .workbook import Layout, Sheet, SheetRow, Workbook


@dataclass(frozen=True)
class Limits:
    """Bounds of a file, all of them far beyond what a campaign needs.

    :ivar size: bytes
    :ivar rows: with anything in them
    :ivar columns: cells in a row
    :ivar cells: of a sheet, empty ones too; a small file may have fewer
    :ivar expands: bytes that an XLSX file may unpack to
    :ivar characters: of all rows that are kept, with the names of their columns; a
        large file may have four more for each of its bytes
    """

    size: int = 20_000_000
    rows: int = 200_000
    columns: int = 200
    cells: int = 2_000_000
    expands: int = 200_000_000
    characters: int = 20_000_000


class Row(NamedTuple):
    """A row with anything in it.

    :ivar line: its number in a spreadsheet program; the first row is 1
    :ivar values: at least one for each column; what lies beyond them is kept
    :ivar cut: whether a cell was longer than `LONGEST` and lost its end
    :ivar hidden: whether a filter or a person hides it in a spreadsheet
    :ivar struck: whether it is struck through, or each number of it is
    :ivar unknown: how many formulas there are whose value the file does not have
    """

    line: int
    values: list[str]
    cut: bool = False
    hidden: bool = False
    struck: bool = False
    unknown: int = 0


class Table:
    """A file that can be read row by row, as often as wanted, flat in memory.

    :ivar kind: "csv" or "xlsx"
    :ivar columns: with what they seem to hold
    :ivar header: line of the headings; 0 if there are none
    :ivar head: the first rows of data
    :ivar encoding: of a CSV, such as "utf-8"; else ""
    :ivar separator: of a CSV, such as ";"; else ""
    :ivar sheet: name of the sheet that is read; "" for a CSV
    :ivar sheets: names of all sheets
    :ivar sheet_hidden: whether the tab of the sheet is hidden
    """

    kind: Kind
    columns: tuple[Column, ...]
    header: int
    head: tuple[Row, ...]
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    sheet_hidden: bool = False

    def __init__(
        self,
        content: bytes,
        country: str | None,
        reserved: Collection[str],
        limits: Limits,
        sheet: str = "",
    ):
        check_size(len(content), limits)
        self._content, self._limits = content, limits
        self._country, self._reserved = country, reserved
        self.kind = kind(content)
        if self.kind == "csv":
            self.encoding = table_csv.encoding(content)
            self.separator = table_csv.separator(content, self.encoding)
            self._describe()
        else:
            self.sheets = tuple(one.name for one in self._book.sheets)
            self._describe_sheet(self._chosen(sheet))

    def rows(self) -> Iterator[Row]:
        """Return the rows of data, from the first one each time.

        :raise TableError: at the row that is one too many, or where the file breaks
        """
        width, left = len(self.columns), self._limits.rows
        names = sum(len(column.slug) for column in self.columns)
        characters = most = self._limits.characters + 4 * len(self._content)
        for row in self._filled():
            if row.line <= self.header:
                continue
            if not left:
                raise TableError("too_many_rows", self._limits.rows, self.sheet)
            left -= 1
            # A few bytes may say for thousands of cells what is in each.
            characters -= names + sum(map(len, row.values))
            if characters < 0:
                raise TableError("too_much_text", most // 1_000_000, self.sheet)
            if len(row.values) < width:
                row.values.extend([""] * (width - len(row.values)))
            yield row

    def count(self) -> int:
        """Count the rows of data, which shows that all of them can be read.

        :raise TableError: as `rows` does
        """
        return sum(1 for _ in self.rows())

    def _filled(self, most: int | None = None) -> Iterator[Row]:
        """Return the rows that have anything, tidy and within the limits.

        :param most: rows to look at, blank ones too
        """
        limits = self._limits
        for passed, raw in enumerate(islice(self._raw(), most), 1):
            if max(raw.line, passed) > _LINES[self.kind]:
                raise TableError("too_many_rows", limits.rows, self.sheet)
            values = raw.values
            while values and not values[-1]:
                values.pop()
            if not values and not raw.unknown:
                continue
            if len(values) > limits.columns:
                raise TableError("too_many_columns", limits.columns, self.sheet)
            cut = max(map(len, values), default=0) > LONGEST
            if cut:
                values = [value[:LONGEST] for value in values]
            struck = bool(raw.struck) and self._is_struck(values, raw.struck)
            yield Row(raw.line, values, cut, raw.hidden, struck, raw.unknown)

    def _is_struck(self, values: list[str], struck: Collection[int]) -> bool:
        """Tell whether a row is struck through, and empty what is of one that is not.

        Who has struck out one of two numbers means the other.
        """
        filled = {at for at, value in enumerate(values) if value}
        crossed = filled.intersection(struck)
        if filled == crossed:
            return True
        self._spend(sum(_STEPS * work(values[at]) for at in filled))
        numbers = {at for at in filled if has_number(values[at], self._country)}
        if numbers and numbers <= crossed:
            return True
        for at in crossed:
            values[at] = ""
        return False

    def _spend(self, steps: int) -> None:
        """Count work for a file of which a few bytes may say thousands of cells."""
        if self.kind == "xlsx":
            self._book.spend(steps)

    def _raw(self) -> Iterator[SheetRow]:
        if self.kind == "xlsx":
            return self._book.rows(self._sheet, self._layout)
        records = table_csv.records(self._content, self.encoding, self.separator)
        return (
            SheetRow(line, [tidy(cell) if cell else "" for cell in cells])
            for line, cells in enumerate(records, 1)
        )

    @cached_property
    def _book(self) -> Workbook:
        return Workbook(self._content, self._limits.expands, self._limits.cells)

    def _chosen(self, name: str) -> Sheet:
        """Return the sheet of a name, else the one that people seem to mean.

        That is the only one with numbers, else the one that was open when the file was
        saved, else the first with numbers; one that nobody sees only if it is chosen.
        """
        book = self._book
        named = [sheet for sheet in book.sheets if sheet.name == name]
        if name and named:
            return named[0]
        seen = [sheet for sheet in book.sheets if not sheet.hidden]
        first = book.active or (seen or book.sheets)[0]
        if len(seen) < 2:
            return first
        seen.sort(key=lambda sheet: sheet != first)
        filled = []
        for sheet in seen:
            if not self._is_empty(sheet):
                if self._has_numbers(sheet):
                    return sheet
                filled.append(sheet)
        return next(iter(filled), first)

    def _is_empty(self, sheet: Sheet) -> bool:
        self._open(sheet)
        with closing(self._filled(_LEADING)) as rows:
            return next(rows, None) is None

    def _has_numbers(self, sheet: Sheet) -> bool:
        try:
            self._describe_sheet(sheet)
        except TableError as error:
            if error.reason not in ("empty", "no_numbers"):
                raise
            return False
        return any(column.numbers for column in self.columns)

    def _open(self, sheet: Sheet) -> None:
        self._sheet, self._layout = sheet, self._book.layout(sheet)
        self.sheet, self.sheet_hidden = sheet.name, sheet.hidden

    def _describe_sheet(self, sheet: Sheet) -> None:
        self._open(sheet)
        self._describe(self._layout)

    def _describe(self, layout: Layout | None = None) -> None:
        head = self._sample()
        frozen = sum(row.line <= layout.frozen for row in head) if layout else 0
        place = header_place([row.values for row in head], self._country, frozen)
        self.header = 0 if place is None else head[place].line
        titles = [] if place is None else head[place].values
        data = [row for row in head if row.line > self.header]
        if not data:
            raise TableError("empty", sheet=self.sheet)
        self.columns = columns(
            titles,
            [row.values for row in data],
            self._country,
            self._reserved,
            layout.hidden if layout else (),
        )
        if not any(column.role == "number" for column in self.columns):
            raise TableError("no_numbers", sheet=self.sheet)
        width = len(self.columns)
        for row in data:
            row.values.extend([""] * (width - len(row.values)))
        self.head = tuple(data)

    def _sample(self) -> list[Row]:
        """Return the first rows, as many as are looked through in about a second."""
        head: list[Row] = []
        left = _LOOKED
        with closing(self._filled()) as rows:
            for row in rows:
                head.append(row)
                took = sum(work(cell) for cell in row.values if cell)
                self._spend(_STEPS * took)
                left -= took
                if len(head) == _HEAD or left < 0:
                    break
        return head


def read(
    content: bytes,
    country: str | None = "KE",
    reserved: Collection[str] = (),
    limits: Limits | None = None,
    sheet: str = "",
) -> Table:
    """Open a file and guess its columns from its first rows.

    Nothing is evaluated: a formula of XLSX counts as the value that Excel has kept for
    it, and text that begins with = is text. An error such as #N/A is an empty cell.

    :param country: region of numbers without a country code
    :param reserved: words that no slug of a column may be
    :param sheet: the name of a sheet; by default the one that people seem to mean
    :raise TableError: with the reason and what to do
    """
    return Table(content, country, reserved, limits or Limits(), sheet)


def sheets(content: bytes, limits: Limits | None = None) -> tuple[str, ...]:
    """List the sheets of a workbook, hidden ones too; none of another file.

    :raise TableError: as `read` does
    """
    limits = limits or Limits()
    check_size(len(content), limits)
    if kind(content) != "xlsx":
        return ()
    return tuple(one.name for one in Workbook(content, limits.expands).sheets)


def check_size(size: int, limits: Limits | None = None) -> None:
    """Check that a file of so many bytes may be read.

    :raise TableError: it is too large
    """
    limits = limits or Limits()
    if size > limits.size:
        raise TableError("too_large", limits.size // 1_000_000)


_HEAD = 100  # rows
_LOOKED = 500_000  # millionths of a second
_STEPS = 8  # of `Parts.spend` in a millionth of a second
# Rows without anything above those of a sheet that is not empty.
_LEADING = 1_000
# What Excel has; a blank line of a CSV is a byte, and costs as much as a row.
_LINES = {"xlsx": 1_048_576, "csv": 300_000}
