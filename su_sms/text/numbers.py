"""Find the phone numbers in a pasted text or a cell, whatever stands between them.

Every piece that has digits comes out as a candidate, good or bad, duplicates too: what
is wrong with one is for `phone.parse` to say and for a person to see.
"""

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Literal, NamedTuple
from unicodedata import decimal

from . import phone

_Parse = Callable[[str], phone.Phone]
_Judge = Callable[[str], None]  # of each candidate, as it is found; may raise

LONGEST = 350_000  # characters: as many numbers with names, read within seconds
MOST = 20_000  # lines with anything, and numbers


class Entry(NamedTuple):
    """A piece of text that has digits.

    :ivar line: its line in the text, from 1
    :ivar raw: as typed, for `phone.parse`
    :ivar name: what stood beside it, such as "Amina"; often empty
    """

    line: int
    raw: str
    name: str = ""


class Found(NamedTuple):
    """The number of a cell.

    :ivar phone: that can receive SMS
    :ivar name: what stood beside it, as in "254712345678 - AMINA"; often empty
    """

    phone: phone.Phone
    name: str = ""


class TextTooLongError(ValueError):
    """A pasted text beyond `LONGEST` or `MOST`."""

    reason: Literal["too_long"] = "too_long"

    def __init__(self) -> None:
        super().__init__(self.reason)


def split(
    text: str, country: str | None = "KE", most: int | None = MOST
) -> Iterator[Entry]:
    """Return the candidates in a text, in order.

    Numbers stand on lines of their own or several to a line, between any separators,
    with or without a name; their inner spaces and dashes stay.

    :param country: the region by whose rules "0712 345 678 0722 345 678" is cut
    :param most: how many there may be; None for a text that was taken before
    :raise TextTooLongError: at once for a long text or very many lines, else at the
        number that is one too many
    """
    if len(text) > LONGEST:
        raise TextTooLongError
    text = plain(text)
    entries = _candidates(text, phone.Reader(country))
    if most is None:
        return entries
    if sum(map(bool, map(str.strip, text.splitlines()))) > most:
        raise TextTooLongError
    return _at_most(most, entries)


def plain(text: str) -> str:
    """Return a text with ASCII digits, each where it was: others are slow to read."""
    if text.isascii():
        return text
    digits = {one for one in set(text) if one.isdecimal() and not one.isascii()}
    return text.translate({ord(one): str(decimal(one)) for one in digits})


def _at_most(most: int, entries: Iterator[Entry]) -> Iterator[Entry]:
    yield from islice(entries, most)
    if next(entries, None):
        raise TextTooLongError


def read(raw: str | None, country: str | None = "KE") -> Found:
    """Read the one number that a cell is about.

    It may stand beside a name, or twice; of the values that Google Contacts joins with
    `:::`, which are one person's, the first counts that can receive SMS.

    :param country: the region of numbers without a country code
    :raise PhoneError: with the reason why there is none
    """
    reader = phone.Reader(country, _MOST_READ)
    return _read(raw or "", lambda text: phone.parse(text, country), reader)


def _read(raw: str, parse: _Parse, reader: phone.Reader) -> Found:
    """Read a cell; what is in it is looked at only until it is decided.

    :param parse: says why there is none
    """
    try:
        return Found(parse(raw))
    except phone.PhoneError as error:
        if error.reason in _CERTAIN or not raw or len(raw) > phone.LONGEST:
            raise
        problem = error
    if _JOINED in raw:
        return _first(raw.split(_JOINED), parse, reader)
    return _only(raw, reader, problem)


def _first(pieces: list[str], parse: _Parse, reader: phone.Reader) -> Found:
    problem = None
    for piece in map(str.strip, pieces):
        if problem and (reader.is_over or reader.is_short(piece)):
            continue
        if problem and _BARE.fullmatch(piece):
            if found := reader.find(piece):
                return Found(found)
            continue
        try:
            return _read(piece, reader.parse if problem else parse, reader)
        except phone.PhoneError as error:
            problem = problem or error
    raise problem or phone.PhoneError("empty")


