"""CSV files to download."""

import pytest

from su_sms.text import phone
from su_sms.text.table import table
from su_sms.text.table.write import safe_cell, write_csv

CELLS = [
    ("Amina", "Amina"),
    ("Ng'ang'a", "Ng'ang'a"),
    ("1,200", "1,200"),
    ("", ""),
    (None, ""),
    (12, "12"),
    ("=1+1", "'=1+1"),
    ("+1", "'+1"),
    ("-1", "'-1"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("\t=1", "'\t'=1"),
    ("\r=1", "'\r'=1"),
    ("\n=1", "'\n'=1"),
    ("\n", "\n"),
    ("  =1", "'  =1"),
    ("＝1", "'＝1"),
    ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
    ("+254712345678", "'+254712345678"),
    ("254712345678", "'254712345678"),
    ("0712345678", "'0712345678"),
    ("712345678", "712345678"),
    ("a=1", "a=1"),
    ("x;=1+1", "x;'=1+1"),
    ("x\t=1", "x\t'=1"),
    ("x; @SUM(A1)", "x;' @SUM(A1)"),
    ("x;y", "x;y"),
    ("x\n=1+1", "x\n'=1+1"),
    ("x\r\n  =1+1", "x\r\n'  =1+1"),
    ("x\u2028=1+1", "x\u2028'=1+1"),
    ("x\v=1+1", "x\v'=1+1"),
    ('q;"=1+1"', 'q;\'"=1+1"'),
    ("Dear all\nsee you - soon", "Dear all\nsee you - soon"),
    ("a\0b", "ab"),
]


@pytest.mark.parametrize(("value", "cell"), CELLS)
def test_cells_are_safe(value, cell):
    assert safe_cell(value) == cell


def test_the_file_opens_right_in_excel():
    assert write_csv([["Line", "Phone"], [2, 'a "b", c']]) == (
        '\ufeffLine,Phone\r\n2,"a ""b"", c"\r\n'.encode()
    )


def test_numbers_survive_the_way_out_and_in():
    numbers = ["+254712345678", "0712345678", "254712345678", "712345678"]
    read = table.read(write_csv([["Phone"], *([number] for number in numbers)]))
    assert [row.values[0] for row in read.rows()] == numbers
    assert {phone.normalise(safe_cell(one)) for one in numbers} == {"+254712345678"}
