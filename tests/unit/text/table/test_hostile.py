"""Whatever a file has inside: it is read, or refused, in little time and memory."""

import io
import json
import os
import random
import resource
import string
import time
import zipfile

import pytest

from su_sms.text.table import styles as table_styles
from su_sms.text.table import table
from su_sms.text.table.format import Format

from .files import csv, raw_xlsx

PHONE = "0712345678"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHARED = "<c t='s'><v>0</v></c>"
GOOD = (
    "<row><c t='inlineStr'><is><t>Phone</t></is></c></row>"
    f"<row><c t='inlineStr'><is><t>{PHONE}</t></is></c></row>"
)
SECONDS = 5  # of a core that has nothing else to do
KILOBYTES = 150_000


def relations(*pairs):
    return "".join(
        f'<Relationship Id="rId{at}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(pairs)
    )


def book(rows=GOOD, *, styles="", before="", relation="", **given):
    """Return a workbook with styles, and with what stands before its rows."""
    parts = {
        "xl/styles.xml": f"<styleSheet>{styles}</styleSheet>",
        "xl/_rels/workbook.xml.rels": "<Relationships>"
        + relations(
            ("worksheet", "worksheets/sheet1.xml"),
            ("sharedStrings", "sharedStrings.xml"),
            ("styles", "styles.xml"),
        )
        + f"{relation}</Relationships>",
    }
    if before:
        parts["xl/worksheets/sheet1.xml"] = (
            f"<worksheet>{before}<sheetData>{rows}</sheetData></worksheet>"
        )
    return raw_xlsx(rows, parts=parts | given.pop("parts", {}), **given)


def formats(*codes):
    """Return styles of these formats."""
    numbers = "".join(
        f'<numFmt numFmtId="{200 + at}" formatCode="{code}"/>'
        for at, code in enumerate(codes)
    )
    styles = "".join(f'<xf numFmtId="{200 + at}"/>' for at in range(len(codes)))
    return f"<numFmts>{numbers}</numFmts><cellXfs>{styles}</cellXfs>"


def of_formats(count, rows=2_000, cells=10):
    """Return rows whose cells take turns through so many styles."""
    numbers = iter(range(rows * cells))
    return GOOD + "".join(
        f"<row><c><v>{PHONE}</v></c>"
        + "".join(
            f'<c s="{at % count}"><v>{44_000 + at / 7}</v></c>'
            for at, _cell in zip(numbers, range(cells), strict=False)
        )
        + "</row>"
        for _row in range(rows)
    )


def of_strings(count, rows):
    """Return rows of a phone number and one shared string after another."""
    cells = "".join(f"<c t='s'><v>{at}</v></c>" for at in range(count))
    return f"{GOOD}{f'<row><c><v>{PHONE}</v></c>{cells}</row>' * rows}"


def strings(count, made):
    return "".join(f"<si><t>{made(at)}</t></si>" for at in range(count))


def random_text(_at):
    return "".join(random.Random(_at).choices(string.ascii_letters, k=1_999))


def columns():
    letters = string.ascii_uppercase
    return (a + b + c for a in ["", *letters] for b in letters for c in letters)


def many_entries(count, extra=b""):
    """Return an archive of many members that nothing refers to."""
    stream = io.BytesIO(raw_xlsx(GOOD))
    with zipfile.ZipFile(stream, "a") as archive:
        for at in range(count):
            info = zipfile.ZipInfo(f"x{at}")
            info.extra = extra
            archive.writestr(info, b"")
    return stream.getvalue()


