"""What the columns of a table seem to hold."""

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from su_sms.text import placeholders
from su_sms.text.table import table
from su_sms.text.table.columns import columns, letters

from .files import csv

MOBILE, PARENT = ("Mobile No.", None), ("Parent's Phone", None)
GUESSES = [
    # lines, title of the column of numbers, title of the column of names
    (["Name,Phone", "Amina,0712345678"], "Phone", "Name"),
    (["Simu,Jina", "0712345678,Amina"], "Simu", "Jina"),
    (["Jina kamili,Nambari ya simu", "Amina,x"], "Nambari ya simu", "Jina kamili"),
    (["MSISDN,FirstName", "254712345678,Amina"], "MSISDN", "FirstName"),
    (["MobileNo,x", "0712345678,1"], "MobileNo", None),
    (["First Name,Surname,Full Name,Tel.", "a,b,c,0712345678"], "Tel.", "Full Name"),
    (["Last Name,First Name,Cell", "a,b,0712345678"], "Cell", "First Name"),
    (["Student,Contact", "Amina,0712345678"], "Contact", "Student"),
    (["Student ID,Contact", "712345678,0712345678"], "Contact", None),
    (["Reg Number,Number", "712345678,0712345678"], "Number", None),
    (["Parent Phone,Phone", "0712345678,0722345678"], "Phone", None),
    (["Parent Phone,Name", "0712345678,Amina"], "Parent Phone", "Name"),
    (["Phone Type,Reach", "mobile,0712345678"], "Reach", None),
    (["Phone,Alternative Phone", ",0712345678"], "Alternative Phone", None),
    (["Phone,Town", "12,Nairobi", "abc,Kisumu"], "Phone", None),
    (["Phone,Town", "2.54712E+11,Nairobi"], "Phone", None),
    (["Course Name,Username,Phone", "BSc,amina,0712345678"], "Phone", None),
    (["x,y", "a,0712345678", "b,0722345678"], "y", None),
    (["Fee,Reach", "712345678.50,0712345678"], "Reach", None),
    (["0712345678,Amina Wanjiru,4", "0722345678,Brian,5"], "A", "B"),
    (["S13/001/26,Amina,0712345678"], "C", "B"),
    (["0712345678"], "A", None),
    # Who has numbers counts, not the better heading.
    (["Parent's Phone,Mobile No.", "0712345678,", *[",0722345678"] * 9], *MOBILE),
    (["Mobile No.,Parent's Phone", "0712345678,", *[",0722345678"] * 9], *PARENT),
    (["Phone,Contact", "0712345678,", *[",0722345678"] * 9], "Contact", None),
    (["Student ID,Phone", *["712345678,"] * 3, "712345678,0722345678"], "Phone", None),
    (["A/C No.,Info", "0712345678,0722345678 - AMINA"], "Info", None),
    (["Phone 1 - Label,Phone 1 - Value", "Mobile,0712345678"], "Phone 1 - Value", None),
    (["Name,Number", "Amina,0712345678 ::: 0722345678"], "Number", "Name"),
]


@pytest.mark.parametrize(("lines", "number", "name"), GUESSES)
def test_guesses(lines, number, name):
    found = table.read(csv(*lines)).columns
    roles = {column.role: column.title for column in found}
    assert (roles.get("number"), roles.get("name")) == (number, name)


HEADERS = [
    # lines, line of the headings, lines of the rows
    (["Name,Phone", "Amina,0712345678"], 1, [2]),
    (["Amina,0712345678", "Brian,0722345678"], 0, [1, 2]),
    (["Amina,071234", "Brian,0722345678"], 0, [1, 2]),
    (["Amina,712345678.0", "Brian,0722345678"], 0, [1, 2]),
    (["Amina,2.5E+11", "Brian,0722345678"], 0, [1, 2]),
    (["Phone,2025,2026", "0712345678,1,2"], 1, [2]),
    (["Class of 2026,", "", "Name,Phone", "Amina,0712345678"], 3, [4]),
    (["Phone list,", "Name,Phone", "Amina,0712345678"], 2, [3]),
    (["Amina,0712345678", "Name,Phone", "Brian,0722345678"], 0, [1, 2, 3]),
    (["254712345678 - AMINA", "254722345678 - BRIAN"], 0, [1, 2]),
    (["Ask 0712345678 about this list", "Name,Phone", "A,0722345678"], 2, [3]),
    (["Fees 2026", "Student,Contact", "Amina,0712345678"], 2, [3]),
    (["Student,Contact", "Brian,", "Amina,0712345678"], 1, [2, 3]),
]


@pytest.mark.parametrize(("lines", "header", "rows"), HEADERS)
def test_headings_are_told_from_rows(lines, header, rows):
    read = table.read(csv(*lines))
    assert read.header == header
    assert [row.line for row in read.rows()] == rows


def test_another_country_reads_its_own_numbers():
    lines = csv("a,b", "07911 123456,1", "07911 123457,2")
    assert table.read(lines, "GB").columns[0].role == "number"


SLUGS = [
    (["Fee Balance (KES)"], ["fee_balance_kes"]),
    (["Name", "name", "NAME "], ["name", "name_2", "name_3"]),
    (["Fee", "Fee 2", "Fee"], ["fee", "fee_2", "fee_3"]),
    (["class", "from", "None"], ["column_class", "column_from", "none"]),
    (["2026 fee"], ["column_2026_fee"]),
    (["", "  ", "—"], ["column_a", "column_b", "column_c"]),
    (["Prénom", "Año"], ["prenom", "ano"]),
    (["__class__", "_private"], ["column_class", "private"]),
    (["number", "env"], ["column_number", "column_env"]),
    (["x" * 60], ["x" * 40]),
    (["column_class", "class"], ["column_class", "column_class_2"]),
]


@pytest.mark.parametrize(("titles", "slugs"), SLUGS)
def test_slugs(titles, slugs):
    found = columns(titles, [], "KE", reserved={"number", "env"})
    assert [column.slug for column in found] == slugs


@given(st.lists(st.text(max_size=50), max_size=20), st.sets(st.text(max_size=5)))
def test_every_slug_can_be_a_placeholder(titles, reserved):
    slugs = [column.slug for column in columns(titles, [], "KE", reserved)]
    assert len(set(slugs)) == len(titles)
    for slug in slugs:
        assert placeholders.is_plain(f"object.{slug}")
        assert not keyword.iskeyword(slug) and slug not in reserved


@pytest.mark.parametrize(
    ("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_columns_are_lettered_as_in_spreadsheets(index, name):
    assert letters(index) == name
