"""Open the parts of an XLSX file, and parse them flat in memory and in little time.

expat gives each element as it comes and keeps none: what nobody asks for is gone at
once, whatever there is of it. No entity is expanded and nothing is fetched: a part with
a document type is refused, as ECMA-376 part 2 has none. Names are taken without their
namespaces.
"""

import io
import posixpath
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import NamedTuple
from xml.parsers import expat

from .error import TableError
from .kind import PLAIN_METHODS


class Relation(NamedTuple):
    """What a part refers to within the archive.

    :ivar id: by which the part names it
    :ivar kind: such as "worksheet"
    :ivar part: its file
    """

    id: str
    kind: str
    part: str


class Reader:
    """Takes the elements of a part; each may be one of millions.

    Names come with the prefix of a namespace, if they have one; `names` knows them
    without.

    :ivar depth: how many elements are open
    """

    def __init__(self) -> None:
        self.depth = 0
        self.names = _LocalNames()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        raise NotImplementedError

    def end(self, name: str) -> None:
        """End an element."""
        raise NotImplementedError

    #: takes a piece of text, if it is wanted
    text: Callable[[str], None] | None = None


class Each(Reader):
    """Gives the attributes of some elements to functions.

    :param found: functions by the name of the element
    :param until: an element whose end is the end of what is wanted
    """

    def __init__(
        self,
        found: Mapping[str, Callable[[dict[str, str]], None]],
        until: str | None = None,
    ):
        super().__init__()
        self._found, self._until = found, until

    def start(self, name, attributes):
        self.depth += 1
        if self.depth > DEPTH:
            raise TableError("unsafe")
        if found := self._found.get(self.names[name]):
            found(attributes)

    def end(self, name):
        self.depth -= 1
        if self.names[name] == self._until:
            raise Enough


class Enough(Exception):  # noqa: N818 - nothing is wrong
    """Raised by a reader: what follows in the part is not wanted."""


