"""Read the strings and the rows of an XLSX file as its XML gives them.

Texts come tidy and no longer than a cell may be: what a few bytes say for thousands of
cells is looked through once.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from .cell import tidy
from .error import TableError
from .parts import DEPTH, Enough, Reader, is_on

COLUMNS = 16_384  # what Excel has


class SheetRow(NamedTuple):
    """A row as the file has it.

    :ivar line: its number
    :ivar values: texts of its cells, tidy
    :ivar hidden: whether a filter or a person hides it
    :ivar struck: the places of cells that are struck through
    :ivar unknown: how many formulas there are whose value the file does not have
    """

    line: int
    values: list[str]
    hidden: bool = False
    struck: frozenset[int] | set[int] = frozenset()
    unknown: int = 0


class Strings(Reader):
    """Reads strings: joins their runs that are not struck through.

    Without what shows how to pronounce them.

    :param most: how many there may be
    :ivar found: the strings of a part
    :ivar value: the last one
    """

    def __init__(self, most: int = 0):
        super().__init__()
        self.found: list[str] = []
        self._most, self._left = most, _STRINGS
        self.begin()

    def begin(self) -> None:
        """Begin a string."""
        self._pieces: list[str] = []
        self._room = _LONGEST
        self._wanted = self._struck = self._properties = self._phonetic = False

    def value(self) -> str:
        """Return the string that has been read."""
        return tidy(unescaped("".join(self._pieces)))

    def start(self, name, attributes):
        self.depth += 1
        if self.depth > DEPTH:
            raise TableError("unsafe")
        name = self.names[name]
        if name == "si":
            self.begin()
        else:
            self.open(name, attributes)

    def open(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element of a string."""
        if name == "t":
            self._wanted = not (self._struck or self._phonetic)
        elif name == "r":
            self._struck = False
        elif name == "rPr":
            self._properties = True
        elif name == "rPh":
            self._phonetic = True
        elif name == "strike" and self._properties:
            self._struck = is_on(attributes.get("val", "1"))

    def end(self, name):
        self.depth -= 1
        name = self.names[name]
        if name == "si":
            self._keep(self.value())
        else:
            self.close(name)

    def close(self, name: str) -> None:
        """End an element of a string."""
        if name == "t":
            self._wanted = False
        elif name == "r":
            self._struck = False
        elif name == "rPr":
            self._properties = False
        elif name == "rPh":
            self._phonetic = False

    def text(self, piece):
        if self._wanted and self._room > 0:
            self._pieces.append(piece)
            self._room -= len(piece)

    def _keep(self, value: str) -> None:
        self.found.append(value)
        if len(self.found) > self._most:
            raise TableError("unsafe")
        self._left -= value.__sizeof__()
        if self._left < 0:
            raise TableError("too_much_text", _STRINGS // 1_000_000)


class Rows(Reader):
    """Reads rows.

    :param strings: that cells share
    :param struck: styles that are struck through
    :param number: gives what is shown of a number of a style
    :ivar found: rows, with how many cells each has; to be taken away
    """

    def __init__(
        self,
        strings: Sequence[str],
        struck: Collection[int],
        number: Callable[[str, int], str],
    ):
        super().__init__()
        self.found: list[tuple[SheetRow, int]] = []
        self._strings, self._struck_styles = strings, struck
        self._number = number
        self._inline = Strings()
        self._places: dict[str, int] = {}
        self._line = 0
        self._begin_row({})
        self._begin_cell({})

    # The next three are called for each of a million elements.

    def start(self, name, attributes):
        self.depth += 1
        if self.depth > DEPTH:
            raise TableError("unsafe")
        name = self.names[name]
        if name == "v":
            self._pieces, self._room = [], _LONGEST
            self._text = True
        elif name == "c":
            self._begin_cell(attributes)
        elif name == "row":
            self._begin_row(attributes)
        elif name == "f":
            self._formula = True
        elif name == "is":
            self._inline.begin()
            self._in_string = True
        elif self._in_string:
            self._inline.open(name, attributes)

    def end(self, name):
        self.depth -= 1
        name = self.names[name]
        if name == "v":
            self._text = False
            self._value = "".join(self._pieces)
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()
        elif name == "is":
            self._in_string = False
            self._string = self._own(self._inline.value())
        elif self._in_string:
            self._inline.close(name)
        elif name == "sheetData":
            raise Enough

    def text(self, piece):
        if self._text:
            if self._room > 0:
                self._pieces.append(piece)
                self._room -= len(piece)
        elif self._in_string:
            self._inline.text(piece)

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self._row = attributes
        self._cells: list[str] = []
        self._struck: set[int] = set()
        self._unknown = self._count = self._size = 0

    def _end_row(self) -> None:
        row, before = self._row, self._line
        self._line = int(row.get("r") or before + 1)
        if self._line <= before:
            raise TableError("broken")
        hidden = is_on(row.get("hidden")) or row.get("ht") == "0"
        read = SheetRow(self._line, self._cells, hidden, self._struck, self._unknown)
        self.found.append((read, max(len(self._cells), self._count)))

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._cell = attributes
        self._value: str | None = None
        self._string = ""
        self._formula = self._in_string = self._text = False

    def _end_cell(self) -> None:
        cells, following = self._cells, len(self._cells)
        reference = self._cell.get("r")
        column = self._column(reference) if reference else following
        self._count += 1
        if column >= COLUMNS or self._count > 2 * COLUMNS:
            raise TableError("broken")
        if column > following:
            cells.extend([""] * (column - following))
        value = self._shown()
        if value is None:
            value = ""
            self._unknown += 1
        if value and self._struck_styles:
            if int(self._cell.get("s") or 0) in self._struck_styles:
                self._struck.add(column)
        if column < len(cells):
            cells[column] = value
        else:
            cells.append(value)

    def _shown(self) -> str | None:
        """Return a cell's text; None if only a program that reckons could tell it.

        A formula's is what Excel has last made of it; some programs make nothing. Of
        one that makes an empty text, the value is kept as such.
        """
        kind, value = self._cell.get("t", "n"), self._value
        if kind == "s" and value:
            return self._strings[int(value)]
        if kind == "inlineStr":
            return self._string
        if not value:
            kept = kind == "str" and value is not None
            return None if self._formula and not kept else ""
        if kind == "n":
            if len(value) > _DIGITS:
                raise TableError("broken")
            return self._number(value, int(self._cell.get("s") or 0))
        if kind == "e":
            return ""
        if kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        return self._own(tidy(unescaped(value)))

    def _own(self, value: str) -> str:
        """Count a text that no other cell shares: a row is kept as a whole."""
        self._size += len(value)
        if self._size > _ROW:
            raise TableError("too_much_text", _ROW // 1_000_000)
        return value

    def _column(self, reference: str) -> int:
        """Return the place of a cell from 0: 2 for "C7"."""
        letters = reference.rstrip("0123456789")
        place = self._places.get(letters)
        if place is None:
            place = self._places[letters] = column_of(letters)
        return place


def column_of(letters: str) -> int:
    """Return the place of a column from 0: 2 for "C".

    :raise TableError: there is none of this name
    """
    column = 0
    if len(letters) > len("XFD"):
        raise TableError("broken")
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    if not 0 < column <= COLUMNS:
        raise TableError("broken")
    return column - 1


def unescaped(text: str) -> str:
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


_LONGEST = 32_768  # characters of a cell before it is tidy; Excel's have one less
_DIGITS = 400  # characters of a number; 1E+308 may be written in full
_ROW = 4_000_000  # characters
_STRINGS = 120_000_000  # bytes of memory that shared strings take
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
