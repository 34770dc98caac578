"""Read the rows of an XLSX file, flat in memory.

openpyxl reads it too, but holds something for every row and shared string: 80 to 180 MB
for 200,000 rows of 4 cells, against 55 MB here.

What people see is what counts: numbers as they are shown, a merged cell in each of its
rows; what is hidden or struck through is told as such. Comments are no part of a cell.
"""

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from .error import TableError
from .parts import PIECE, Each, Enough, Parts, broken, is_on
from .sheet import COLUMNS, Rows, SheetRow, Strings, column_of
from .styles import Styles

# Rows of a part, and columns that ranges name.
_ROWS, _OVERLAPPING = 1_100_000, 20 * COLUMNS
# How often all of a sheet is read, to choose it, to describe it and to keep its rows.
_READINGS = 4


class _Most(NamedTuple):
    """What is looked at in a file, by its size: so much takes seconds.

    Programs write some bytes for each; what is made to be read for long is compressed
    to nearly none.

    :ivar rows: in all readings of all sheets
    :ivar cells: in all readings of all sheets
    :ivar strings: that cells share
    """

    rows: int
    cells: int
    strings: int

    @classmethod
    def of(cls, size: int, cells: int) -> "_Most":
        return cls(
            _READINGS * min(_ROWS, 50_000 + size // 8),
            _READINGS * min(cells, 200_000 + size // 3),
            min(1_000_000, 100_000 + size // 4),
        )


class Sheet(NamedTuple):
    """A sheet of a workbook.

    :ivar name: as its tab says
    :ivar part: its file within the archive
    :ivar hidden: whether its tab is hidden
    """

    name: str
    part: str
    hidden: bool


class Layout(NamedTuple):
    """What a sheet shows of itself.

    :ivar hidden: the places of its hidden columns, from 0
    :ivar frozen: the last of its frozen rows; 0 if there are none
    :ivar merged: (first row, last row, column) of cells that fill more than a row
    """

    hidden: frozenset[int]
    frozen: int
    merged: list[tuple[int, int, int]]


class Workbook:
    """An XLSX file, opened; the bytes are kept, nothing else grows with its rows.

    But for the shared strings: as many as there are different texts in its cells.

    :ivar sheets: all that hold cells
    :ivar active: the sheet that was open when the file was saved, or None
    """

    def __init__(self, content: bytes, expands: int, cells: int = 2_000_000):
        """Check the file and read its list of sheets.

        :param expands: bytes that it may unpack to
        :param cells: how many a sheet may have; a small file fewer
        :raise TableError: broken, unsafe, expands, encrypted
        """
        self._parts = Parts(content, expands)
        self._most = _Most.of(len(content), cells)
        self._rows_left, self._cells_left = self._most.rows, self._most.cells
        self._epoch = _EPOCHS[0]
        self.active: Sheet | None = None
        with broken():
            self._book = self._related("", "officeDocument")[0]
            self.sheets = self._sheets()
        if not self.sheets:
            raise TableError("broken")

    def spend(self, steps: int) -> None:
        """Count work for the file, as `Parts.spend` does."""
        self._parts.spend(steps)

    def layout(self, sheet: Sheet) -> Layout:
        """Read what a sheet says before its first row and behind its last.

        :raise TableError: broken, unsafe, too_much_work
        """
        hidden: set[int] = set()
        frozen, left = 0, _OVERLAPPING

        def pane(attributes):
            nonlocal frozen
            if attributes.get("state", "").startswith("frozen"):
                frozen = int(float(attributes.get("ySplit") or 0))

        def col(attributes):
            nonlocal left
            if is_on(attributes.get("hidden")) or attributes.get("width") == "0":
                first, last = int(attributes["min"]), int(attributes["max"])
                columns = range(first - 1, min(last, COLUMNS))
                left -= len(columns)
                if left < 0:
                    raise TableError("unsafe")
                hidden.update(columns)

        def enough(_attributes):
            raise Enough

        found = {"pane": pane, "col": col, "sheetData": enough}
        self._parts.parse(sheet.part, Each(found))
        return Layout(frozenset(hidden), frozen, self._merged(sheet.part))

    def rows(self, sheet: Sheet, layout: Layout | None = None) -> Iterator[SheetRow]:
        """Return each row that the file mentions.

        :raise TableError: broken, unsafe, too_many_cells, too_many_rows, too_much_text,
            too_much_work
        """
        merges = _Merges((layout or self.layout(sheet)).merged)
        rows_left = self._most.rows // _READINGS
        cells_left = self._most.cells // _READINGS
        reader = Rows(self._strings, self._styles.struck, self._styles.shown)
        with broken(), closing(self._parts.parsing(sheet.part, reader)) as pieces:
            silent = 0
            for _piece in pieces:
                silent = 0 if reader.found else silent + 1
                if silent > _SILENCE:
                    raise TableError("unsafe")
                for read, cells in reader.found:
                    work = merges.fill(read)
                    cells = max(cells, len(read.values))
                    self.spend(_ROW + _CELL * cells + work)
                    rows_left, self._rows_left = rows_left - 1, self._rows_left - 1
                    cells_left -= cells
                    self._cells_left -= cells
                    if min(rows_left, self._rows_left) < 0:
                        limit = self._most.rows // _READINGS
                        raise TableError("too_many_rows", limit, sheet.name)
                    if min(cells_left, self._cells_left) < 0:
                        limit = self._most.cells // _READINGS
                        raise TableError("too_many_cells", limit, sheet.name)
                    yield read
                reader.found.clear()

    def _merged(self, part: str) -> list[tuple[int, int, int]]:
        """Find the merged cells of more than a row.

        They stand behind the rows: what is between is passed over unread.
        """
        merged: list[tuple[int, int, int]] = []

        def cell(attributes):
            if match := _MERGE.fullmatch(attributes.get("ref", "")):
                first, last = int(match[2]), int(match[3])
                if last > first:
                    merged.append((first, last, column_of(match[1])))
                if len(merged) > _MERGES:
                    raise TableError("unsafe")

        reader = Each({"mergeCell": cell}, until="mergeCells")
        self._parts.parse_from(part, "mergeCells", reader)
        return merged

    def _sheets(self) -> list[Sheet]:
        """List the sheets, each part once; find the active one, and the first day."""
        targets = {
            one.id: one.part for one in self._relations if one.kind == "worksheet"
        }
        sheets: dict[str, Sheet] = {}
        open_at, at = 0, -1

        def properties(attributes):
            self._epoch = _EPOCHS[is_on(attributes.get("date1904"))]

        def view(attributes):
            nonlocal open_at
            open_at = int(attributes.get("activeTab") or 0)

        def sheet(attributes):
            nonlocal at
            at += 1
            if at >= _SHEETS:
                raise TableError("unsafe")
            part = targets.get(_relation(attributes), "")
            if not part or part in sheets:
                return
            hidden = attributes.get("state", "visible") != "visible"
            sheets[part] = Sheet(attributes.get("name", "")[:_TITLE], part, hidden)
            if at == open_at and not hidden:
                self.active = sheets[part]

        found = {"workbookPr": properties, "workbookView": view, "sheet": sheet}
        self._parts.parse(self._book, Each(found, until="sheets"))
        return list(sheets.values())

    @cached_property
    def _relations(self):
        return self._parts.relations(self._book)

    @cached_property
    def _strings(self) -> list[str]:
        reader = Strings(self._most.strings)
        for part in self._related(self._book, "sharedStrings")[:1]:
            self._parts.parse(part, reader)
        return reader.found

    @cached_property
    def _styles(self) -> Styles:
        reader = Styles(self.spend, self._epoch)
        for part in self._related(self._book, "styles")[:1]:
            self._parts.parse(part, reader)
        return reader

    def _related(self, source: str, kind: str) -> list[str]:
        relations = self._parts.relations(source) if not source else self._relations
        return [one.part for one in relations if one.kind == kind]


class _Merges:
    """Puts the text of a merged cell into each of its rows, from the first on."""

    def __init__(self, merged: list[tuple[int, int, int]]):
        self._ahead = sorted(merged, reverse=True)
        self._texts: dict[int, tuple[int, str]] = {}

    def fill(self, row: SheetRow) -> int:
        """Fill a row; tell how much there was to do."""
        begun = 0
        while self._ahead and self._ahead[-1][0] <= row.line:
            first, last, column = self._ahead.pop()
            begun += 1
            if first == row.line and column < len(row.values) and row.values[column]:
                self._texts[column] = last, row.values[column]
        for column, (last, text) in [*self._texts.items()]:
            row.values.extend([""] * (column + 1 - len(row.values)))
            row.values[column] = row.values[column] or text
            if last <= row.line:
                del self._texts[column]
        return begun + len(self._texts)


def _relation(attributes: dict[str, str]) -> str:
    """Return the id of what an element refers to, whatever its namespace is called."""
    return next((value for key, value in attributes.items() if key.endswith(":id")), "")


_SHEETS, _MERGES = 1_000, 200_000
_SILENCE = 2_000_000 // PIECE  # pieces of a part without a row: none is that long
_ROW, _CELL = 30, 10  # steps of `Parts.spend`
_TITLE = 255  # characters; Excel's have 31
_EPOCHS = (datetime(1899, 12, 30), datetime(1904, 1, 1))
_MERGE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7}):\$?[A-Z]{1,3}\$?([0-9]{1,7})")
