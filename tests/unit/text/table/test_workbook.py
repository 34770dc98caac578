"""What a cell of an XLSX file reads as."""

import datetime

import openpyxl
import pytest
from openpyxl.utils.datetime import MAC_EPOCH

from su_sms.text.table import table

from .files import HEAD, PHONE, inline, raw_xlsx, saved, values, xlsx

VALUES = [
    # value, number format, text
    (712345678, None, "712345678"),
    (712345678.0, None, "712345678"),
    (254712345678.0, "0.00E+00", "254712345678"),
    (2.54712345678e11, None, "254712345678"),
    (1200.5, "#,##0.00", "1,200.50"),
    (0.1 + 0.2, None, "0.3"),
    (-5, None, "-5"),
    (0, None, "0"),
    (1e300, None, "1e+300"),
    ("'0712345678", None, "0712345678"),
    ("0712345678", None, "0712345678"),
    ("  padded\u00a0", None, "padded"),
    ("_x0041_", None, "A"),
    ("_x005F_x0041_", None, "_x0041_"),
    ("a_x0000__x0007_b_x000D_c", None, "ab\nc"),
    (True, None, "TRUE"),
    (False, None, "FALSE"),
    (datetime.date(2026, 11, 22), None, "2026-11-22"),
    (datetime.datetime(2026, 11, 22, 8, 5), None, "2026-11-22 8:05:00"),
    (datetime.datetime(2026, 11, 22, 8, 5, 9), None, "2026-11-22 8:05:09"),
    (datetime.time(8, 5), None, "8:05:00"),
    (46348, "d mmm yyyy", "22 Nov 2026"),
    (46348, "[$-409]dddd", "Sunday"),
    (0.755, "0.0%", "75.5%"),
    (66.6666666666667, None, "66.67"),
    (123, "00000", "00123"),
    (12500, '"KES" #,##0.00', "KES 12,500.00"),
    (1e10, "yyyy-mm-dd", ""),
    (46348, '0 "days"', "46348 days"),
    ("=1+1", None, ""),
    ("#N/A", None, ""),
    ("Ámina 😀", None, "Ámina 😀"),
]


@pytest.mark.parametrize(("value", "number_format", "text"), VALUES)
def test_a_cell_reads_as_people_would_write_it(value, number_format, text):
    formats = {"B2": number_format} if number_format else None
    content = xlsx(HEAD, [PHONE, value], formats=formats)
    assert values(content)[0][1] == text


def test_dates_of_old_macs():
    book = openpyxl.Workbook()
    book.epoch = MAC_EPOCH
    book.active.append(HEAD)
    book.active.append([PHONE, datetime.date(2026, 11, 22)])
    assert values(saved(book))[0][1] == "2026-11-22"


def test_a_formula_counts_as_what_was_last_made_of_it():
    rows = f"<row>{inline('Phone')}{inline('Value')}</row><row>"
    rows += f'{inline(PHONE)}<c t="str"><f>CONCATENATE("a","b")</f><v>ab</v></c></row>'
    assert values(raw_xlsx(rows)) == [[PHONE, "ab"]]


def test_text_that_looks_like_a_formula_is_text():
    book = openpyxl.Workbook()
    book.active.append(HEAD)
    book.active.append([PHONE, "=cmd|' /C calc'!A0"])
    book.active["B2"].data_type = "s"
    assert values(saved(book))[0][1] == "=cmd|' /C calc'!A0"


def test_rows_and_cells_stand_where_the_file_says():
    content = raw_xlsx(
        f'<row r="3">{inline("Name", "B3")}{inline("Phone", "D3")}</row>'
        f'<row r="7">{inline(PHONE, "D7")}</row><row r="8"/>'
        f'<row r="9">{inline("A", "B9")}</row>'
    )
    read = table.read(content)
    assert read.header == 3
    assert [column.role for column in read.columns] == ["", "name", "", "number"]
    assert [(row.line, row.values) for row in read.rows()] == [
        (7, ["", "", "", PHONE]),
        (9, ["", "A", "", ""]),
    ]


def test_shared_strings_with_runs_and_phonetics():
    strings = (
        "<si><t>Phone</t></si><si><r><t>A</t></r><r><t xml:space='preserve'> b</t></r>"
        "<rPh sb='0' eb='1'><t>pronounced</t></rPh></si><si/>"
    )
    cells = "<c t='s'><v>0</v></c><c t='s'><v>2</v></c>"
    second = f"{inline(PHONE)}<c t='s'><v>1</v></c>"
    content = raw_xlsx(f"<row>{cells}</row><row>{second}</row>", strings=strings)
    assert values(content) == [[PHONE, "A b"]]


def test_strict_open_xml():
    namespace = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    rows = f"<row>{inline('Phone')}</row><row>{inline(PHONE)}</row>"
    assert values(raw_xlsx(rows, namespace=namespace)) == [[PHONE]]


def test_the_first_visible_sheet_with_rows_is_read():
    book = openpyxl.Workbook()
    book.active.title = "Empty"
    hidden, chosen = book.create_sheet("Hidden"), book.create_sheet("Chosen")
    hidden.sheet_state = "hidden"
    hidden.append(["Phone"])
    hidden.append(["0700000000"])
    chosen.append(["Phone"])
    chosen.append([PHONE])
    read = table.read(saved(book))
    assert (read.sheet, read.sheets) == ("Chosen", ("Empty", "Hidden", "Chosen"))
    assert [row.values for row in read.rows()] == [[PHONE]]
