"""XLSX files of people and programs."""

import datetime
import io
import os
import time
import zipfile

import openpyxl
import pytest
from openpyxl.utils.datetime import MAC_EPOCH

from su_sms.text.table import table
from su_sms.text.table.workbook import Workbook

from .files import raw_xlsx, saved, xlsx

HEAD = ["Phone", "Value"]
PHONE = "0712345678"


def values(content):
    return [row.values for row in table.read(content).rows()]


def inline(text, cell=""):
    """Return the XML of a cell that holds its text itself."""
    reference = f' r="{cell}"' if cell else ""
    return f'<c{reference} t="inlineStr"><is><t>{text}</t></is></c>'


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


GOOD = f"<row>{inline('Phone')}</row><row>{inline(PHONE)}</row>"
ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">'
    '<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">'
    '<!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">'
    '<!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;">'
    '<!ENTITY g "&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;">]>'
)
HOSTILE = {
    "a doctype": raw_xlsx(GOOD, before="<!DOCTYPE x>"),
    "a file's content": raw_xlsx(
        f"<row>{inline('&x;')}</row>",
        before='<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ),
    "a million elements before the rows": raw_xlsx(
        GOOD.replace("<row>", f"<row>{'<a/>' * 1_100_000}", 1)
    ),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_hostile_xml_is_refused(content):
    with pytest.raises(table.TableError) as error:
        table.read(content)
    assert error.value.reason == "unsafe"


def test_entities_are_not_expanded():
    few = raw_xlsx(f"<row>{inline('&a;')}</row>", before=ENTITIES)
    many = raw_xlsx(f"<row>{inline('&g;' * 1000)}</row>", before=ENTITIES)
    for content in (few, many):
        with pytest.raises(table.TableError) as error:
            table.read(content)
        assert error.value.reason in ("unsafe", "broken")


BROKEN = {
    "cut off": xlsx(HEAD, [PHONE, 1])[:-40],
    "cut in half": xlsx(HEAD, *[[PHONE, at] for at in range(500)])[:3000],
    "XML that ends early": raw_xlsx("<row><c>"),
    "no XML": raw_xlsx("", parts={"xl/worksheets/sheet1.xml": b"\x00\xff"}),
    "no sheet": raw_xlsx("", parts={"xl/workbook.xml": "<workbook/>"}),
    "a string that isn't there": raw_xlsx("<row><c t='s'><v>7</v></c></row>"),
    "no number": raw_xlsx("<row><c><v>x</v></c></row>"),
    "a column beyond Excel's": raw_xlsx(f"<row>{inline('x', 'ZZZZ1')}</row>"),
    "rows out of order": raw_xlsx(f"{GOOD}<row r='1'>{inline('x')}</row>"),
    "a part outside": raw_xlsx(GOOD, parts={"_rels/.rels": "<Relationships/>"}),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_broken_files_say_so(content):
    with pytest.raises(table.TableError) as error:
        table.read(content)
    assert error.value.reason == "broken"


def test_what_breaks_later_is_told_when_it_is_read():
    rows = "".join(f"<row>{inline(PHONE)}</row>" for _ in range(9000))
    read = table.read(raw_xlsx(f"{GOOD}{rows}<row><c t='s'><v>7</v></c></row>"))
    with pytest.raises(table.TableError) as error:
        read.count()
    assert error.value.reason == "broken"


def test_a_row_far_down_costs_nothing():
    content = raw_xlsx(f'{GOOD}<row r="999999999999">{inline(PHONE)}</row>')
    with pytest.raises(table.TableError) as error:
        table.read(content)
    assert error.value.reason == "too_many_rows"


def test_a_small_file_has_no_more_cells_than_are_read_in_seconds():
    row = f"<row>{inline(PHONE)}{'<c><v>1</v></c>' * 190}</row>"
    few = raw_xlsx(row * 1_000)
    assert table.read(few).count() == 1_000
    many = raw_xlsx(row * 1_100)
    assert len(many) < 30_000
    with pytest.raises(table.TableError, match="cells") as error:
        table.read(many).count()
    assert (error.value.reason, error.value.sheet) == ("too_many_cells", "S")
    # What stands beside the sheet buys no hours.
    padded = raw_xlsx(row * 3_000, parts={"xl/media/a": os.urandom(500_000)})
    with pytest.raises(table.TableError, match="cells"):
        table.read(padded).count()


PADDING = os.urandom(700_000)
# What is compressed to nothing, beside bytes that nothing reads.
PADDED = {
    "columns that overlap": {
        "rows": f"<row>{inline(PHONE)}</row>" * 3,
        "before": "",
        "columns": '<col min="1" max="16384" hidden="1"/>' * 300_000,
    },
    "empty rows": {"rows": "<row/>" * 3_000_000},
    "strings": {"rows": "<row/>", "strings": "<si><t>a</t></si>" * 2_000_000},
    "styles": {
        "rows": "<row/>",
        "parts": {
            "xl/styles.xml": "<styleSheet><cellXfs>"
            + '<xf numFmtId="14"/>' * 2_000_000
            + "</cellXfs></styleSheet>",
        },
    },
    "sheets of empty rows": {"rows": "<row/>" * 140_000, "sheets": 40},
}


@pytest.mark.parametrize("shape", PADDED)
def test_what_pads_a_file_buys_no_work(shape):
    """What is not read counts for nothing, and a second is a thousand hours here."""
    given = dict(PADDED[shape])
    columns, sheets = given.pop("columns", ""), given.pop("sheets", 1)
    given.pop("before", None)
    content = raw_xlsx(**given)
    parts = {"xl/media/a": PADDING}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts |= {name: archive.read(name).decode() for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace("<sheetData>", f"{columns}<sheetData>", 1)
    if shape == "styles":
        styles = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        rels = "xl/_rels/workbook.xml.rels"
        parts[rels] = parts[rels].replace(
            "</Relationships>",
            f'<Relationship Id="s" Type="{styles}/styles" Target="styles.xml"/>'
            "</Relationships>",
        )
    book = "xl/workbook.xml"
    if sheets > 1:
        rels = "xl/_rels/workbook.xml.rels"
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        for at in range(2, sheets):
            parts[f"xl/worksheets/sheet{at}.xml"] = parts[sheet]
            parts[rels] = parts[rels].replace(
                "</Relationships>",
                f'<Relationship Id="t{at}" Type="{kind}/worksheet"'
                f' Target="worksheets/sheet{at}.xml"/></Relationships>',
            )
            parts[book] = parts[book].replace(
                "</sheets>",
                f'<sheet name="S{at}" sheetId="{at}" r:id="t{at}"/></sheets>',
            )
    packed = raw_xlsx("", parts=parts)
    assert len(packed) < 1_000_000
    began = time.process_time()
    with pytest.raises(table.TableError):
        table.read(packed).count()
    assert time.process_time() - began < 10  # 1 to 3 s alone


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked():
    bomb = raw_xlsx(GOOD, parts={"xl/media/a": b"\0" * 3_000_000})
    assert len(bomb) < 10_000
    with pytest.raises(table.TableError, match="more than 2 MB") as error:
        Workbook(bomb, expands=2_000_000)
    assert error.value.reason == "expands"
    assert table.read(bomb).count() == 1


# ----------------------------------------------------------
# What people see
# ----------------------------------------------------------

PEOPLE = [["Phone", "Name"], ["0712345678", "Amina"], ["0722345678", "Brian"]]


def workbook(*rows):
    """Return a workbook of openpyxl's with these rows, and its sheet."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return book, book.active


def names(content, **options):
    read = table.read(content, **options)
    return [row.values[1] for row in read.rows() if not (row.hidden or row.struck)]


SHEETS = [
    # {title: rows}, the one that is open, the one that is read
    ({"A": [["x"]], "B": PEOPLE}, "A", "B"),
    ({"A": PEOPLE, "B": PEOPLE}, "B", "B"),
    ({"A": PEOPLE, "B": PEOPLE}, "A", "A"),
    ({"A": PEOPLE, "B": [["Notes", "More"], ["x", "y"]]}, "B", "A"),
    ({"A": [], "B": PEOPLE, "C": PEOPLE}, "A", "B"),
    ({"A": [["Phone", "Name"]], "B": PEOPLE}, "A", "B"),
]


@pytest.mark.parametrize(("sheets", "active", "read"), SHEETS)
def test_the_sheet_that_people_mean_is_read(sheets, active, read):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.active = book[active]
    found = table.read(saved(book))
    assert (found.sheet, found.sheets) == (read, tuple(sheets))
    for title, rows in sheets.items():
        if rows == PEOPLE:
            assert table.read(saved(book), sheet=title).sheet == title
    assert table.read(saved(book), sheet="gone").sheet == read


def test_a_sheet_that_nobody_sees_is_read_only_if_it_is_chosen():
    book, sheet = workbook(["Notes", "x"], ["a", "b"])
    sheet.title = "Notes"
    other = book.create_sheet("Old")
    for row in PEOPLE:
        other.append(row)
    other.sheet_state = "hidden"
    with pytest.raises(table.TableError, match="Sheet “Notes”.*no column") as error:
        table.read(saved(book))
    assert error.value.sheet == "Notes"
    read = table.read(saved(book), sheet="Old")
    assert read.sheet_hidden and read.count() == 2
    assert table.sheets(saved(book)) == ("Notes", "Old")


def test_errors_name_the_sheet():
    book, sheet = workbook(["a"], ["b"])
    sheet.title = "Balances"
    with pytest.raises(table.TableError, match="Sheet “Balances”"):
        table.read(saved(book))


def test_hidden_rows_are_told_whoever_hides_them():
    book, sheet = workbook(*PEOPLE, ["0733345678", "Chege"])
    sheet.auto_filter.ref = "A1:B4"
    sheet.row_dimensions[3].hidden = True
    rows = list(table.read(saved(book)).rows())
    assert [row.hidden for row in rows] == [False, True, False]


def test_hidden_columns_count_only_where_no_other_has_numbers():
    book, sheet = workbook(
        ["Phone", "Name", "Mobile"], ["0712345678", "Amina", "0722345678"]
    )
    sheet.column_dimensions["A"].hidden = True
    found = table.read(saved(book)).columns
    assert [(one.role, one.hidden) for one in found] == [
        ("", True),
        ("name", False),
        ("number", False),
    ]
    sheet["C2"] = "x"
    assert table.read(saved(book)).columns[0].role == "number"


def test_a_merged_cell_counts_for_each_of_its_rows():
    book, sheet = workbook(
        ["Fees of 2026", None, None],
        ["Class", "Phone", "Name"],
        ["Form 1", "0712345678", "Amina"],
        [None, "0722345678", "Brian"],
        ["Form 2", None, "Chege"],
    )
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("A3:A4")
    sheet.merge_cells("B4:B5")
    read = table.read(saved(book))
    assert read.header == 2
    assert [row.values for row in read.rows()] == [
        ["Form 1", "0712345678", "Amina"],
        ["Form 1", "0722345678", "Brian"],
        ["Form 2", "0722345678", "Chege"],
    ]


def test_who_is_struck_through_is_told():
    struck = openpyxl.styles.Font(strike=True)
    book, sheet = workbook(*PEOPLE, ["0733345678", "Chege"], ["0744345678", "Dama"])
    for cell in ("A2", "B2", "A3", "B4"):
        sheet[cell].font = struck
    rows = list(table.read(saved(book)).rows())
    assert [(row.struck, row.values) for row in rows] == [
        (True, ["0712345678", "Amina"]),
        (True, ["0722345678", "Brian"]),
        # One value is: a text would not have it.
        (False, ["0733345678", ""]),
        (False, ["0744345678", "Dama"]),
    ]


def test_of_two_numbers_the_one_that_is_not_struck_through_counts():
    book, sheet = workbook(["Father", "Mother"], ["0712345678", "0722345678"])
    sheet["A2"].font = openpyxl.styles.Font(strike=True)
    [row] = table.read(saved(book)).rows()
    assert (row.struck, row.values) == (False, ["", "0722345678"])


def test_struck_parts_of_a_text_are_no_part_of_it():
    run = "<r><rPr><strike/></rPr><t>0712345678</t></r><r><t> 0722345678</t></r>"
    content = raw_xlsx(
        f"<row>{inline('Phone')}</row><row><c t='s'><v>0</v></c></row>",
        strings=f"<si>{run}</si>",
    )
    assert values(content) == [["0722345678"]]


def test_comments_are_no_part_of_a_cell():
    book, sheet = workbook(*PEOPLE)
    sheet["B2"].comment = openpyxl.comments.Comment("0799999999 wrong", "x")
    assert names(saved(book)) == ["Amina", "Brian"]


def test_formulas_whose_value_no_program_has_kept_are_counted():
    book, _sheet = workbook(["Phone", "Fee"], ["0712345678", "=1+1"], ["", "=2"])
    read = table.read(saved(book))
    assert [(row.values, row.unknown) for row in read.rows()] == [
        (["0712345678", ""], 1),
        (["", ""], 1),
    ]


def test_frozen_rows_are_titles():
    book, sheet = workbook(
        ["Term 3", "Reach"], ["Student", "2026"], ["Amina", "0712345678"]
    )
    sheet.freeze_panes = "A3"
    read = table.read(saved(book))
    assert [row.values for row in read.rows()] == [["Amina", "0712345678"]]


def test_titles_above_the_headings_are_no_headings():
    content = xlsx(
        ["STRATHMORE SCHOOL"],
        ["Balances, 27 November 2026"],
        [],
        ["Student", "Contact", "Balance"],
        ["Amina", "0712345678", 500],
        ["TOTAL", None, 500],
    )
    read = table.read(content)
    assert [column.title for column in read.columns] == [
        "Student",
        "Contact",
        "Balance",
    ]
    assert [row.line for row in read.rows()] == [5, 6]


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def many_sheets(count):
    """Return the list of sheets of a workbook in which each is the same part."""
    sheets = "".join(
        f'<sheet name="S{at}" sheetId="{at + 1}" r:id="rId0"/>' for at in range(count)
    )
    return {
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        f"{sheets}</sheets></workbook>"
    }


def styles(formats):
    """Return a workbook's list of styles, and what refers to it."""
    relations = "".join(
        f'<Relationship Id="rId{at}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(
            [("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")]
        )
    )
    return {
        "xl/_rels/workbook.xml.rels": f"<Relationships>{relations}</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs>{formats}</cellXfs>'
        "</styleSheet>",
    }


def packed(method):
    """Return a file whose parts are packed by another method than its standard's."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw_xlsx(GOOD))) as good,
        zipfile.ZipFile(stream, "w", method) as other,
    ):
        for name in good.namelist():
            other.writestr(name, good.read(name))
    return stream.getvalue()


# A few kilobytes each.
LARGE = {
    "sheets of one part": raw_xlsx("<row/>" * 500_000, parts=many_sheets(100)),
    "sheets without end": raw_xlsx(GOOD, parts=many_sheets(1_001)),
    "strings without end": raw_xlsx(GOOD, strings="<si/>" * 1_000_001),
    "styles without end": raw_xlsx(GOOD, parts=styles("<xf/>" * 200_001)),
    "cells without end": raw_xlsx(f"<row>{'<c/>' * 20_000}</row>{GOOD}"),
    "rows of many cells": raw_xlsx(f"<row>{'<c/>' * 16_000}</row>" * 75 + GOOD),
    "a cell far to the right in each row": raw_xlsx(
        '<row><c r="XFD1"/></row>' * 150_000 + GOOD
    ),
    "a blank far to the right in each row": raw_xlsx(
        f"<row>{inline(' ', 'XFD1')}</row>" * 60_000 + GOOD
    ),
    "letters of a column without end": raw_xlsx(
        f'<row><c r="{"A" * 150_000}1"/></row>{GOOD}'
    ),
    "values without end": raw_xlsx(f"<row><c>{'<v/>' * 900_000}</c></row>{GOOD}"),
    "runs without end": raw_xlsx(
        f"<row><c t='inlineStr'><is>{'<t>a</t>' * 400_000}</is></c></row>{GOOD}"
    ),
    "attributes without end": raw_xlsx(
        "<row " + " ".join(f'a{at}=""' for at in range(60_000)) + f"/>{GOOD}"
    ),
    "elements in elements": raw_xlsx(f"<row>{'<c>' * 100_000}"),
    "an entity in an attribute": raw_xlsx(
        f"<row r='{'&g;' * 1000}'/>", before=ENTITIES
    ),
    "two hundred times its size": raw_xlsx(
        GOOD, parts={"xl/media/a": b"\0" * 60_000_000}
    ),
    "parts without end": raw_xlsx(
        GOOD, parts={f"xl/media/{at}": b"" for at in range(10_001)}
    ),
    "LZMA": packed(zipfile.ZIP_LZMA),
    "BZIP2": packed(zipfile.ZIP_BZIP2),
}


@pytest.fixture
def unpacked(monkeypatch):
    """Return a list that says how many bytes were unpacked in each read."""
    found, read = [], zipfile.ZipExtFile.read

    def noting(member, size=-1):
        data = read(member, size)
        found.append(len(data))
        return data

    monkeypatch.setattr(zipfile.ZipExtFile, "read", noting)
    return found


@pytest.mark.parametrize("content", LARGE.values(), ids=LARGE)
def test_small_files_unpack_to_little_work(content, unpacked):
    try:
        assert table.read(content).count() < 100
    except table.TableError as error:
        reasons = ("unsafe", "broken", "expands", "empty", "no_numbers")
        assert error.reason in (*reasons, "too_many_cells", "too_many_rows")
    # Five times at most: its layout, to choose the sheet, to look at it, for its rows.
    assert sum(unpacked) < 5 * 5_500_000


def test_sheets_of_one_part_are_read_once(unpacked):
    def read(count):
        unpacked.clear()
        with pytest.raises(table.TableError) as error:
            table.read(raw_xlsx("<row/>" * 10_000, parts=many_sheets(count)))
        assert error.value.reason == "empty"
        return sum(unpacked)

    assert read(500) < 3 * read(1)


def test_what_a_part_says_of_its_size_is_all_that_is_read():
    content = raw_xlsx(GOOD, parts={"xl/media/a": b"\0" * 30_000_000})
    size = (30_000_000).to_bytes(4, "little")
    lying = content.replace(size, (100).to_bytes(4, "little"))
    assert lying != content
    assert table.read(lying).count() == 1
