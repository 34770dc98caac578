"""Write workbooks that are safe to open, whatever the cells hold."""

import io

import xlsxwriter

# Text stays text: a name that begins with = is no formula, an address no link.
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd hh:mm",
}
WIDEST = 60
#: what no sheet's name may hold, and how long it may be (Excel)
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
LONGEST_NAME = 31


def workbook(sheets):
    """Return an XLSX file as bytes.

    :param sheets: [(name, headers, rows)]; a row has text, numbers, datetimes or None,
        and the last of them is written bold if it is a ``Total``
    """
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, OPTIONS) as book:
        bold = book.add_format({"bold": True})
        for name, headers, rows in sheets:
            sheet = book.add_worksheet(name.translate(FORBIDDEN)[:LONGEST_NAME])
            sheet.freeze_panes(1, 0)
            for column, header in enumerate(headers):
                sheet.write_string(0, column, header, bold)
            for place, row in enumerate(rows, 1):
                for column, value in enumerate(row):
                    if isinstance(value, str):
                        # Its own ``write`` makes a formula of some, in some versions.
                        sheet.write_string(place, column, value, bold_of(row, bold))
                    elif value not in (None, False):
                        sheet.write(place, column, value, bold_of(row, bold))
            sheet.autofit(WIDEST * 7)
    return stream.getvalue()


def bold_of(row, bold):
    """Return the format of a row."""
    return bold if isinstance(row, Total) else None


class Total(tuple):
    """A row that sums up those above it."""

    __slots__ = ()