UNWANTED = "<q/>" * 300_000
FAR = '<row><c r="XFD1"/></row>'
HOSTILE = {
    "elements that nobody asks for among styles": lambda: book(styles=UNWANTED),
    "elements that nobody asks for among strings": lambda: book(strings=UNWANTED),
    "elements that nobody asks for before the rows": lambda: book(before=UNWANTED),
    "styles that many relations name": lambda: book(
        styles=UNWANTED,
        relation=relations(*[("styles", "styles.xml")] * 9_000),
    ),
    "strings that many relations name": lambda: book(
        strings=UNWANTED,
        relation=relations(*[("sharedStrings", "sharedStrings.xml")] * 9_000),
    ),
    "a run of many properties and texts": lambda: book(
        strings=f"<si><r><rPr>{'<b/>' * 90_000}</rPr>{'<t/>' * 90_000}</r></si>"
    ),
    "runs without end": lambda: book(
        strings=f"<si>{'<r><rPr><strike/></rPr><t>a</t></r>' * 40_000}</si>"
    ),
    "how to pronounce it without end": lambda: book(
        strings=f"<si>{'<rPh><t>a</t></rPh>' * 60_000}</si>"
    ),
    "elements in elements": lambda: book(before="<q>" * 100_000),
    "a very long attribute": lambda: book(before=f'<q a="{"x" * 2_000_000}"/>'),
    "many attributes": lambda: book(before='<q a="" b="" c="" d=""/>' * 60_000),
    "attributes of many names": lambda: book(
        before="".join(f'<q a{at}=""/>' for at in range(50_000))
    ),
    "elements of many names": lambda: book(
        before="".join(f"<q{at}/>" for at in range(50_000))
    ),
    "a long namespace of many elements": lambda: book(
        before=f'<q xmlns="{"u" * 50_000}">{UNWANTED}</q>'
    ),
    "a very long comment": lambda: book(before=f"<!--{'x' * 2_000_000}-->"),
    "many comments": lambda: book(before="<!---->" * 650_000),
    "many instructions": lambda: book(before="<?a?>" * 900_000),
    "many lines": lambda: book(before="\n" * 2_000_000),
    "many references to characters": lambda: book(
        strings=f"<si><t>{'&#x1F600;' * 500_000}</t></si>"
    ),
    "a text without end": lambda: book(
        f"<row><c t='inlineStr'><is><t>{'x' * 2_000_000}</t></is></c></row>"
    ),
    "strings of four bytes a character": lambda: book(
        strings=f"<si><t>{'a' * 1_900}\U0001f600</t></si>" * 2_400
    ),
    "blanks that cells share": lambda: book(
        GOOD + f"<row>{'<c><v>7</v></c>'}{SHARED * 100}</row>" * 500,
        strings=f"<si><t>{' ' * 32_000}x</t></si>",
    ),
    "long strings that cells share": lambda: book(
        of_strings(199, 900), strings=strings(199, random_text)
    ),
    "digits that cells share": lambda: book(
        of_strings(190, 100), strings=strings(190, lambda at: f"{'1 ' * 95}{at}")
    ),
    "titles that cells share": lambda: book(
        of_strings(190, 100), strings=strings(190, lambda at: f"{'Aé' * 990}{at}")
    ),
    "rows that are struck through in part": lambda: book(
        of_strings(100, 1_500).replace("<c t='s'>", "<c t='s' s='1'>"),
        strings=strings(100, lambda at: f"{'1 ' * 95}{at}"),
        styles="<fonts><font/><font><strike/></font></fonts>"
        '<cellXfs><xf/><xf fontId="1"/></cellXfs>',
    ),
    "a format of many dates": lambda: book(
        of_formats(600), styles=formats(*[f"{'dm' * 120}{at}" for at in range(600)])
    ),
    "formats as long as they may be": lambda: book(
        of_formats(600), styles=formats(*[f"{'dm' * 28}{at}" for at in range(600)])
    ),
    "a format of many digits": lambda: book(of_formats(1), styles=formats("#" * 255)),
    "more formats than are remembered": lambda: book(
        of_formats(15_000), styles=formats(*[f"0.0{at}" for at in range(15_000)])
    ),
    "a cell far to the right in each row": lambda: book(GOOD + FAR * 150_000),
    "rows without anything": lambda: book("<row/>" * 400_000),
    "cells without anything": lambda: book(f"<row>{'<c/>' * 1_000}</row>" * 500),
    "merges of each column": lambda: book(
        GOOD + "<row/>" * 20_000,
        after="<mergeCells>"
        + "".join(f'<mergeCell ref="{at}1:{at}99999"/>' for at in columns() if at < "X")
        + "</mergeCells>",
    ),
    "a blank that is merged far to the right": lambda: book(
        GOOD.replace("</row>", '<c r="XFD1" t="str"><v> </v></c></row>', 1)
        + "<row/>" * 20_000,
        after='<mergeCells><mergeCell ref="XFD1:XFD99999"/></mergeCells>',
    ),
    "merges that don't end": lambda: book(
        after="<mergeCells>" + "<mergeCell " * 330_000
    ),
    "many members": lambda: many_entries(4_000),
    "members of many notes": lambda: many_entries(7, b"\x99\x99\0\0" * 16_000),
    "one quoted cell": lambda: csv("Phone", PHONE, f'"{"x" * 980_000}"'),
    "quotes that open another cell": lambda: csv("Phone", *['a","'] * 60_000),
    "quotes only": lambda: csv("Phone", PHONE, '"' * 980_000),
    "separators only": lambda: csv("Phone", PHONE, *["," * 190] * 5_000),
    "digits in many cells": lambda: csv(*[",".join(["1 " * 95] * 190)] * 27),
    "columns of long names": lambda: csv(
        ",".join(f"{at} {'T' * 60}" for at in range(199)), *[PHONE] * 80_000
    ),
    "a line of wide characters": lambda: csv(
        "Phone", PHONE, "\U0001f600" + "x" * 980_000
    ),
}
BROKEN = {"merges that don't end"}