def _only(raw: str, reader: phone.Reader, problem: phone.PhoneError) -> Found:
    """Return the one number among words; two, or one that is bad, are a problem."""
    if reader.is_short(raw):
        raise problem
    one: phone.Phone | None = None
    beside = False

    def judge(candidate: str) -> None:
        nonlocal one, beside
        found = reader.find(candidate)
        if found is None and _size(candidate) < _FEWEST:
            beside = True
        elif found is None or one not in (None, found):
            raise problem
        else:
            one = found
        if reader.is_over:
            raise problem

    candidates = list(_candidates(raw, reader, judge))
    if one is None:
        raise problem
    if _DOUBT.search(raw):
        # Such as "old".
        raise phone.PhoneError("doubtful")
    if beside:
        # "Pay Bill from 254712345678 - AMINA Acc. 4521" is no name.
        return Found(one)
    return Found(one, next((each.name for each in candidates if each.name), ""))


def _candidates(
    text: str, reader: phone.Reader, judge: _Judge | None = None
) -> Iterator[Entry]:
    for line, content in enumerate(text.splitlines(), 1):
        if not content:
            continue
        pieces = [_piece(piece, reader, judge) for piece in _pieces(content)]
        found = [pair for piece in pieces for pair in piece.found]
        if len(found) == 1 and not found[0][1]:
            beside = " ".join(piece.words for piece in pieces if piece.words)
            found = [(found[0][0], _name(beside))]
        for raw, name in found:
            yield Entry(line, raw[: phone.LONGEST + 1], name[: phone.LONGEST])


class _Piece(NamedTuple):
    found: list[tuple[str, str]]  # candidate, name
    words: str  # what a piece without candidates says


def _pieces(line: str) -> Iterator[str]:
    """Cut a line at what separates numbers; "712,345,678" stays in one piece."""
    for part in _SEPARATOR.split(_unnumbered(line)):
        first, *rest = _SOFT.split(part)
        held = last = first
        for mark, piece in zip(rest[::2], rest[1::2], strict=True):
            if _SHORT.fullmatch(last) and _SHORT.fullmatch(piece):
                held += mark + piece
            else:
                yield held
                held = piece
            last = piece
        yield held


def _unnumbered(line: str) -> str:
    """Take the number of a list's item off: "1. 0712345678"."""
    match = _MARKER.match(line)
    return line[match.end() :] if match and _size(line) > _FEWEST else line


def _piece(piece: str, reader: phone.Reader, judge: _Judge | None) -> _Piece:
    """Tell the numbers of a piece from the words around them."""
    if "+" not in piece and not _HAS_DIGIT.search(piece):
        return _Piece([], piece)
    runs: list[str] = []
    texts: list[list[str]] = [[]]  # before, between and after the runs
    for is_run, text in _runs_and_words(piece, reader):
        if not is_run:
            texts[-1].append(text)
            continue
        if judge:
            judge(text)
        runs.append(text)
        texts.append([])
    if not runs:
        return _Piece([], piece)
    named = [_name(" ".join(words)) for words in texts]
    if len(runs) == 1:
        named = [" ".join(filter(None, named))]
    elif not named[0]:
        named = named[1:]
    return _Piece(list(zip(runs, named, strict=False)), "")


def _runs_and_words(piece: str, reader: phone.Reader) -> Iterator[tuple[bool, str]]:
    """Return (whether it may be a number, text) of what a piece has."""
    if _BARE.fullmatch(piece):
        yield True, piece.strip()
        return
    held = ""
    if "+" in piece or _LETTER.search(piece):
        piece = _EXTENSION.sub("x", _GLUED.sub(" ", piece))
    for word in [*piece.split(), ""]:
        kind = _kind(word, bool(held))
        if held and (kind != "number" or _begins(held, word, reader)):
            if kind == "number" or _size(held):
                yield True, held.strip(_AROUND)
            held = ""
        if kind == "number":
            # "0712 345 678 0722 345 678" is two.
            held = f"{held} {word}" if held else word
        else:
            yield kind == "candidate", word


