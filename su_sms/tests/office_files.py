"""Files as offices have them, made as the programs make them.

Each function gives the bytes of a file; what is said of a program stands where its
file differs from others'. Numbers of people who are meant end in an even digit, those
of whom nobody means in an odd one.
"""

import csv
import io

import openpyxl
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.styles import Font

FILES = {}


def office(name, numbers, reasons=(), **values):
    """Register a file: what it is called, who is reached, and how many are not."""

    def register(make):
        FILES[name] = (make, sorted(numbers), dict(reasons), values)
        return make

    return register


def _csv(rows, encoding="utf-8", **dialect):
    stream = io.StringIO(newline="")
    csv.writer(stream, **dialect).writerows(rows)
    return stream.getvalue().encode(encoding)


def _saved(book):
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _book(*rows, title="Sheet1"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return book, book.active


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
    book, sheet = _book(
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
    return _saved(book)


@office(
    "numbers as numbers.xlsx",
    ["+254712000002", "+254712000004", "+254712000006", "+254712000008"],
)
def numbers_as_numbers():
    """Excel has taken the nought off, and people have formatted what is left."""
    book, sheet = _book(
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
    return _saved(book)


@office(
    "who has left.xlsx",
    ["+254712000002"],
    {"sms_struck_row": 2, "sms_number_format": 1},
)
def who_has_left():
    """Struck through, in a comment, in words."""
    book, sheet = _book(
        ["Name", "Mobile"],
        ["Achieng", "0712000002"],
        ["Baraka", "0712000003"],
        ["Chege", "0712000005"],
        ["Dama", "0712000007 (left in May)"],
    )
    sheet["B3"].font = Font(strike=True)
    sheet["A4"].font = sheet["B4"].font = Font(strike=True)
    sheet["B2"].comment = Comment("was 0712000009", "Secretary")
    return _saved(book)


@office("terms.xlsx", ["+254712000002"])
def terms():
    """The sheet of this term is open, the one of the last is the first."""
    book, sheet = _book(["Name", "Phone"], ["Old", "0712000001"], title="Term 2")
    sheet = book.create_sheet("Term 3")
    for row in (["Name", "Phone"], ["Achieng", "0712000002"]):
        sheet.append(row)
    book.active = sheet
    return _saved(book)


@office("with a cover sheet.xlsx", ["+254712000002", "+254712000004"])
def cover_sheet():
    """A cover is open; a list that nobody sees is behind."""
    book, sheet = _book(["Fees office", None], ["Printed", "27/11/2026"], title="Cover")
    hidden = book.create_sheet("Archive")
    hidden.append(["Phone"])
    hidden.append(["0712000001"])
    hidden.sheet_state = "hidden"
    people = book.create_sheet("People")
    for row in (["Phone", "Name"], ["0712000002", "A"], ["0712000004", "B"]):
        people.append(row)
    return _saved(book)


@office("unicode text of Excel.txt", ["+254712000002", "+254712000004"])
def unicode_text():
    """Excel, *Unicode Text*: UTF-16 and tabs."""
    rows = [["Jina", "Simu"], ["Ámina", "0712000002"], ["Ng'ang'a", "0712000004"]]
    return _csv(rows, "utf-16", delimiter="\t")


@office("printed.xlsx", ["+254712000002", "+254712000004"], {"sms_number_format": 1})
def printed():
    """The headings stand on each page again."""
    rows = ["Name", "Phone No."], ["Achieng", "0712000002"]
    book, _sheet = _book(*rows, rows[0], ["Baraka", "0712000004"])
    return _saved(book)


@office(
    "siblings.xlsx",
    ["+254712000002", "+254712000002", "+254712000004"],
    body="{{ object.student }} owes KES {{ object.balance }}.",
    when_shared="each",
)
def siblings():
    """One cell for the guardian of two."""
    book, sheet = _book(
        ["Guardian Phone", "Student", "Balance"],
        ["0712000002", "Achieng", 500],
        [None, "Baraka", 900],
        ["0712000004", "Chege", 0],
    )
    sheet.merge_cells("A2:A3")
    return _saved(book)


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
    return _csv(rows, "cp1252", delimiter=";", quoting=csv.QUOTE_ALL)


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


# ----------------------------------------------------------
# Google
# ----------------------------------------------------------


@office(
    "google contacts.csv",
    ["+254712000002", "+254712000004"],
    {"sms_number_missing": 1, "sms_invalid_destination": 1},
)
def google_contacts():
    """Several numbers of a person in a cell; their label beside them."""
    return _csv(
        [
            ["First Name", "Last Name", "Phone 1 - Label", "Phone 1 - Value"],
            ["Achieng", "Otieno", "Mobile", "0712 000 002 ::: 0712 000 003"],
            ["Baraka", "", "Work", "020 222 3344 ::: +254712000004"],
            ["Chege", "", "", ""],
            ["Office", "", "Work", "020 222 3344"],
        ]
    )


@office("google form.csv", ["+254712000002", "+254712000004"], {"sms_duplicate": 1})
def google_form():
    """Questions are the headings; who answers twice counts once."""
    return _csv(
        [
            ["Timestamp", "What is your full name?", "What is your phone number?"],
            ["27/11/2026 08:15:00", "Achieng", "0712000002"],
            ["27/11/2026 08:16:10", "Baraka", "0712000004 / 0712000004"],
            ["27/11/2026 09:00:00", "Achieng", "+254712000002"],
        ]
    )


@office("google sheets.xlsx", ["+254712000002", "+254712000004"])
def google_sheets():
    """A filter view hides nothing; numbers are kept as floats."""
    book, sheet = _book(
        ["Name", "WhatsApp"], ["Achieng", 254712000002.0], ["Baraka", "’0712000004"]
    )
    sheet["B3"] = "'0712000004"
    return _saved(book)


# ----------------------------------------------------------
# KoboToolbox, pandas
# ----------------------------------------------------------


@office("kobo.xlsx", ["+254712000002", "+254712000004"], {"sms_number_missing": 1})
def kobo_xlsx():
    """Groups in the headings, ids of nine digits, a sheet of a repeated group."""
    book, sheet = _book(
        ["start", "respondent/name", "respondent/phone", "_id", "_index"],
        ["2026-11-27T08:15:00", "Achieng", "0712000002", 712345671, 1],
        ["2026-11-27T08:16:00", "Baraka", "0712000004", 712345673, 2],
        ["2026-11-27T08:17:00", "Chege", None, 712345675, 3],
        title="Survey",
    )
    more = book.create_sheet("household")
    more.append(["member", "_parent_index"])
    more.append(["Dama", 1])
    return _saved(book)


@office("kobo.csv", ["+254712000002"], {"sms_number_format": 1})
def kobo_csv():
    rows = [
        ["start", "Jina la mhojiwa", "Nambari ya simu", "_uuid"],
        ["2026-11-27T08:15:00.000+03:00", "Achieng", "0712000002", "a1-b2"],
        ["2026-11-27T08:16:00.000+03:00", "Baraka", "hana", "c3-d4"],
    ]
    return _csv(rows, delimiter=";", quoting=csv.QUOTE_ALL)


@office("pandas.csv", ["+254712000002", "+254712000004"], {"sms_number_format": 1})
def pandas_csv():
    """Whole numbers with a decimal, and what stands for none."""
    rows = [
        ["", "name", "phone"],
        [0, "Achieng", 712000002.0],
        [1, "Baraka", 254712000004.0],
        [2, "Chege", "nan"],
    ]
    return _csv(rows)


# ----------------------------------------------------------
# M-PESA
# ----------------------------------------------------------

_MPESA = [
    ["ORG STATEMENT", "", "", "", "", ""],
    ["Short Code:", "400222", "", "", "", ""],
    ["Organization:", "Strathmore", "", "", "", ""],
    ["Time Period:", "From 01-11-2026 To 27-11-2026", "", "", "", ""],
    ["Receipt No.", "Completion Time", "Details", "Paid In", "Balance", "Other Party"],
]


@office("mpesa.csv", ["+254712000002", "+254712000004"], {"sms_duplicate": 1})
def mpesa():
    """Preamble, and number and name in one cell."""
    return _csv(
        [
            *_MPESA,
            ["SKR1A", "27-11-2026 08:15", "Pay Bill", "500.00", "500.00"]
            + ["254712000002 - ACHIENG OTIENO"],
            ["SKR1B", "27-11-2026 08:16", "Pay Bill", "900.00", "1,400.00"]
            + ["254712000004 - BARAKA"],
            ["SKR1C", "27-11-2026 08:20", "Pay Bill", "100.00", "1,500.00"]
            + ["254712000002 - ACHIENG OTIENO"],
        ]
    )


@office("mpesa, masked.csv", ["+254712000002"], {"sms_number_format": 2})
def mpesa_masked():
    """Of most people three digits are stars."""
    return _csv(
        [
            *_MPESA,
            ["SKR1A", "27-11-2026 08:15", "Pay Bill", "500.00", "500.00"]
            + ["2547120***03 - ACHIENG OTIENO"],
            ["SKR1B", "27-11-2026 08:16", "Pay Bill", "900.00", "1,400.00"]
            + ["254712000002 - BARAKA"],
            ["SKR1C", "27-11-2026 08:17", "Pay Bill", "900.00", "1,400.00"]
            + ["0712***005 - CHEGE"],
        ]
    )


# ----------------------------------------------------------
# Schools' systems
# ----------------------------------------------------------


@office("school system.csv", ["+254712000002", "+254712000004"])
def school_csv():
    """Formulas that keep Excel from taking noughts off."""
    return (
        b"AdmNo,StudentName,ParentPhone\r\n"
        b'="00123",Achieng,="0712000002"\r\n'
        b'="00124",Baraka,"=""0712000004"""\r\n'
    )


@office(
    "parents.csv",
    ["+254712000002", "+254712000004", "+254712000006"],
    {"sms_number_missing": 1, "sms_number_format": 1},
    roles={"father_s_phone": "number", "mother_s_phone": "fallback"},
)
def parents():
    """One of two has a number; what is chosen for the columns is a person's word."""
    return _csv(
        [
            ["Student", "Father's Phone", "Mother's Phone"],
            ["Achieng", "0712000002", "0712000001"],
            ["Baraka", "", "0712000004"],
            ["Chege", "020 222 3344", "0712000006"],
            ["Dama", "", ""],
            ["Esther", "0712 000 00", ""],
        ]
    )


@office(
    "parent and pupil.csv",
    [f"+2547120001{n:02d}" for n in range(0, 32, 2)],
)
def parent_and_pupil():
    """One parent's number is no column of numbers."""
    rows = [[f"Pupil {n}", "", f"0712 000 1{n:02d}"] for n in range(0, 32, 2)]
    rows[3][1] = "0712000001"
    return _csv([["Name", "PARENT'S PHONE", "MOBILE NO."], *rows])


@office(
    "balances.xlsx",
    ["+254712000004"],
    {"sms_no_value": 2},
    **{
        "body": "Your balance is KES {{ object.balance }}.",
        "when_empty": "leave_out",
    },
)
def balances():
    """A formula that no program has reckoned, and a dash for none."""
    book, _sheet = _book(
        ["Phone", "Balance"],
        ["0712000001", "=500+1"],
        ["0712000004", 500],
        ["0712000003", "-"],
    )
    return _saved(book)


def contacts_of_a_phone():
    """Return what phones export."""
    return (
        b"BEGIN:VCARD\r\nVERSION:2.1\r\nFN:Achieng\r\nTEL:0712000001\r\nEND:VCARD\r\n"
    )