def measured(content):
    """Return what comes of a file: rows or the reason, seconds, kilobytes more.

    In a process of its own, whose memory has no high mark yet. The seconds are those of
    a core that has nothing else to do.
    """
    reading, writing = os.pipe()
    if child := os.fork():
        os.close(writing)
        with open(reading) as answer:
            told = answer.read()
        os.waitpid(child, 0)
        return json.loads(told)
    try:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        slowness = calibrate()
        began = time.process_time()
        try:
            end = table.read(content).count()
        except table.TableError as error:
            end = error.reason
        seconds = time.process_time() - began
        more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        slowness = max(1, slowness, calibrate())
        os.write(writing, json.dumps([end, seconds / slowness, more]).encode())
    finally:
        os._exit(0)


def calibrate():
    """Tell how many times as long as on a quiet core of today things take."""
    began = time.process_time()
    for _ in range(1_000_000):
        pass
    return (time.process_time() - began) / 0.027


@pytest.mark.parametrize("shape", HOSTILE)
def test_no_small_file_takes_long_or_much(shape):
    content = HOSTILE[shape]()
    assert len(content) < 1_000_000
    end, seconds, kilobytes = measured(content)
    assert (end == "broken") == (shape in BROKEN)
    assert seconds < SECONDS
    assert kilobytes < KILOBYTES


def test_what_is_kept_of_a_file_is_bounded():
    """A few kilobytes say for thousands of cells what is in each."""
    few = book(of_strings(100, 90), strings=strings(100, random_text))
    assert table.read(few).count() == 91
    many = book(of_strings(100, 110), strings=strings(100, random_text))
    assert len(many) < 200_000
    with pytest.raises(table.TableError) as error:
        table.read(many).count()
    assert error.value.reason == "too_much_text"


def test_names_of_columns_count_for_each_row():
    """They are kept with each."""
    head = ",".join(f"{at} {'T' * 60}" for at in range(199))
    with pytest.raises(table.TableError, match="too_much_text"):
        table.read(csv(head, *[PHONE] * 5_000)).count()


def test_a_large_file_may_have_more():
    content = book(of_strings(100, 110), strings=strings(100, random_text))
    with zipfile.ZipFile(stream := io.BytesIO(content), "a") as archive:
        archive.writestr("xl/media/a", random.Random(1).randbytes(1_000_000))
    assert table.read(stream.getvalue()).count() == 111


def test_a_format_is_parsed_once(monkeypatch):
    parsed = []
    monkeypatch.setattr(
        table_styles.table_format,
        "Format",
        lambda code: parsed.append(code) or Format(code),
    )
    read = table.read(book(of_formats(600, 400), styles=formats(*["0.0"] * 600)))
    assert read.count() == 401
    assert parsed == ["0.0"]


def test_a_long_format_is_refused_where_a_cell_has_it():
    styles = formats("0.0", "dm" * 100)
    assert table.read(book(of_formats(1, 10), styles=styles)).count() == 11
    with pytest.raises(table.TableError) as error:
        table.read(book(of_formats(2, 10), styles=styles)).count()
    assert error.value.reason == "unsafe"


def test_the_unpacked_text_of_a_cell_ends_where_excel_ends_it():
    rows = "<row><c t='inlineStr'><is><t>" + "x" * 100_000 + "</t></is></c>"
    content = book(GOOD + f"{rows}<c><v>{PHONE}</v></c></row>")
    assert list(table.read(content).rows())[-1].cut


def test_sheets_are_listed_though_their_strings_are_broken():
    assert table.sheets(book(strings="<si>")) == ("S",)
