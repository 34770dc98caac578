"""Hostile, broken and bloated workbooks are refused, or read in little time."""

import io
import os
import time
import zipfile

import pytest

from su_sms.text.table import table
from su_sms.text.table.workbook import Workbook

from .files import HEAD, PHONE, inline, raw_xlsx, xlsx

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
    with pytest.raises(table.TableError) as error:
        table.read(many).count()
    assert (error.value.reason, error.value.sheet) == ("too_many_cells", "S")
    # What stands beside the sheet buys no hours.
    padded = raw_xlsx(row * 3_000, parts={"xl/media/a": os.urandom(500_000)})
    with pytest.raises(table.TableError, match="too_many_cells"):
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
    with pytest.raises(table.TableError) as error:
        Workbook(bomb, expands=2_000_000)
    assert (error.value.reason, error.value.limit) == ("expands", 2)
    assert table.read(bomb).count() == 1


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
