"""Read CSV of any encoding and separator, losing no row to a stray quote."""

import codecs
import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterator
from typing import TextIO

from .error import TableError

SEPARATORS = ",;\t|"
LINES_IN_CELL = 20  # a quote left open beyond this is a stray one
CELLS_IN_LINE = 16_384  # what Excel has


def records(content: bytes, encoding: str, mark: str) -> Iterator[list[str]]:
    """Return the cells of each row, blank rows too: the first row is a sheet's row 1.

    :param mark: the separator
    :raise TableError: at a line that no spreadsheet writes: it has more cells than one
        has, or a million characters
    """
    with _text(content, encoding) as text:
        yield from _records(_lines(text), mark)


def encoding(content: bytes) -> str:
    """Guess how the text is encoded.

    By its byte order mark; UTF-16 by its NULs; UTF-8 if it is that, but for a few
    broken characters; else Windows' Western European, as Excel saves "CSV".
    """
    for mark, name in _MARKS:
        if content.startswith(mark):
            return name
    head = content[:_SAMPLE]
    for start, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if head[start::2].count(0) > len(head) * 0.3:
            return name
    return "utf-8" if _is_utf8(content) else "cp1252"


def separator(content: bytes, encoding: str) -> str:
    """Guess what stands between cells: where numbers then stand alone, or rows agree.

    A first line `sep=;`, as Excel understands it, decides.
    """
    with _text(content, encoding, heed=False) as text:
        head = text.read(_SAMPLE)
    if told := _TOLD.match(head):
        return told[1]
    lines = head.splitlines(keepends=True)[:_LINES]
    return max(SEPARATORS, key=lambda mark: _score(lines, mark))


def _score(lines: list[str], mark: str) -> tuple[int, int, int]:
    rows = [row for row in _records(iter(lines), mark) if any(map(str.strip, row))]
    numbers = sum(any(map(_NUMBER.fullmatch, row)) for row in rows)
    widths = Counter(len(row) for row in rows if len(row) > 1)
    width, agreeing = max(widths.items(), key=lambda pair: pair[::-1], default=(0, 0))
    return numbers, agreeing, width


def _lines(text: TextIO) -> Iterator[str]:
    while line := text.readline(_LONGEST):
        yield line


def _records(lines: Iterator[str], mark: str) -> Iterator[list[str]]:
    feed = _Feed(lines, mark)
    reader = csv.reader(feed, delimiter=mark)
    while True:
        feed.begin()
        try:
            row = next(reader)
            stray = feed.stopped or (len(feed.given) > 1 and not _agree(feed, mark))
        except StopIteration:
            return
        except csv.Error:  # a cell beyond csv.field_size_limit
            stray = True
        if stray:
            # The line as it stands, quotes and all.
            row = feed.first().rstrip("\r\n").split(mark)
            reader = csv.reader(feed, delimiter=mark)
        yield row


def _agree(feed: "_Feed", mark: str) -> bool:
    """Tell whether quotes that go over lines stand where they should.

    A stray one would be closed by the next that comes, and swallow the rows between.
    """
    try:
        next(csv.reader(feed.given, delimiter=mark, strict=True))
    except csv.Error:
        return False
    return True


class _Feed:
    """Lines for one record of `csv.reader` at a time; it can take them back.

    :ivar given: lines of this record
    :ivar stopped: whether more were wanted than there are, or than is sane
    """

    def __init__(self, lines: Iterator[str], mark: str):
        self._lines, self._mark = lines, mark
        self._back: deque[str] = deque()
        self._again = 0
        self.begin()

    def begin(self) -> None:
        """Begin a record: what was given is done with."""
        self.given: list[str] = []
        self._room = _LONGEST
        self.stopped = False

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        """Return a line; stop in the middle of a cell that goes on and on."""
        if len(self.given) < LINES_IN_CELL and self._room > 0:
            line = self._back.popleft() if self._back else next(self._lines, None)
            if line is not None:
                cells = line.count(self._mark)
                if cells >= CELLS_IN_LINE or len(line) >= _LONGEST:
                    raise TableError("unsafe")
                line = line.replace("\0", "")  # which PostgreSQL can't keep
                self.given.append(line)
                self._room -= len(line)
                return line
        self.stopped = bool(self.given)
        raise StopIteration

    def first(self) -> str:
        """Return the first line of the record and take the others back."""
        first, *others = self.given
        self._again += len(others)
        if self._again > _AGAIN:
            raise TableError("too_much_work")
        self._back.extendleft(reversed(others))
        return first


def _text(content: bytes, encoding: str, heed: bool = True) -> TextIO:
    """Open the text, behind a `sep=` line if that is to be heeded."""
    text = io.TextIOWrapper(io.BytesIO(content), encoding, "replace", newline="")
    if heed:
        if not _TOLD.match(text.readline(_LINE_THAT_TELLS)):
            text.seek(0)
    return text


def _is_utf8(content: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    view, good, bad = memoryview(content), 0, 0
    for start in range(0, len(view), _SAMPLE):
        piece = decoder.decode(view[start : start + _SAMPLE])
        if not piece.isascii():
            wrong = piece.count("\ufffd")
            bad += wrong
            good += len(_BEYOND_ASCII.findall(piece)) - wrong
    return bad == 0 or good > bad


_SAMPLE = 65_536
_LINES = 50
_LONGEST = 1_000_000  # characters of a line
_AGAIN = 1_000_000  # lines that were read for a quote that was a stray one
_LINE_THAT_TELLS = 20  # characters
_MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_TOLD = re.compile(r"\ufeff?\"?sep=([,;\t|])\"?(?:\r|\n|$)", re.IGNORECASE)
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_NUMBER = re.compile(r"\s*['(\[]{0,2}\+?(?:\d[ ().\[\]-]{0,3}){9,15}\s*")
