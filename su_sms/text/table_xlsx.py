"""Read the rows of an XLSX file, flat in memory.

openpyxl reads it too, but holds something for every row and shared string: 80 to 180 MB
and 7 s for 200,000 rows of 4 cells, against 55 MB and 4 s here. lxml reads the XML: no
entity is expanded, nothing is fetched, and a part with a document type is refused, as
ECMA-376 part 2 has none.

What people see is what counts: numbers as they are shown, a merged cell in each of its
rows; what is hidden or struck through is told as such. Comments are no part of a cell.
"""

import io
import posixpath
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import NamedTuple

from lxml import etree

from . import table_format
from .table_error import TableError

COLUMNS = 16_384  # what Excel has


# Elements of styles, columns or relations: Excel has 65,490 styles at most.
_FEW = 100_000
# Rows of a part, columns that ranges name, cells that merges fill.
_ROWS, _OVERLAPPING, _MERGED = 1_100_000, 20 * COLUMNS, 2_000_000
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
            min(1_000_000, _FEW + size // 4),
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
    :ivar merged: {column: [(first row, last row)]}, for cells of more than a row
    """

    hidden: frozenset[int]
    frozen: int
    merged: dict[int, list[tuple[int, int]]]


class SheetRow(NamedTuple):
    """A row as the file has it.

    :ivar line: its number
    :ivar values: texts of its cells
    :ivar hidden: whether a filter or a person hides it
    :ivar struck: the places of cells that are struck through
    :ivar unknown: how many formulas there are whose value the file does not have
    """

    line: int
    values: list[str]
    hidden: bool = False
    struck: frozenset[int] = frozenset()
    unknown: int = 0


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
        :raise TableError: broken, unsafe, expands
        """
        with _broken():
            self._archive = zipfile.ZipFile(io.BytesIO(content))
            infos = self._archive.infolist()
            if len(infos) > _PARTS or any(i.compress_type not in _KINDS for i in infos):
                raise TableError("unsafe")
            # A file of a few kilobytes must not make work for millions.
            expands = min(expands, max(_AT_LEAST, _RATIO * len(content)))
            self._most = _Most.of(len(content), cells)
            self._rows_left, self._cells_left = self._most.rows, self._most.cells
            if sum(info.file_size for info in infos) > expands:
                raise TableError("expands", expands // 1_000_000)
            if any(info.flag_bits & 1 for info in infos):
                raise TableError("encrypted")
            book = self._related("", "officeDocument")[0]
            self.sheets = list(self._sheets(book))
            self._strings = self._read_strings(book)
            self._read_styles(book)
        if not self.sheets:
            raise TableError("broken")

    def layout(self, sheet: Sheet) -> Layout:
        """Read what a sheet says before its first row and behind its last.

        :raise TableError: broken, unsafe
        """
        hidden: set[int] = set()
        frozen, left = 0, _OVERLAPPING
        found = self._elements(sheet.part, "pane", "col", "row", until="sheetData")
        with _broken(), closing(found):
            for element in found:
                if element.tag.endswith("}row"):
                    break
                if element.tag.endswith("}pane"):
                    if element.get("state", "").startswith("frozen"):
                        frozen = int(float(element.get("ySplit") or 0))
                elif _is_on(element.get("hidden")) or element.get("width") == "0":
                    first, last = int(element.get("min")), int(element.get("max"))
                    columns = range(first - 1, min(last, COLUMNS))
                    left -= len(columns)
                    if left < 0:
                        raise TableError("unsafe")
                    hidden.update(columns)
            return Layout(frozenset(hidden), frozen, self._merged(sheet.part))

    def rows(self, sheet: Sheet, layout: Layout | None = None) -> Iterator[SheetRow]:
        """Give each row that the file mentions.

        :raise TableError: broken, unsafe, too_many_cells
        """
        layout = layout or self.layout(sheet)
        merges = _Merges(layout.merged)
        line = 0
        left = self._most.rows // _READINGS
        cells_left = self._most.cells // _READINGS
        rows = self._elements(sheet.part, "row", until="sheetData", most=_ROWS)
        with _broken(), closing(rows):
            for row in rows:
                before, line = line, int(row.get("r") or line + 1)
                if line <= before:
                    raise TableError("broken")
                hidden = _is_on(row.get("hidden")) or row.get("ht") == "0"
                read = self._cells(row, SheetRow(line, [], hidden))
                left, self._rows_left = left - 1, self._rows_left - 1
                cells = max(len(read.values), len(row))
                cells_left, self._cells_left = (
                    cells_left - cells,
                    self._cells_left - cells,
                )
                if min(left, self._rows_left) < 0:
                    limit = self._most.rows // _READINGS
                    raise TableError("too_many_rows", limit, sheet.name)
                if min(cells_left, self._cells_left) < 0:
                    limit = self._most.cells // _READINGS
                    raise TableError("too_many_cells", limit, sheet.name)
                yield merges.filled(read)

    def _merged(self, part: str) -> dict[int, list[tuple[int, int]]]:
        """Find the merged cells of more than a row.

        They stand behind the rows: what is between is passed over unread.
        """
        kept, found = b"", False
        with self._archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                kept += chunk
                if not found:
                    place = _MERGES.search(kept)
                    found = bool(place)
                    kept = kept[place.start() :] if place else kept[-_OVERLAP:]
                if len(kept) > _SILENCE:
                    break
        merged: dict[int, list[tuple[int, int]]] = {}
        left = _MERGED
        for match in _MERGE.finditer(kept) if found else ():
            column, first, last = match[1].decode(), int(match[2]), int(match[3])
            left -= max(last - first, 0)
            if left < 0:
                raise TableError("unsafe")
            if last > first:
                merged.setdefault(_column(column, 0), []).append((first, last))
        return merged

    def _cells(self, row: etree._Element, read: SheetRow) -> SheetRow:
        cells, struck, unknown = read.values, set(), 0
        struck_styles = self._struck
        for cell in row.iterchildren("{*}c"):
            column = _column(cell.get("r"), len(cells))
            if column > len(cells):
                cells.extend([""] * (column - len(cells)))
            value = self._value(cell)
            if value is None:
                value, unknown = "", unknown + 1
            if struck_styles and value and int(cell.get("s") or 0) in struck_styles:
                struck.add(column)
            if column < len(cells):
                cells[column] = value
            else:
                cells.append(value)
        if struck or unknown:
            return read._replace(struck=frozenset(struck), unknown=unknown)
        return read

    def _value(self, cell: etree._Element) -> str | None:
        """Give a cell's text; None if only a program that reckons could tell it.

        A formula's is what Excel has last made of it; some programs make nothing.
        """
        kind, value = cell.get("t", "n"), None
        if kind == "inlineStr":
            return _string(cell)
        for child in cell:
            if child.tag.endswith("}v"):
                value = child.text
        if not value:
            return None if _is_unknown(cell) else ""
        if kind == "e":
            return ""
        if kind == "s":
            return self._strings[int(value)]
        if kind == "n":
            return self._number(value, int(cell.get("s") or 0))
        if kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        return _unescaped(value)

    def _number(self, value: str, style: int) -> str:
        code = self._formats.get(style)
        if code is None:
            if value.isdecimal():
                return value
            return table_format.plain(float(value))
        return table_format.shown(float(value), code, self._epoch)

    def _sheets(self, book: str) -> Iterator[Sheet]:
        targets = dict(self._relations(book))
        self._epoch = _EPOCHS[0]
        self.active: Sheet | None = None
        open_at, at, known = 0, -1, set()
        names = ("sheet", "workbookPr", "workbookView")
        for element in self._elements(book, *names, until="sheets"):
            if element.tag.endswith("}workbookPr"):
                self._epoch = _EPOCHS[_is_on(element.get("date1904"))]
                continue
            if element.tag.endswith("}workbookView"):
                open_at = int(element.get("activeTab") or 0)
                continue
            at += 1
            if at >= _SHEETS:
                raise TableError("unsafe")
            ids = [value for key, value in element.items() if key.endswith("}id")]
            kind, part = targets.get(ids[0] if ids else "", ("", ""))
            if kind == "worksheet" and part not in known:
                known.add(part)
                hidden = element.get("state", "visible") != "visible"
                sheet = Sheet(element.get("name", ""), part, hidden)
                if at == open_at and not hidden:
                    self.active = sheet
                yield sheet

    def _read_strings(self, book: str) -> list[str]:
        strings: list[str] = []
        for part in self._related(book, "sharedStrings"):
            for element in self._elements(part, "si", most=self._most.strings):
                strings.append(_string(element))
                if len(strings) > self._most.strings:
                    raise TableError("unsafe")
        return strings

    def _read_styles(self, book: str) -> None:
        """Read by style what shows a number, and which are struck through."""
        codes, fonts, style = dict(table_format.BUILTIN), [], 0
        self._formats: dict[int, str] = {}
        self._struck: set[int] = set()
        for part in self._related(book, "styles"):
            for element in self._elements(part, "numFmt", "font", "xf"):
                parent = element.getparent().tag
                if element.tag.endswith("}numFmt"):
                    number = int(element.get("numFmtId") or 0)
                    codes[number] = element.get("formatCode") or ""
                elif element.tag.endswith("}font"):
                    if parent.endswith("}fonts"):
                        fonts.append(_is_struck(element))
                elif parent.endswith("}cellXfs"):
                    number = int(element.get("numFmtId") or 0)
                    if codes.get(number, "General").lower() not in _AS_IT_IS:
                        self._formats[style] = codes[number]
                    font = int(element.get("fontId") or 0)
                    if font < len(fonts) and fonts[font]:
                        self._struck.add(style)
                    style += 1

    def _related(self, source: str, kind: str) -> list[str]:
        return [part for _, (one, part) in self._relations(source) if one == kind]

    def _relations(self, source: str) -> Iterator[tuple[str, tuple[str, str]]]:
        """Give id -> (kind, part) of what a part refers to within the archive."""
        folder, name = posixpath.split(source)
        part = posixpath.join(folder, "_rels", f"{name}.rels")
        for element in self._elements(part, "Relationship"):
            if element.get("TargetMode") != "External":
                target = posixpath.join("/", folder, element.get("Target", ""))
                kind = posixpath.basename(element.get("Type", ""))
                path = posixpath.normpath(target).lstrip("/")
                yield element.get("Id", ""), (kind, path)

    def _elements(
        self, part: str, *names: str, until: str | None = None, most: int = _FEW
    ) -> Iterator[etree._Element]:
        """Give the elements of these names and forget each afterwards.

        :param until: an element whose end is the end of what is wanted
        :param most: how many there may be
        """
        parser = etree.XMLPullParser(
            tag=[f"{{*}}{name}" for name in (*names, until) if name],
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
        )
        silent, left = 0, most
        with self._archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                parser.feed(chunk)
                silent += len(chunk)
                for _, element in parser.read_events():
                    if element.getroottree().docinfo.internalDTD is not None:
                        raise TableError("unsafe")
                    if until and element.tag.endswith(f"}}{until}"):
                        return
                    silent, left = 0, left - 1
                    if left < 0:
                        raise TableError("unsafe")
                    yield element
                    element.clear()
                    while element.getprevious() is not None:
                        del element.getparent()[0]
                if silent > _SILENCE:
                    raise TableError("unsafe")
        parser.close()


@contextmanager
def _broken() -> Iterator[None]:
    """Say that the file is broken, whatever libraries make of its bytes."""
    try:
        yield
    except TableError:
        raise
    except Exception:
        raise TableError("broken") from None


class _Merges:
    """Gives the text of a merged cell to each of its rows, from the first on."""

    def __init__(self, merged: dict[int, list[tuple[int, int]]]):
        self._left = {column: sorted(rows)[::-1] for column, rows in merged.items()}
        self._texts: dict[int, str] = {}

    def filled(self, row: SheetRow) -> SheetRow:
        for column, left in self._left.items():
            while left and left[-1][1] < row.line:
                left.pop()
            if not left or left[-1][0] > row.line:
                continue
            if left[-1][0] == row.line:
                known = column < len(row.values)
                self._texts[column] = row.values[column] if known else ""
            elif text := self._texts.get(column):
                row.values.extend([""] * (column + 1 - len(row.values)))
                row.values[column] = row.values[column] or text
            if row.line == left[-1][1]:
                self._texts.pop(column, None)
        return row


def _is_unknown(cell: etree._Element) -> bool:
    """Tell whether a cell without a value has a formula that makes one.

    Of a formula that makes an empty text, the value is kept as such.
    """
    return cell.find("{*}f") is not None and (
        cell.get("t") != "str" or cell.find("{*}v") is None
    )


def _is_on(value: str | None) -> bool:
    return value in ("1", "true", "on")


def _is_struck(element: etree._Element) -> bool:
    """Tell whether a font is struck through."""
    strike = element.find("{*}strike")
    return strike is not None and strike.get("val", "1") in ("1", "true", "on")


def _string(element: etree._Element) -> str:
    """Join the runs of a string that are not struck through.

    Without what shows how to pronounce it.
    """
    texts = (
        text.text or ""
        for text in element.iter("{*}t")
        if not text.getparent().tag.endswith("}rPh") and not _is_struck_run(text)
    )
    return _unescaped("".join(texts))


def _is_struck_run(text: etree._Element) -> bool:
    # They stand first; to look for them would take each run through all before it.
    first = text.getparent()[0]
    properties = first if first.tag.endswith("}rPr") else None
    return properties is not None and _is_struck(properties)


def _unescaped(text: str) -> str:
    """Undo `_x000D_`, which is how a character that XML can't hold is written."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    if character == "\r":
        return "\n"
    kept = character in "\t\n" or unicodedata.category(character)[0] != "C"
    return character if kept else ""


def _column(reference: str | None, following: int) -> int:
    """Give the place of a cell from 0: 2 for "C7", the next one for no reference."""
    if not reference:
        return following
    column, letters = 0, reference.rstrip("0123456789")
    if len(letters) > len("XFD"):
        raise TableError("broken")
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    if not 0 < column <= COLUMNS:
        raise TableError("broken")
    return column - 1


_CHUNK = 65_536  # bytes
_SILENCE = 4_000_000  # bytes without an element that is wanted: no row is that long
_PARTS, _SHEETS = 10_000, 1_000
# Bytes that any file may unpack to, and how many times its size.
_AT_LEAST, _RATIO = 5_000_000, 100
_KINDS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_EPOCHS = (datetime(1899, 12, 30), datetime(1904, 1, 1))
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_OVERLAP = 20  # bytes
_MERGES = re.compile(rb"<(?:[A-Za-z0-9_]+:)?mergeCells\b")
_MERGE = re.compile(
    rb"""<(?:[A-Za-z0-9_]+:)?mergeCell\s[^<>]{0,99}?\bref\s*=\s*["']"""
    rb"""\$?([A-Z]{1,3})\$?([0-9]{1,7}):\$?[A-Z]{1,3}\$?([0-9]{1,7})["']"""
)
_AS_IT_IS = {"general", "@", ""}
