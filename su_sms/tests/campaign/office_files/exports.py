"""What Google, KoboToolbox, pandas, M-PESA, schools' systems and phones export."""

import csv

from .make import as_csv, book_of, office, saved

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
    return as_csv(
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
    return as_csv(
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
    book, sheet = book_of(
        ["Name", "WhatsApp"], ["Achieng", 254712000002.0], ["Baraka", "’0712000004"]
    )
    sheet["B3"] = "'0712000004"
    return saved(book)


# ----------------------------------------------------------
# KoboToolbox, pandas
# ----------------------------------------------------------


@office("kobo.xlsx", ["+254712000002", "+254712000004"], {"sms_number_missing": 1})
def kobo_xlsx():
    """Groups in the headings, ids of nine digits, a sheet of a repeated group."""
    book, sheet = book_of(
        ["start", "respondent/name", "respondent/phone", "_id", "_index"],
        ["2026-11-27T08:15:00", "Achieng", "0712000002", 712345671, 1],
        ["2026-11-27T08:16:00", "Baraka", "0712000004", 712345673, 2],
        ["2026-11-27T08:17:00", "Chege", None, 712345675, 3],
        title="Survey",
    )
    more = book.create_sheet("household")
    more.append(["member", "_parent_index"])
    more.append(["Dama", 1])
    return saved(book)


@office("kobo.csv", ["+254712000002"], {"sms_number_format": 1})
def kobo_csv():
    rows = [
        ["start", "Jina la mhojiwa", "Nambari ya simu", "_uuid"],
        ["2026-11-27T08:15:00.000+03:00", "Achieng", "0712000002", "a1-b2"],
        ["2026-11-27T08:16:00.000+03:00", "Baraka", "hana", "c3-d4"],
    ]
    return as_csv(rows, delimiter=";", quoting=csv.QUOTE_ALL)


@office("pandas.csv", ["+254712000002", "+254712000004"], {"sms_number_format": 1})
def pandas_csv():
    """Whole numbers with a decimal, and what stands for none."""
    rows = [
        ["", "name", "phone"],
        [0, "Achieng", 712000002.0],
        [1, "Baraka", 254712000004.0],
        [2, "Chege", "nan"],
    ]
    return as_csv(rows)


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
    return as_csv(
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
    return as_csv(
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
    return as_csv(
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
    return as_csv([["Name", "PARENT'S PHONE", "MOBILE NO."], *rows])


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
    book, _sheet = book_of(
        ["Phone", "Balance"],
        ["0712000001", "=500+1"],
        ["0712000004", 500],
        ["0712000003", "-"],
    )
    return saved(book)


def contacts_of_a_phone():
    """Return what phones export."""
    return (
        b"BEGIN:VCARD\r\nVERSION:2.1\r\nFN:Achieng\r\nTEL:0712000001\r\nEND:VCARD\r\n"
    )
