"""Read the rows of an XLSX file, flat in memory.

openpyxl reads it too, but holds something for every row and shared string: 80 to 180 MB
and 7 s for 200,000 rows of 4 cells, against 55 MB and 4 s here. It is used for what
takes knowledge, which is dates. lxml reads the XML: no entity is expanded, nothing is
fetched, and a part with a document type is refused, as ECMA-376 part 2 has none.
"""

import io
import posixpath
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, time
from itertools import count
from typing import NamedTuple

from lxml import etree

from .table_error import TableError

COLUMNS = 16_384  # what Excel has


class Sheet(NamedTuple):
    """A sheet of a workbook.

    :ivar name: as its tab says
    :ivar part: its file within the archive
    :ivar hidden: whether its tab is hidden
    """

    name: str
    part: str
    hidden: bool


class Workbook:
    """An XLSX file, opened; the bytes are kept, nothing else grows with its rows.

    But for the shared strings: as many as there are different texts in its cells.
    """

    def __init__(self, content: bytes, expands: int):
        """Check the file and read its list of sheets.

        :param expands: bytes that it may unpack to
        :raise TableError: broken, unsafe, expands
        """
        with _broken():
            self._archive = zipfile.ZipFile(io.BytesIO(content))
            infos = self._archive.infolist()
            if sum(info.file_size for info in infos) > expands:
                raise TableError("expands", expands // 1_000_000)
            if any(info.flag_bits & 1 for info in infos):
                raise TableError("encrypted")
            book = self._related("", "officeDocument")[0]
            self.sheets = list(self._sheets(book))
            self._strings = self._read_strings(book)
            self._formats = self._read_formats(book)
        if not self.sheets:
            raise TableError("broken")

    def rows(self, sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
        """Give row number and texts of the cells of each row that the file mentions.

        :raise TableError: broken, unsafe
        """
        line = 0
        rows = self._elements(sheet.part, "row", until="sheetData")
        with _broken(), closing(rows):
            for row in rows:
                before, line = line, int(row.get("r") or line + 1)
                if line <= before:
                    raise TableError("broken")
                yield line, self._cells(row)

    def _cells(self, row: etree._Element) -> list[str]:
        cells: list[str] = []
        for cell in row.iterchildren("{*}c"):
            column = _column(cell.get("r"), len(cells))
            if column > len(cells):
                cells.extend([""] * (column - len(cells)))
            value = self._value(cell)
            if column < len(cells):
                cells[column] = value
            else:
                cells.append(value)
        return cells

    def _value(self, cell: etree._Element) -> str:
        """Give a cell's text; a formula's is what Excel has last made of it."""
        kind, value = cell.get("t", "n"), None
        if kind == "inlineStr":
            return _string(cell)
        for child in cell:
            if child.tag.endswith("}v"):
                value = child.text
        if not value or kind == "e":
            return ""
        if kind == "s":
            return self._strings[int(value)]
        if kind == "n":
            return self._number(value, int(cell.get("s") or 0))
        if kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        return _unescaped(value)

    def _number(self, value: str, style: int) -> str:
        if style in self._formats:
            return _moment(float(value), self._epoch)
        if value.isdecimal():
            return value
        number = float(value)
        if number.is_integer() and abs(number) < 1e15:
            return str(int(number))
        return f"{number:.15g}"

    def _sheets(self, book: str) -> Iterator[Sheet]:
        targets = dict(self._relations(book))
        self._epoch = _EPOCHS[0]
        for element in self._elements(book, "sheet", "workbookPr", until="sheets"):
            if element.tag.endswith("}workbookPr"):
                self._epoch = _EPOCHS[element.get("date1904") in ("1", "true")]
                continue
            ids = [value for key, value in element.items() if key.endswith("}id")]
            kind, part = targets.get(ids[0] if ids else "", ("", ""))
            if kind == "worksheet":
                hidden = element.get("state", "visible") != "visible"
                yield Sheet(element.get("name", ""), part, hidden)

    def _read_strings(self, book: str) -> list[str]:
        strings: list[str] = []
        for part in self._related(book, "sharedStrings"):
            for element in self._elements(part, "si"):
                strings.append(_string(element))
                if len(strings) > _STRINGS:
                    raise TableError("unsafe")
        return strings

    def _read_formats(self, book: str) -> set[int]:
        """Tell the styles that make a number a date or a time."""
        from openpyxl.styles import numbers  # slow to import, and rarely needed

        codes, dates, styles = dict(numbers.BUILTIN_FORMATS), set(), count()
        for part in self._related(book, "styles"):
            for element in self._elements(part, "numFmt", "xf"):
                number = int(element.get("numFmtId") or 0)
                if element.tag.endswith("}numFmt"):
                    codes[number] = element.get("formatCode")
                elif element.getparent().tag.endswith("}cellXfs"):
                    style = next(styles)
                    if numbers.is_date_format(codes.get(number)):
                        dates.add(style)
        return dates

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
        self, part: str, *names: str, until: str | None = None
    ) -> Iterator[etree._Element]:
        """Give the elements of these names and forget each afterwards.

        :param until: an element whose end is the end of what is wanted
        """
        parser = etree.XMLPullParser(
            tag=[f"{{*}}{name}" for name in (*names, until) if name],
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
        )
        silent = 0
        with self._archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                parser.feed(chunk)
                silent += len(chunk)
                for _, element in parser.read_events():
                    if element.getroottree().docinfo.internalDTD is not None:
                        raise TableError("unsafe")
                    if until and element.tag.endswith(f"}}{until}"):
                        return
                    silent = 0
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


def _string(element: etree._Element) -> str:
    """Join the runs of a string, without what shows how to pronounce it."""
    texts = (
        text.text or ""
        for text in element.iter("{*}t")
        if not text.getparent().tag.endswith("}rPh")
    )
    return _unescaped("".join(texts))


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


def _moment(serial: float, epoch: datetime) -> str:
    """Write a date or time as ISO 8601 does, without seconds if there are none."""
    from openpyxl.utils.datetime import from_excel  # slow to import

    try:
        value = from_excel(serial, epoch)
    except (OverflowError, ValueError):
        return ""  # Excel shows it as ######
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    unit = "seconds" if value.second else "minutes"
    if isinstance(value, datetime):
        return value.isoformat(" ", unit)
    return value.isoformat(unit)


def _column(reference: str | None, following: int) -> int:
    """Give the place of a cell from 0: 2 for "C7", the next one for no reference."""
    if not reference:
        return following
    column = 0
    for letter in reference.rstrip("0123456789"):
        column = column * 26 + ord(letter) - 64
    if not 0 < column <= COLUMNS:
        raise TableError("broken")
    return column - 1


_CHUNK = 65_536  # bytes
_SILENCE = 4_000_000  # bytes without an element that is wanted: no row is that long
_STRINGS = 5_000_000
_EPOCHS = (datetime(1899, 12, 30), datetime(1904, 1, 1))
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
