"""Why an uploaded file can't be used, and what to do about it."""

from typing import Literal

Reason = Literal[
    "empty",
    "too_large",
    "too_many_rows",
    "too_many_columns",
    "too_many_cells",
    "too_much_text",
    "too_much_work",
    "expands",
    "encrypted",
    "old_excel",
    "binary_excel",
    "open_document",
    "pdf",
    "image",
    "archive",
    "document",
    "web_page",
    "contacts",
    "binary",
    "broken",
    "unsafe",
    "no_numbers",
]

_SAVE = "Open it in a spreadsheet program and save it as XLSX or CSV."

#: {limit} is filled in
REASONS: dict[Reason, str] = {
    "empty": "The file is empty: there is no row in it.",
    "too_large": "The file is larger than {limit} MB. Remove what is not needed, or"
    " split it.",
    "too_many_rows": "The file has more than {limit} rows. Split it.",
    "too_many_columns": "The file has more than {limit} columns. Keep those that the"
    " message needs.",
    "too_many_cells": "The file has more than {limit} cells. Keep the rows and columns"
    " that the message needs.",
    "too_much_text": "The file holds more than {limit} million characters. Keep the"
    " columns that the message needs.",
    "too_much_work": "The file holds more than can be read in a reasonable time. Copy"
    " the rows that are needed into a new file.",
    "expands": "The file unpacks to more than {limit} MB. Copy the rows that are needed"
    " into a new file.",
    "encrypted": "The file is protected by a password. Save it without one.",
    "old_excel": f"This is a file of Excel 97-2003. {_SAVE}",
    "binary_excel": f"This is a binary Excel file (XLSB). {_SAVE}",
    "open_document": f"This is a file of LibreOffice or OpenOffice. {_SAVE}",
    "pdf": "This is a PDF. Ask for the spreadsheet that it was made from.",
    "image": "This is a picture. Type the numbers, or ask for the spreadsheet.",
    "archive": "This is a packed folder. Unpack it and upload the file inside.",
    "document": "This is a text document. Copy its table into a spreadsheet.",
    "web_page": f"This is a web page, whatever its name says. {_SAVE}",
    "contacts": "This is a file of contacts (vCard). Import it into Contacts and choose"
    " records, or export the contacts as CSV.",
    "binary": f"This is neither a CSV nor an XLSX file. {_SAVE}",
    "broken": f"The file is damaged or incomplete. {_SAVE}",
    "unsafe": f"The file holds what no spreadsheet program writes. {_SAVE}",
    "no_numbers": "There is no column of phone numbers. Give it a heading such as"
    " “Phone”, and check the numbers.",
}


class TableError(ValueError):
    """A file that can't be read as a table; its text says what to do.

    :ivar reason: one of `REASONS`
    :ivar limit: the bound that was passed, in the unit of the text; else None
    :ivar sheet: the sheet of a workbook that it is about; else ""
    """

    def __init__(self, reason: Reason, limit: int | None = None, sheet: str = ""):
        shown = f"{limit:,}" if limit is not None else ""
        text = REASONS[reason].format(limit=shown)
        super().__init__(f"Sheet “{sheet}”: {text}" if sheet else text)
        self.reason: Reason = reason
        self.limit = limit
        self.sheet = sheet
