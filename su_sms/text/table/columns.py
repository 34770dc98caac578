"""Guess what the columns of a table hold; a person corrects it."""

import keyword
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from .. import numbers, phone

Role = Literal["number", "name", ""]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    :ivar index: from 0
    :ivar title: its heading, else its letter
    :ivar slug: its name in placeholders, such as "fee_balance_kes"; none is alike
    :ivar role: "number", "name" or ""
    :ivar numbers: in how many rows of the sample it has a phone number
    :ivar hidden: whether people don't see it
    """

    index: int
    title: str
    slug: str
    role: Role = ""
    numbers: int = 0
    hidden: bool = False


def columns(
    header: Sequence[str],
    sample: Sequence[Sequence[str]],
    country: str | None,
    reserved: Collection[str] = (),
    hidden: Collection[int] = (),
) -> tuple[Column, ...]:
    """Describe the columns: as many as the widest row has.

    :param header: the headings; empty if the table has none
    :param sample: some rows of data
    :param country: region of numbers without a country code
    :param reserved: words that no slug may be
    :param hidden: the places of columns that people don't see
    """
    width = max(map(len, [header, *sample]), default=0)
    titles = [(header[at] if at < len(header) else "") for at in range(width)]
    values = [[row[at] for row in sample if at < len(row)] for at in range(width)]
    found = [[_certainty(one, country) for one in column] for column in values]
    number = _number(titles, found, hidden)
    name = _name(titles, values, number, bool(header))
    roles: dict[int | None, Role] = {name: "name", number: "number"}
    taken: set[str] = set()
    described = []
    for at, title in enumerate(titles):
        slug = _unique(_slug(title, at, reserved), taken, reserved)
        taken.add(slug)
        described.append(
            Column(
                index=at,
                title=title or letters(at),
                slug=slug,
                role=roles.get(at, ""),
                numbers=sum(map(bool, found[at])),
                hidden=at in hidden,
            )
        )
    return tuple(described)


def header_place(
    rows: Sequence[Sequence[str]], country: str | None, frozen: int = 0
) -> int | None:
    """Find the headings among the first rows: their place from 0, or None.

    What stands above a heading such as "Phone" is a title. A row with a number in it
    is data, and so is all that follows.

    :param frozen: how many of the rows are frozen, as titles are
    """
    sure = {
        at
        for at, row in enumerate(rows[:_TITLES])
        if any(_weight(cell) >= _SURE for cell in row)
    }
    first_data = next(
        (at for at, row in enumerate(rows) if _is_data(row, country, bool(sure))),
        len(rows),
    )
    above = rows[: min(first_data, _TITLES)]
    headings = [_filled(row, at) for at, row in enumerate(above) if at in sure]
    if not headings and above[:frozen]:
        # Titles above them may be frozen too.
        return max(
            range(len(above[:frozen])), key=lambda at: (sum(map(bool, above[at])), at)
        )
    if not headings:
        headings = [
            _filled(row, at) for at, row in enumerate(above) if _may_be_headings(row)
        ]
    if headings:
        return -max(headings)[1]
    if not first_data or not rows:
        return None
    cells = [cell for cell in rows[0] if cell]
    return None if any(_FIGURES.fullmatch(cell) for cell in cells) else 0


def _filled(row: Sequence[str], at: int) -> tuple[int, int]:
    return sum(map(bool, row)), -at


def _may_be_headings(row: Sequence[str]) -> bool:
    cells = [cell for cell in row if cell]
    return len(cells) > 1 and not any(_FIGURES.fullmatch(cell) for cell in cells)


def _is_data(row: Sequence[str], country: str | None, headed: bool) -> bool:
    """Tell whether a row has a number; "Ask 0712345678" alone may be a title."""
    certain = max((_certainty(cell, country) for cell in row), default=0)
    return certain == 1 or (certain > 0 and not (headed and sum(map(bool, row)) == 1))


def letters(index: int) -> str:
    """Name a column as spreadsheets do: A for 0, AA for 26."""
    text, index = "", index + 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def _number(
    titles: list[str], found: list[list[float]], hidden: Collection[int]
) -> int | None:
    """Find the column of numbers: the one that has them, its heading counts as well.

    Only where none has any does a heading alone decide.
    """
    best, number = 0.0, None
    for at, title in enumerate(titles):
        weight = _weight(title)
        score = weight / 1_000_000
        if any(found[at]):
            score += sum(found[at]) / len(found[at]) * _factor(title, weight)
        if at in hidden:
            score /= 1000
        if score > best:
            best, number = score, at
    return number


def _factor(title: str, weight: float) -> float:
    """Tell how much a heading speaks for numbers below it."""
    words = _words(title)
    if not weight and (words & (_ABOUT_PHONES | _OTHER_NUMBERS) or _AC <= words):
        return 0.1
    if weight >= _SURE and words & _SECOND_HAND:
        return 1.6
    return 1 + weight / 2


def _weight(title: str) -> float:
    """Weigh a heading: "Phone No" above "Parent's Phone" above "Contact"."""
    words = _words(title)
    if words & _ABOUT_PHONES or _AC <= words:
        return 0
    if words & _NUMBER_WORDS:
        return _SURE if words - _NUMBER_WORDS - _PERHAPS else _SURE + 0.1
    return 0.3 if words & _PERHAPS and not words & _OTHER_NUMBERS else 0


def work(cell: str) -> int:
    """Tell what it takes to look for a number in a cell, in millionths of a second."""
    if len(cell) > phone.LONGEST or len(_DIGIT.findall(cell)) < _FEWEST:
        return 5 + min(len(cell), _HEADING) // 2
    return 5 + 20 * len(cell)


def has_number(value: str, country: str | None) -> bool:
    """Tell whether a cell holds a phone number, or what one has become."""
    return _certainty(value, country) > 0


def _certainty(value: str, country: str | None) -> float:
    """Tell how certainly a cell holds a number, or what one has become: 1, less, 0."""
    digits = len(_DIGIT.findall(value))
    if digits < _FEWEST:
        return 0
    try:
        phone.parse(value, country)
    except phone.PhoneError as error:
        if error.reason in _NEARLY:
            return 0 if _DECIMAL.fullmatch(value) else 1
    else:
        return 1
    if digits < 7:
        return 0
    try:
        numbers.read(value, country)
    except phone.PhoneError:
        return 0
    return 0.8 if len(value.split()) <= _FEW_WORDS else 0.5


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
    return set(_plain(_CAMEL.sub(" ", title[:_HEADING])).split("_"))


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
    """Reduce to lower-case ASCII words, joined by underscores; of the beginning."""
    # Each by itself: a run of marks would be sorted first, and takes its square.
    pieces = (
        unicodedata.normalize("NFKD", character) for character in title[:_HEADING]
    )
    ascii_ = "".join(pieces).encode("ascii", "ignore").decode()
    return re.sub("[^a-z0-9]+", "_", ascii_.lower()).strip("_")


_SURE = 2.0
_TITLES = 10  # rows that may stand above the headings
_FEW_WORDS = 6
_LONGEST = 40  # characters of a slug
_HEADING = 100  # characters of a title that tell what it is about
_FEWEST = 4  # digits of a number

# English and Swahili.
_NUMBER_WORDS = set(
    "phone phones telephone tel mobile mobiles cell cellphone msisdn whatsapp sms"
    " simu rununu phonenumber mobilenumber phoneno mobileno telno".split()
)
_PERHAPS = set("number numbers no nr contact contacts nambari namba".split())
_ABOUT_PHONES = set(
    "type model network provider carrier balance code label kind".split()
)
# Somebody else's phone, or the one that is tried next.
_SECOND_HAND = set(
    "parent parents guardian father mother mzazi baba mama kin emergency alternative"
    " alternate alt other second secondary old office work home".split()
)
_AC = {"a", "c"}  # A/C No.
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
