"""Read an uploaded CSV or XLSX file as a table of texts."""

import re
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from . import table_csv
from .table_columns import Column, columns, header_place
from .table_error import TableError
from .table_kind import Kind, kind
from .table_xlsx import Sheet, Workbook


@dataclass(frozen=True)
class Limits:
    """Bounds of a file, all of them far beyond what a campaign needs.

    :ivar size: bytes
    :ivar rows: with anything in them
    :ivar columns: cells in a row
    :ivar expands: bytes that an XLSX file may unpack to
    """

    size: int = 20_000_000
    rows: int = 200_000
    columns: int = 200
    expands: int = 200_000_000


class Row(NamedTuple):
    """A row with anything in it.

    :ivar line: its number in a spreadsheet program; the first row is 1
    :ivar values: at least one for each column; what lies beyond them is kept
    :ivar cut: whether a cell was longer than `LONGEST` and lost its end
    """

    line: int
    values: list[str]
    cut: bool = False


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
    """

    kind: Kind
    columns: tuple[Column, ...]
    header: int
    head: tuple[Row, ...]
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()

    def __init__(
        self,
        content: bytes,
        country: str | None,
        reserved: Collection[str],
        limits: Limits,
    ):
        check_size(len(content), limits)
        self._content, self._limits = content, limits
        self.kind = kind(content)
        if self.kind == "csv":
            self.encoding = table_csv.encoding(content)
            self.separator = table_csv.separator(content, self.encoding)
        else:
            self._choose_sheet()
        self._describe(country, reserved)

    def rows(self) -> Iterator[Row]:
        """Give the rows of data, from the first one each time.

        :raise TableError: at the row that is one too many, or where the file breaks
        """
        width, left = len(self.columns), self._limits.rows
        for row in self._filled():
            if row.line <= self.header:
                continue
            if not left:
                raise TableError("too_many_rows", self._limits.rows)
            left -= 1
            if len(row.values) < width:
                row.values.extend([""] * (width - len(row.values)))
            yield row

    def count(self) -> int:
        """Count the rows of data, which shows that all of them can be read.

        :raise TableError: as `rows` does
        """
        return sum(1 for _ in self.rows())

    def _filled(self) -> Iterator[Row]:
        """Give the rows that have anything, tidy and within the limits."""
        limits = self._limits
        for passed, (line, cells) in enumerate(self._raw(), 1):
            if max(line, passed) > _LINES:
                raise TableError("too_many_rows", limits.rows)
            values = [_tidy(cell) if cell else "" for cell in cells]
            while values and not values[-1]:
                values.pop()
            if not values:
                continue
            if len(values) > limits.columns:
                raise TableError("too_many_columns", limits.columns)
            cut = max(map(len, values)) > LONGEST
            if cut:
                values = [value[:LONGEST] for value in values]
            yield Row(line, values, cut)

    def _raw(self) -> Iterator[tuple[int, list[str]]]:
        if self.kind == "xlsx":
            return self._book.rows(self._sheet)
        return enumerate(
            table_csv.records(self._content, self.encoding, self.separator), 1
        )

    @cached_property
    def _book(self) -> Workbook:
        return Workbook(self._content, self._limits.expands)

    def _choose_sheet(self) -> None:
        """Choose the first sheet with anything in it, visible ones before hidden."""
        sheets = sorted(self._book.sheets, key=lambda sheet: sheet.hidden)
        self.sheets = tuple(sheet.name for sheet in self._book.sheets)
        for sheet in sheets:
            self._sheet: Sheet = sheet
            self.sheet = sheet.name
            with closing(self._filled()) as rows:
                if next(rows, None):
                    return
        raise TableError("empty")

    def _describe(self, country: str | None, reserved: Collection[str]) -> None:
        head: list[Row] = []
        with closing(self._filled()) as rows:
            for row in rows:
                head.append(row)
                if len(head) == _HEAD:
                    break
        place = header_place([row.values for row in head], country)
        self.header = 0 if place is None else head[place].line
        titles = [] if place is None else head[place].values
        data = [row for row in head if row.line > self.header]
        if not data:
            raise TableError("empty")
        self.columns = columns(titles, [row.values for row in data], country, reserved)
        if not any(column.role == "number" for column in self.columns):
            raise TableError("no_numbers")
        width = len(self.columns)
        for row in data:
            row.values.extend([""] * (width - len(row.values)))
        self.head = tuple(data)


def read(
    content: bytes,
    country: str | None = "KE",
    reserved: Collection[str] = (),
    limits: Limits | None = None,
) -> Table:
    """Open a file and guess its columns from its first rows.

    Nothing is evaluated: a formula of XLSX counts as the value that Excel has kept for
    it, and text that begins with = is text. An error such as #N/A is an empty cell.

    :param country: region of numbers without a country code
    :param reserved: words that no slug of a column may be
    :raise TableError: with the reason and what to do
    """
    return Table(content, country, reserved, limits or Limits())


def check_size(size: int, limits: Limits | None = None) -> None:
    """Check that a file of so many bytes may be read.

    :raise TableError: it is too large
    """
    limits = limits or Limits()
    if size > limits.size:
        raise TableError("too_large", limits.size // 1_000_000)


def _tidy(cell: str) -> str:
    """Take off blanks, what `safe_cell` adds, and the errors of a spreadsheet."""
    cell = cell.strip(_BLANKS)
    if cell.startswith("'") and _GUARDED.match(cell):
        return cell[1:].strip(_BLANKS)
    return "" if cell.startswith("#") and cell in _ERRORS else cell


LONGEST = 2_000  # characters of a cell; ten parts of SMS hold 1,530

_HEAD = 100  # rows
_LINES = 1_048_576  # what Excel has
_BLANKS = " \t\r\n\v\f\x85\u00a0\u2007\u202f\u3000\u200b\ufeff"
_GUARDED = re.compile(r"'[=+\-@＝＋－＠\s0-9]")
_ERRORS = set("#N/A #REF! #VALUE! #DIV/0! #NAME? #NULL! #NUM! #SPILL! #CALC!".split())
