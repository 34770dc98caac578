"""Why an uploaded file can't be used."""

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


class TableError(ValueError):
    """A file that can't be read as a table.

    :ivar limit: the bound that was passed: rows, columns, cells, or millions of bytes
        or characters; else None
    :ivar sheet: the sheet of a workbook that it is about; else ""
    """

    reason: Reason

    def __init__(self, reason: Reason, limit: int | None = None, sheet: str = ""):
        super().__init__(reason)
        self.reason = reason
        self.limit = limit
        self.sheet = sheet
