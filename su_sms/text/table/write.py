"""Write rows as CSV that no spreadsheet program takes for formulas."""

import csv
import io
import re
from collections.abc import Iterable


def write_csv(rows: Iterable[Iterable[object]]) -> bytes:
    """Return a CSV file that Excel opens as meant; `table.read` undoes what
    `safe_cell` puts in front.

    UTF-8 with a byte order mark, without which Excel takes it for its own encoding.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig", "replace")


def safe_cell(value: object) -> str:
    """Return the text of a cell, with ' in front where a spreadsheet would change it.

    That is what could become a formula (OWASP, "CSV Injection") and a phone number,
    which would lose its zero or its last digits.
    """
    text = "" if value is None else str(value).replace("\0", "")
    first, *rest = _BEGINS.split(text)
    text = first + "".join(
        f"'{piece}" if piece.lstrip(_BEFORE)[:1] in _FORMULA else piece
        for piece in rest
    )
    return f"'{text}" if _CHANGED.match(text) else text


# Where Excel's list separator is another, a cell begins within ours; and at a line's
# end, as the quotes around ours are then within a cell.
_BEGINS = re.compile(r"([;|\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029])")
_BEFORE = " \"'\u00a0\ufeff"
_FORMULA = tuple("=+-@＝＋－＠")
_CHANGED = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]\s*\S|0[0-9]{6,}\s*$|[0-9]{12,}\s*$")
