"""Uploaded files of any kind: what is refused, within which limits, at what cost."""

import gzip
import subprocess
import sys
import typing
from pathlib import Path

import pytest
import xlsxwriter

from su_sms.text.table import table
from su_sms.text.table.error import Reason, TableError

from .files import archive, csv, raw_xlsx, xlsx

PHONE = "0712345678"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
SMALL = table.Limits(
    size=5_000_000, rows=3, columns=4, cells=30, expands=6_000_000, characters=0
)

SHARED = "<c t='s'><v>0</v></c>"

REFUSED = [
    ("empty", b""),
    ("empty", b"\xef\xbb\xbf"),
    ("empty", b"\xff\xfe"),
    ("empty", b" \r\n\t\0\n"),
    ("empty", b";;;\n,,,\n"),
    ("empty", csv("Name,Phone")),
    ("empty", xlsx()),
    ("empty", xlsx(["Name", "Phone"])),
    ("too_large", b"0712345678\n" * 500_000),
    ("too_many_rows", csv("Phone", *[PHONE] * 4)),
    ("too_many_rows", csv(*[PHONE] * 4)),
    ("too_many_rows", xlsx(["Phone"], *[[PHONE]] * 4)),
    ("too_many_rows", b"0712345678" + b"\n" * 1_048_577),
    ("too_many_columns", csv("0712345678,a,b,c,d")),
    ("too_many_columns", xlsx([PHONE, 1, 2, 3, 4])),
    ("too_many_cells", raw_xlsx(f"<row>{'<c/>' * 31}</row>")),
    (
        "too_much_text",
        raw_xlsx(
            f"<row><c><v>{PHONE}</v></c>{SHARED * 3}</row>" * 3,
            strings=f"<si><t>{'x' * 2_000}</t></si>",
        ),
    ),
    ("too_much_work", raw_xlsx("<row/>", strings="<a/>" * 1_200_000)),
    ("expands", raw_xlsx("", parts={"xl/media/a": b"\0" * 6_000_000})),
    ("encrypted", COMPOUND + "EncryptedPackage".encode("utf-16-le")),
    ("old_excel", COMPOUND),
    ("old_excel", b"\x09\x08\x10\x00\x00\x06\x05\x00" + b"\0" * 99),
    ("binary_excel", archive(xl__workbook_bin=b"")),
    (
        "open_document",
        archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"),
    ),
    ("document", archive(mimetype=b"application/vnd.oasis.opendocument.text")),
    ("document", archive(word__document_xml=b"")),
    ("document", b"{\\rtf1 0712345678}"),
    ("pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3"),
    ("image", b"\x89PNG\r\n\x1a\n"),
    ("image", b"\xff\xd8\xff\xe0\x00\x10JFIF"),
    ("image", b"GIF89a"),
    ("image", b"RIFF1234WEBPVP8 "),
    ("image", b"\0\0\0\x18ftypheic"),
    ("archive", archive(a_csv=b"Phone\n0712345678\n")),
    ("archive", b"PK\x05\x06" + b"\0" * 18),
    ("archive", gzip.compress(b"Phone\n0712345678\n")),
    ("contacts", b"BEGIN:VCARD\r\nVERSION:3.0\r\nTEL:0712345678\r\nEND:VCARD"),
    ("web_page", b"<html><table><tr><td>0712345678"),
    ("web_page", b'\xef\xbb\xbf\n<?xml version="1.0"?><Workbook>'),
    ("binary", b"\x7fELF\x02\x01\x01" + b"\0" * 9),
    ("binary", bytes(range(256)) * 9),
    ("binary", b"\0" * 50 + b"x"),
    ("broken", b"PK\x03\x04" + b"\0" * 50),
    ("broken", xlsx(["Phone"], [PHONE])[:-1]),
    ("unsafe", raw_xlsx("<row/>", before="<!DOCTYPE x>")),
    ("no_numbers", csv("Name,Town", "Amina,Nairobi")),
    ("no_numbers", csv("just a letter, dear friends", "of more than a line")),
    ("no_numbers", xlsx(["Name"], ["Amina"])),
]


@pytest.mark.parametrize(("reason", "content"), REFUSED)
def test_what_is_refused_says_why(reason, content):
    with pytest.raises(TableError) as error:
        table.read(content, limits=SMALL).count()
    assert error.value.reason == reason


def test_every_reason_has_a_test():
    assert {reason for reason, _ in REFUSED} == set(typing.get_args(Reason))


@pytest.mark.parametrize(
    ("reason", "limit"),
    [
        ("too_large", 5),
        ("too_many_rows", 3),
        ("too_many_columns", 4),
        ("too_many_cells", 30),
        ("pdf", None),
    ],
)
def test_errors_have_the_limit(reason, limit):
    content = next(content for each, content in REFUSED if each == reason)
    with pytest.raises(TableError) as error:
        table.read(content, limits=SMALL).count()
    assert error.value.limit == limit


def test_exactly_as_many_rows_as_allowed():
    assert table.read(csv("Phone", *[PHONE] * 3), limits=SMALL).count() == 3
    assert table.read(csv(*[PHONE] * 3), limits=SMALL).count() == 3


def test_a_signature_within_a_text_is_text():
    assert table.read(csv("Phone,Note", "0712345678,%PDF- <html> PK")).count() == 1


def test_rows_can_be_read_again_and_are_independent():
    read = table.read(csv("Phone,Name", "0712345678,Amina"))
    next(read.rows()).values[1] = "changed"
    assert [row.values[1] for row in read.rows()] == ["Amina"]
    assert read.head[0].values[1] == "Amina"


def test_damage_in_any_byte_is_a_typed_error_or_none():
    content = xlsx(["Phone", "Name"], *[[PHONE, f"A{at}"] for at in range(20)])
    for at in range(0, len(content), 17):
        damaged = content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]
        try:
            assert table.read(damaged).count() <= 20
        except TableError:
            pass


MEASURE = """
import resource, runpy, sys, time
runpy.run_path(sys.argv[1])
from su_sms.text import phone
from su_sms.text.table import table
phone.normalise("0712345678")
content = open(sys.argv[2], "rb").read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
began = time.process_time()
rows = table.read(content).count()
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(rows, after - before, time.process_time() - began)
"""


MANY = 60_000


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_many_rows_are_quick_and_flat(kind, tmp_path):
    path = tmp_path / f"people.{kind}"
    {"csv": _large_csv, "xlsx": _large_xlsx}[kind](path)
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            MEASURE,
            Path(__file__).parents[3] / "conftest.py",
            path,
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    rows, kilobytes, seconds = map(float, done.stdout.split())
    assert rows == MANY
    assert kilobytes < 80_000
    assert seconds < 8  # 1.5 s alone, and the machine may be loaded


def _large_csv(path):
    lines = (f"Student {at},07{at:08},{at}.50" for at in range(MANY))
    path.write_bytes(csv("Name,Phone,Fee", *lines))


def _large_xlsx(path):
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Name", "Phone", "Fee"])
    for at in range(1, MANY + 1):
        sheet.set_row(at, 16)
        sheet.write_row(at, 0, [f"Student {at}", f"07{at:08}", at * 1.5])
    book.close()
