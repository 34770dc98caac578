"""What a cell says, whatever kind of file it is from."""

import re


def tidy(cell: str) -> str:
    """Take off blanks, what keeps a text a text, and the errors of a spreadsheet.

    What is longer than `LONGEST` loses its end but for a character, which tells it.
    """
    cell = cell.strip(_BLANKS)
    if cell.startswith("=") and (match := _AS_TEXT.fullmatch(cell)):
        cell = (match[1] or match[2]).strip(_BLANKS)
    elif cell.startswith("'") and _GUARDED.match(cell):
        cell = cell[1:].strip(_BLANKS)
    elif cell.startswith("#") and cell in _ERRORS:
        return ""
    return cell[: LONGEST + 1]


LONGEST = 2_000  # characters of a cell; ten parts of SMS hold 1,530

_BLANKS = " \t\r\n\v\f\x85\u00a0\u2007\u202f\u3000\u200b\ufeff"
_GUARDED = re.compile(r"'[=+\-@＝＋－＠\s0-9]")
# How programs keep Excel from changing a text: ="0712345678"
_AS_TEXT = re.compile(r'=\s*"([^"]*)"|=\s*(\+?[0-9]{9,15})')
_ERRORS = set("#N/A #REF! #VALUE! #DIV/0! #NAME? #NULL! #NUM! #SPILL! #CALC!".split())