class Parts:
    """An XLSX file as an archive; its bytes are kept, nothing else grows with it."""

    def __init__(self, content: bytes, expands: int):
        """Check the archive.

        :param expands: bytes that it may unpack to
        :raise TableError: broken, unsafe, expands, encrypted
        """
        self._left = _steps(len(content))
        with broken():
            self._archive = zipfile.ZipFile(io.BytesIO(content))
            infos = self._archive.infolist()
        if len(infos) > _PARTS or not PLAIN_METHODS.issuperset(
            info.compress_type for info in infos
        ):
            raise TableError("unsafe")
        # A file of a few kilobytes must not make work for millions.
        expands = min(expands, max(_AT_LEAST, _RATIO * len(content)))
        if sum(info.file_size for info in infos) > expands:
            raise TableError("expands", expands // 1_000_000)
        if any(info.flag_bits & 1 for info in infos):
            raise TableError("encrypted")

    def spend(self, steps: int) -> None:
        """Count work for the file: a step is an element, or what takes as long.

        :raise TableError: it is more than a file of its size is worth
        """
        self._left -= steps
        if self._left < 0:
            raise TableError("too_much_work")

    def relations(self, source: str) -> list[Relation]:
        """List what a part refers to within the archive, each part once."""
        folder, name = posixpath.split(source)
        relations: dict[str, Relation] = {}

        def found(attributes):
            target = attributes.get("Target", "")
            if attributes.get("TargetMode") == "External" or len(target) > _LONGEST:
                return
            path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            kind = posixpath.basename(attributes.get("Type", ""))[:_LONGEST]
            id_ = attributes.get("Id", "")[:_LONGEST]
            relations.setdefault(path, Relation(id_, kind, path))
            if len(relations) > _RELATIONS:
                raise TableError("unsafe")

        part = posixpath.join(folder, "_rels", f"{name}.rels")
        self.parse(part, Each({"Relationship": found}))
        return list(relations.values())

    def parse(self, part: str, reader: Reader) -> None:
        """Parse a part to its end, or until its reader has enough.

        :raise TableError: broken, unsafe, too_much_work
        """
        for _piece in self.parsing(part, reader):
            pass

    def parsing(self, part: str, reader: Reader) -> Iterator[None]:
        """Parse a part as `parse` does, and stop behind each piece of it."""
        with broken(), closing(self._unpacked(part)) as chunks:
            yield from self._parsed(chunks, reader)

    def parse_from(self, part: str, name: str, reader: Reader) -> None:
        """Parse a part from the first element of a name on, if it has one.

        What is before it is unpacked only, which takes a tenth of the time. The reader
        has enough before the part ends, which is not that of an element then.
        """
        with broken(), closing(self._unpacked(part)) as chunks:
            for _piece in self._parsed(_behind(chunks, name.encode()), reader):
                pass

    def _unpacked(self, part: str) -> Iterator[bytes]:
        with self._archive.open(part) as stream:
            while chunk := stream.read(PIECE):
                self.spend(len(chunk) // _BYTES)
                yield chunk

    def _parsed(self, chunks: Iterator[bytes], reader: Reader) -> Iterator[None]:
        parser, fed = _parser(reader), 0
        for chunk in chunks:
            fed += len(chunk)
            elements = chunk.count(b"<") - chunk.count(b"</")
            self.spend(_ELEMENT * elements + sum(map(chunk.count, _STOPS)))
            try:
                parser.Parse(chunk)
            except Enough:
                yield
                return
            yield
            # Of what has begun and goes on without an end, and of names, all is kept.
            open_ = fed - parser.CurrentByteIndex
            if open_ > _TOKEN or len(parser.intern) > _NAMES:
                raise TableError("unsafe")
            self.spend(open_ // _BYTES)
        parser.Parse(b"", True)


@contextmanager
def broken() -> Iterator[None]:
    """Say that the file is broken, whatever libraries make of its bytes."""
    try:
        yield
    except TableError:
        raise
    except Exception:
        raise TableError("broken") from None


def is_on(value: str | None) -> bool:
    """Tell whether an attribute says yes."""
    return value in ("1", "true", "on")


def _steps(size: int) -> int:
    """Tell how much work a file of a size is worth; four million steps take a second.

    A cell is thirty to a hundred of them, and seven bytes or so. What is made to be
    read for long is small.
    """
    return min(8_000_000 + 8 * size + 22 * max(size - 1_000_000, 0), 200_000_000)


class _LocalNames(dict[str, str]):
    """Gives names of elements without the prefix of a namespace."""

    def __missing__(self, name: str) -> str:
        self[name] = local = name.rpartition(":")[2]
        return local


def _parser(reader: Reader) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _refused
    return parser


def _refused(*_doctype) -> None:
    raise TableError("unsafe")


def _behind(chunks: Iterator[bytes], name: bytes) -> Iterator[bytes]:
    """Return what there is from an element on, within another."""
    kept, found = b"", False
    for chunk in chunks:
        if found:
            yield chunk
            continue
        kept += chunk
        place = kept.find(name)
        start = kept.rfind(b"<", max(place - _PREFIX, 0), place) if place >= 0 else -1
        if start >= 0:
            found = True
            yield b"<found>" + kept[start:]
        else:
            kept = kept[-len(name) - _PREFIX :]
    if not found:
        yield b"<found/>"


DEPTH = 100  # elements in elements; Excel's have some ten
PIECE = 8_192  # bytes
_PARTS, _RELATIONS = 10_000, 10_000
_LONGEST = 1_000  # characters of a reference
# Bytes that any file may unpack to, and how many times its size.
_AT_LEAST, _RATIO = 5_000_000, 100
# What takes the parser a step each, and how many bytes without any of them do.
_STOPS, _BYTES = (b"=", b"&", b"\n", b"\r"), 100
_ELEMENT = 8  # steps
_TOKEN = 65_536  # bytes of a tag or a comment
_NAMES = 5_000  # of elements and attributes in a part
_PREFIX = 60  # characters of a namespace's prefix
