"""XLSX files of people and programs."""

import datetime

import openpyxl
import pytest
from openpyxl.utils.datetime import MAC_EPOCH

from su_sms.text import table
from su_sms.text.table_xlsx import Workbook

from .files import raw_xlsx, saved, xlsx

HEAD = ["Phone", "Value"]
PHONE = "0712345678"


def values(content):
    return [row.values for row in table.read(content).rows()]


def inline(text, cell=""):
    """Give the XML of a cell that holds its text itself."""
    reference = f' r="{cell}"' if cell else ""
    return f'<c{reference} t="inlineStr"><is><t>{text}</t></is></c>'


VALUES = [
    # value, number format, text
    (712345678, None, "712345678"),
    (712345678.0, None, "712345678"),
    (254712345678.0, "0.00E+00", "254712345678"),
    (2.54712345678e11, None, "254712345678"),
    (1200.5, "#,##0.00", "1200.5"),
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
    (datetime.datetime(2026, 11, 22, 8, 5), None, "2026-11-22 08:05"),
    (datetime.datetime(2026, 11, 22, 8, 5, 9), None, "2026-11-22 08:05:09"),
    (datetime.time(8, 5), None, "08:05"),
    (46348, "d mmm yyyy", "2026-11-22"),
    (46348, "[$-409]dddd", "2026-11-22"),
    (1e10, "yyyy-mm-dd", ""),
    (46348, '0 "days"', "46348"),
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


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked():
    bomb = raw_xlsx(GOOD, parts={"xl/media/a": b"\0" * 3_000_000})
    assert len(bomb) < 10_000
    with pytest.raises(table.TableError, match="more than 2 MB") as error:
        Workbook(bomb, expands=2_000_000)
    assert error.value.reason == "expands"
    assert table.read(bomb).count() == 1
