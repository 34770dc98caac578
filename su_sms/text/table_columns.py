"""Guess what the columns of a table hold; a person corrects it."""

import keyword
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from . import phone

Role = Literal["number", "name", ""]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    :ivar index: from 0
    :ivar title: its heading, else its letter
    :ivar slug: its name in placeholders, such as "fee_balance_kes"; none is alike
    :ivar role: "number", "name" or ""
    """

    index: int
    title: str
    slug: str
    role: Role = ""


def columns(
    header: Sequence[str],
    sample: Sequence[Sequence[str]],
    country: str | None,
    reserved: Collection[str] = (),
) -> tuple[Column, ...]:
    """Describe the columns: as many as the widest row has.

    :param header: the headings; empty if the table has none
    :param sample: some rows of data
    :param country: region of numbers without a country code
    :param reserved: words that no slug may be
    """
    width = max(map(len, [header, *sample]), default=0)
    titles = [(header[at] if at < len(header) else "") for at in range(width)]
    values = [[row[at] for row in sample if at < len(row)] for at in range(width)]
    number = _number(titles, values, country)
    name = _name(titles, values, number, bool(header))
    roles: dict[int | None, Role] = {name: "name", number: "number"}
    taken: set[str] = set()
    described = []
    for at, title in enumerate(titles):
        slug = _unique(_slug(title, at, reserved), taken, reserved)
        taken.add(slug)
        described.append(Column(at, title or letters(at), slug, roles.get(at, "")))
    return tuple(described)


def header_place(rows: Sequence[Sequence[str]], country: str | None) -> int | None:
    """Find the headings among the first rows: their place from 0, or None.

    What stands above a heading such as "Phone" is a title. A row with a number in it
    is data, and so is all that follows.
    """
    first_data = next(
        (
            at
            for at, row in enumerate(rows)
            if any(_is_number(cell, country) for cell in row)
        ),
        len(rows),
    )
    headings = [
        (sum(map(bool, row)), -at)
        for at, row in enumerate(rows[: min(first_data, _TITLES)])
        if any(_weight(cell) >= _SURE for cell in row)
    ]
    if headings:
        return -max(headings)[1]
    if not first_data or not rows:
        return None
    cells = [cell for cell in rows[0] if cell]
    return None if any(_FIGURES.fullmatch(cell) for cell in cells) else 0


def letters(index: int) -> str:
    """Name a column as spreadsheets do: A for 0, AA for 26."""
    text, index = "", index + 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def _number(
    titles: list[str], values: list[list[str]], country: str | None
) -> int | None:
    """Find the column of numbers: by heading if it has any, else by what is in it."""
    best, found = 0.0, None
    for at, title in enumerate(titles):
        weight, share = _weight(title), _share(values[at], country)
        # A heading with nothing but bad numbers below still beats none.
        score = share + weight * (share > 0 or 0.1)
        if score > best:
            best, found = score, at
    return found


def _weight(title: str) -> float:
    """Weigh a heading: "Phone No" above "Parent's Phone" above "Contact"."""
    words = _words(title)
    if words & _ABOUT_PHONES:
        return 0
    if words & _NUMBER_WORDS:
        return _SURE if words - _NUMBER_WORDS - _PERHAPS else _SURE + 0.1
    return 0.3 if words & _PERHAPS and not words & _OTHER_NUMBERS else 0


def _share(values: list[str], country: str | None) -> float:
    """Give the share of numbers, or of what a number has become, among the values."""
    filled = [value for value in values if value][:_SAMPLE]
    return sum(_is_number(value, country) for value in filled) / max(len(filled), 1)


def _is_number(value: str, country: str | None) -> bool:
    if len(_DIGIT.findall(value)) < 4:
        return False
    try:
        phone.parse(value, country)
    except phone.PhoneError as error:
        return error.reason in _NEARLY and not _DECIMAL.fullmatch(value)
    return True


def _name(
    titles: list[str], values: list[list[str]], number: int | None, headed: bool
) -> int | None:
    scored = [
        (_name_weight(title) if headed else _letters_share(values[at]), -at)
        for at, title in enumerate(titles)
        if at != number
    ]
    score, at = max(scored, default=(0, 0))
    return -at if score >= 0.3 else None


def _name_weight(title: str) -> float:
    """Weigh a heading: "Full Name" above "First Name" above "Course Name"."""
    words = _words(title)
    word = max(words, key=lambda one: _NAME_WORDS.get(one, 0))
    others = (_WHOSE.get(one, 0.1) for one in words - {word})
    return _NAME_WORDS.get(word, 0) * min(others, default=1)


def _letters_share(values: list[str]) -> float:
    filled = [value for value in values if value]
    return sum(bool(_WORDY.fullmatch(one)) for one in filled) / max(len(filled), 1)


def _words(title: str) -> set[str]:
    return set(_plain(_CAMEL.sub(" ", title)).split("_"))


def _slug(title: str, at: int, reserved: Collection[str]) -> str:
    slug = _plain(title)[:_LONGEST].strip("_")
    if not slug:
        return f"column_{letters(at).lower()}"
    if slug[0].isdigit() or keyword.iskeyword(slug) or slug in reserved:
        return f"column_{slug}"
    return slug


def _unique(slug: str, taken: set[str], reserved: Collection[str]) -> str:
    one, copy = slug, 1
    while one in taken or one in reserved:
        copy += 1
        one = f"{slug}_{copy}"
    return one


def _plain(title: str) -> str:
    """Reduce to lower-case ASCII words, joined by underscores."""
    ascii_ = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub("[^a-z0-9]+", "_", ascii_.lower()).strip("_")


_SURE = 2.0
_TITLES = 10  # rows that may stand above the headings
_SAMPLE = 50  # values
_LONGEST = 40  # characters of a slug

# English and Swahili.
_NUMBER_WORDS = set(
    "phone phones telephone tel mobile mobiles cell cellphone msisdn whatsapp sms"
    " simu rununu phonenumber mobilenumber phoneno mobileno telno".split()
)
_PERHAPS = set("number numbers no nr contact contacts nambari namba".split())
_ABOUT_PHONES = set("type model network provider carrier balance code".split())
_OTHER_NUMBERS = set(
    "id reg registration admission adm student account acc invoice receipt room"
    " staff payroll passport person".split()
)
_NAME_WORDS = {
    **dict.fromkeys("name names fullname jina majina".split(), 1.0),
    "firstname": 0.8,
    **dict.fromkeys("lastname surname".split(), 0.5),
    **dict.fromkeys("student recipient customer mwanafunzi mteja".split(), 0.4),
}
#: beside a word such as "name"; whatever isn't here is no person
_WHOSE = {
    **dict.fromkeys("full kamili your the s la ya of".split(), 1.0),
    **dict.fromkeys(
        "student recipient contact customer staff employee member person"
        " mwanafunzi mteja".split(),
        0.95,
    ),
    **dict.fromkeys("parent guardian mzazi".split(), 0.9),
    **dict.fromkeys("first kwanza".split(), 0.8),
    **dict.fromkeys("last other middle family".split(), 0.5),
}
# What is wrong with what surely was a number.
_NEARLY: set[phone.Reason] = {"rounded", "several_numbers", "extension"}

_DIGIT = re.compile("[0-9]")
_DECIMAL = re.compile(r"-?[0-9]+[.,][0-9]+")
_FIGURES = re.compile(r"[-+(]?[0-9][0-9\s.,/()+-]*")
_WORDY = re.compile(r"[^\W\d_]{2,}(?:[\s.'’-]+[^\W\d_]+)*\.?")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
