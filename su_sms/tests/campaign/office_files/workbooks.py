"""What people make with Excel and LibreOffice."""

import csv
import io

import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.styles import Font

from .make import as_csv, book_of, office, saved

# ----------------------------------------------------------
# Excel
# ----------------------------------------------------------


@office(
    "class list of a secretary.xlsx",
    ["+254712000002", "+254712000004"],
    {"sms_number_missing": 1, "sms_hidden_row": 1},
)
def class_list():
    """Titles, a filter that hides who has paid, a total."""
    book, sheet = book_of(
        ["STRATHMORE SECONDARY SCHOOL"],
        ["Fee balances as at 27/11/2026"],
        [],
        ["ADM", "Student", "Guardian Contact", "Balance"],
        [10231, "Achieng", "0712 000 002", 12500],
        [10232, "Baraka", "0712 000 003", 0],
        [10233, "Chege", "0712-000-004", 900.5],
        [None, "TOTAL", None, 13400.5],
    )
    sheet.merge_cells("A1:D1")
    sheet.merge_cells("A2:D2")
    sheet.auto_filter.ref = "A4:D8"
    sheet.row_dimensions[6].hidden = True
    sheet.freeze_panes = "A5"
    return saved(book)


@office(
    "numbers as numbers.xlsx",
    ["+254712000002", "+254712000004", "+254712000006", "+254712000008"],
)
def numbers_as_numbers():
    """Excel has taken the nought off, and people have formatted what is left."""
    book, sheet = book_of(
        ["Name", "Phone"],
        ["Achieng", 712000002],
        ["Baraka", 712000004],
        ["Chege", 254712000006],
        ["Dama", 712000008],
    )
    for cell, code in (
        ("B2", "0000000000"),
        ("B3", "#,##0"),
        ("B4", "0.00E+00"),
        ("B5", "#,##0.00"),
    ):
        sheet[cell].number_format = code
    return saved(book)


@office(
    "who has left.xlsx",
    ["+254712000002"],
    {"sms_struck_row": 2, "sms_number_format": 1},
)
def who_has_left():
    """Struck through, in a comment, in words."""
    book, sheet = book_of(
        ["Name", "Mobile"],
        ["Achieng", "0712000002"],
        ["Baraka", "0712000003"],
        ["Chege", "0712000005"],
        ["Dama", "0712000007 (left in May)"],
    )
    sheet["B3"].font = Font(strike=True)
    sheet["A4"].font = sheet["B4"].font = Font(strike=True)
    sheet["B2"].comment = Comment("was 0712000009", "Secretary")
    return saved(book)


@office("terms.xlsx", ["+254712000002"])
def terms():
    """The sheet of this term is open, the one of the last is the first."""
    book, sheet = book_of(["Name", "Phone"], ["Old", "0712000001"], title="Term 2")
    sheet = book.create_sheet("Term 3")
    for row in (["Name", "Phone"], ["Achieng", "0712000002"]):
        sheet.append(row)
    book.active = sheet
    return saved(book)


@office("with a cover sheet.xlsx", ["+254712000002", "+254712000004"])
def cover_sheet():
    """A cover is open; a list that nobody sees is behind."""
    book, sheet = book_of(
        ["Fees office", None], ["Printed", "27/11/2026"], title="Cover"
    )
    hidden = book.create_sheet("Archive")
    hidden.append(["Phone"])
    hidden.append(["0712000001"])
    hidden.sheet_state = "hidden"
    people = book.create_sheet("People")
    for row in (["Phone", "Name"], ["0712000002", "A"], ["0712000004", "B"]):
        people.append(row)
    return saved(book)


@office("unicode text of Excel.txt", ["+254712000002", "+254712000004"])
def unicode_text():
    """Excel, *Unicode Text*: UTF-16 and tabs."""
    rows = [["Jina", "Simu"], ["Ámina", "0712000002"], ["Ng'ang'a", "0712000004"]]
    return as_csv(rows, "utf-16", delimiter="\t")


@office("printed.xlsx", ["+254712000002", "+254712000004"], {"sms_number_format": 1})
def printed():
    """The headings stand on each page again."""
    rows = ["Name", "Phone No."], ["Achieng", "0712000002"]
    book, _sheet = book_of(*rows, rows[0], ["Baraka", "0712000004"])
    return saved(book)


@office(
    "siblings.xlsx",
    ["+254712000002", "+254712000002", "+254712000004"],
    body="{{ object.student }} owes KES {{ object.balance }}.",
    when_shared="each",
)
def siblings():
    """One cell for the guardian of two."""
    book, sheet = book_of(
        ["Guardian Phone", "Student", "Balance"],
        ["0712000002", "Achieng", 500],
        [None, "Baraka", 900],
        ["0712000004", "Chege", 0],
    )
    sheet.merge_cells("A2:A3")
    return saved(book)


# ----------------------------------------------------------
# LibreOffice
# ----------------------------------------------------------


@office("libreoffice.csv", ["+254712000002", "+254712000004"], {"sms_duplicate": 1})
def libreoffice_csv():
    """Semicolons, Windows' characters, every text in quotes."""
    rows = [
        ["Prénom", "Téléphone mobile", "Solde"],
        ["Aïcha", "0712000002", "1 200,50"],
        ["Zoë", "+254 712 000 004", "0"],
        ["Aïcha", "254712000002", "1 200,50"],
    ]
    return as_csv(rows, "cp1252", delimiter=";", quoting=csv.QUOTE_ALL)


@office("libreoffice.xlsx", ["+254712000002"], {"sms_hidden_row": 1})
def libreoffice_xlsx():
    """Hidden rows, zero-width columns and strings as xlsxwriter leaves them."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Tabelle1")
        sheet.write_row(0, 0, ["Mobile (old)", "Name", "Mobile"])
        sheet.write_row(1, 0, ["0712000001", "Achieng", "0712000002"])
        sheet.write_row(2, 0, ["0712000003", "Baraka", "0712000005"])
        sheet.set_column(0, 0, None, None, {"hidden": True})
        sheet.set_row(2, None, None, {"hidden": True})
    return stream.getvalue()