def _kind(word: str, within: bool) -> str:
    """Tell what a word is: part of a number, a bad candidate, or text."""
    if not word:
        return "text"
    if not _HAS_DIGIT.search(word):
        sign = not _LETTER.search(word) and (within or "+" in word)
        return "number" if sign else "text"
    if _LETTER.search(word) and not _SCHEME.match(word):
        return "candidate"
    return "number"


def _begins(held: str, word: str, reader: phone.Reader) -> bool:
    """Tell whether a new number begins with this word."""
    if _SCHEME.match(word):
        return True
    both, size = f"{held} {word}", _size(word)
    if len(both) > phone.LONGEST:
        return True
    if not size or _size(held) + size <= _FEWEST:
        return False
    if _size(held) + size > _MOST:
        return True
    if size >= _WHOLE:
        return _size(held) > _CODE or not reader.find(both)
    if _size(held) < _FEWEST:
        return False
    return bool(reader.find(held)) and (word[0] in "+0" or not reader.find(both))


def _size(text: str) -> int:
    return len(_HAS_DIGIT.findall(text))


def _name(text: str) -> str:
    """Reduce what stood beside a number to a name."""
    words = (word.strip(_PUNCTUATION) for word in text.split())
    return " ".join(word for word in words if word and not _LABEL.fullmatch(word))


# Digits: as few as a number has, as many as E.164 allows, those of a number without
# its country code, those of a country code with a trunk prefix.
_FEWEST, _MOST, _WHOLE, _CODE = 7, 15, 9, 4
# So many pieces of a cell are looked at: far more than a number among words has.
_MOST_READ = 24

_HAS_DIGIT = re.compile(r"\d")
_BARE = re.compile(" *[0-9]+ *")
_LETTER = re.compile(r"[^\W\d_]")
_AROUND = ' -–—:.*•<>"“”'
_PUNCTUATION = " -–—:.*•<>\"“”()[]{}'=#_"
# "or" and "and" in English and Swahili; what follows a tel: URI is part of it.
_SEPARATOR = re.compile(
    r"[\t|&]|;(?!(?:ext|isub|phone-context)=)|(?<!\S)(?:and|or|na|au)(?!\S)",
    re.IGNORECASE,
)
_SOFT = re.compile("([,/])")
_SHORT = re.compile(r"\s*\+?(?:\d[\s.-]*){1,6}")
_MARKER = re.compile(r"\s*\d{1,3}[.)]\s")
# Between a word and what isn't part of it: "Amina:0712", "0712345678(Amina)".
_GLUED = re.compile(
    r"(?<=[^\W\d_])(?<!tel)(?<!sms)(?<!callto):|(?<=[^\W\d_])[-–—=](?=\+?\d{9})"
    r"|(?<=\d{9})[-–—=:](?=[^\W\d_])|(?<=\d)(?=[(\[][^\W\d_])"
    r"|(?<=[^\W\d_][)\]])(?=[+\d])|(?<=\d{7})(?=\+\d)",
    re.IGNORECASE,
)
_EXTENSION = re.compile(
    r"(?<=[\d)])\s*(?:x|ext(?:n|ension)?\b\.?)\s*(?=\d{1,7}(?!\d))", re.IGNORECASE
)
_SCHEME = re.compile(
    r"(?:tel|sms|callto|phone|mobile|mob|cell)[:.]+(?=[^\s\d]*\d)", re.IGNORECASE
)
_LABEL = re.compile(
    r"tel|sms|callto|phone|mobile|mob|cell|no|number|simu|nambari|https?|wa\.me",
    re.IGNORECASE,
)
# What is wrong with it, whatever else stands in the cell.
_CERTAIN: set[phone.Reason] = {"empty", "rounded", "extension"}
_JOINED = ":::"
# English and Swahili: the number of somebody who has left, or does not want it.
_DOUBT = re.compile(
    r"\b(?:not|never|do\s?n.?t|wrong|old|former|ex|late|dead|deceased|inactive|invalid"
    r"|disconnected|unreachable|removed|changed|left|stop|block(?:ed)?|opted|opt-?out"
    r"|unsubscribed|refused|sio|si|usi\w+|hataki|ameacha|marehemu|zamani)\b",
    re.IGNORECASE,
)
