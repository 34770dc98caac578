"""CSV files of people and programs."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from su_sms.text.table import csv_file as table_csv
from su_sms.text.table import table
from su_sms.text.table.cell import tidy
from su_sms.text.table.write import safe_cell, write_csv

from .files import csv

AMINA = ["0712345678", "Ámina Ng'ang'a", "1,200"]
LINE = {
    ",": "0712345678,Ámina Ng'ang'a,\"1,200\"",
    ";": "0712345678;Ámina Ng'ang'a;1,200",
    "\t": "0712345678\tÁmina Ng'ang'a\t1,200",
    "|": "0712345678|Ámina Ng'ang'a|1,200",
}


def values(content):
    return [row.values for row in table.read(content).rows()]


@pytest.mark.parametrize("mark", LINE)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_encodings_separators_and_line_ends(mark, end, encoding, found):
    heads = mark.join(["Phone", "Name", "Fee"])
    content = csv(heads, LINE[mark], encoding=encoding, end=end)
    read = table.read(content)
    assert (read.encoding, read.separator) == (found, mark)
    assert [(row.line, row.values) for row in read.rows()] == [(2, AMINA)]


@pytest.mark.parametrize(
    ("lines", "mark"),
    [
        (["Doe, Jane;0712345678", "Poe, Ann;0722345678"], ";"),
        (["Doe; Jane,0712345678"], ","),
        (["0712345678;1,200;2,300"], ";"),
        (["0712345678"], ","),
        (["sep=|", "A,B|0712345678"], "|"),
        (['"sep=;"', "A,B;0712345678"], ";"),
        (["Phone,Fee", '"0712345678","1;2;3;4"'], ","),
        (["a;b;c", "d;e;f", "x, y;h;i"], ";"),
        (["Name\tPhone", "A, B\t0712 345 678", "C, D\t"], "\t"),
        (["Name, Title;Phone", "A;2.54712E+11"], ";"),
        ([""], ","),
    ],
)
def test_separators_are_found_where_numbers_stand_alone(lines, mark):
    assert table_csv.separator(csv(*lines), "utf-8") == mark


def test_a_line_that_names_the_separator_is_no_row():
    read = table.read(csv("sep=;", "Phone;Name", "0712345678;Amina"))
    assert [(row.line, row.values[1]) for row in read.rows()] == [(2, "Amina")]


def test_utf8_with_a_broken_character_is_still_utf8():
    content = csv("Name,Phone", "Wanjirũ Ng’ang’a,0712345678", "x,y")[:-2] + b"\xe2\x80"
    assert table.read(content).head[0].values[0] == "Wanjirũ Ng’ang’a"


def test_a_character_across_two_pieces_is_no_broken_one():
    content = csv("Name,Phone", "a" * 65_524 + "ũ,0712345678")
    assert content[65_535] > 127 and content[65_536] > 127
    assert table_csv.encoding(content) == "utf-8"


ROWS = [
    # the lines, then lines and cells of the rows
    (["A,0712345678,", "", ",,", "B,0722345678"], [(1, "A"), (4, "B")]),
    (['"A\nB",0712345678', "C,0722345678"], [(1, "A\nB"), (2, "C")]),
    (['"A ""x"" B",0712345678'], [(1, 'A "x" B')]),
    (['A 5",0712345678', 'B 6",0722345678'], [(1, 'A 5"'), (2, 'B 6"')]),
    (['"A,0712345678', "B,0722345678"], [(1, '"A'), (2, "B")]),
    (['"A,0712345678', '"B,0722345678'], [(1, '"A'), (2, '"B')]),
    (
        ['"A,0712345678', "B,0722345678", '"C,0733345678'],
        [(1, '"A'), (2, "B"), (3, '"C')],
    ),
    (["A,0712345678", '"B,0722345678'], [(1, "A"), (2, '"B')]),
    (["A\0A,0712345678"], [(1, "AA")]),
    (["'=1+1,0712345678"], [(1, "=1+1")]),
    (["=1+1,0712345678"], [(1, "=1+1")]),
    (["+A,0712345678"], [(1, "+A")]),
    (["@SUM(A1),0712345678"], [(1, "@SUM(A1)")]),
    (["#N/A,0712345678"], [(1, "")]),
    (["#1,0712345678"], [(1, "#1")]),
    (["\u00a0 A \u200b,0712345678"], [(1, "A")]),
]


@pytest.mark.parametrize(("lines", "rows"), ROWS)
def test_rows_as_they_come(lines, rows):
    found = list(table.read(csv(*lines)).rows())
    assert [(row.line, row.values[0]) for row in found] == rows
    assert all(row.values[1].startswith("07") for row in found)


def test_a_stray_quote_costs_one_row_not_the_file():
    lines = [f"Student {at},07{at:08}" for at in range(12_000_000, 12_001_000)]
    lines[500] = '"' + lines[500]
    rows = list(table.read(csv("Name,Phone", *lines)).rows())
    assert [row.line for row in rows] == list(range(2, 1002))
    assert [row.values[1] for row in rows] == [line[-10:] for line in lines]


def test_ragged_rows_are_kept():
    read = table.read(csv("Name,Phone", "A", "B,0722345678,5,6"))
    assert [column.title for column in read.columns] == ["Name", "Phone", "C", "D"]
    assert [row.values for row in read.rows()] == [
        ["A", "", "", ""],
        ["B", "0722345678", "5", "6"],
    ]


def test_cells_beyond_the_columns_are_kept():
    rows = ["A,0712345678"] * 200 + ["B,0722345678,5"]
    assert list(table.read(csv("Name,Phone", *rows)).rows())[-1].values[2:] == ["5"]


@pytest.mark.parametrize("size", [table.LONGEST + 1, 200_000])
def test_very_long_cells_are_cut_and_say_so(size):
    rows = list(table.read(csv("Phone,Note", "0712345678," + "x" * size)).rows())
    assert [(len(row.values[1]), row.cut) for row in rows] == [(table.LONGEST, True)]


cells = st.text(
    alphabet=st.characters(exclude_categories=["Cs", "Cc"])
    | st.sampled_from("\n,;\"'=+-@"),
    max_size=12,
)


@example([("", ";="), ("x\n=", "=;+")])
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=8))
def test_what_we_write_we_read(pairs):
    rows = [["0712345678", *pair] for pair in pairs]
    written = write_csv([["Phone", "Note", "Note"], *rows])
    assert [[cell.strip() for cell in row[:3]] for row in values(written)] == [
        # What is put in front is undone, and not what is put within.
        [tidy(safe_cell(f"x{cell}")[1:]) for cell in row]
        for row in rows
    ]


@given(st.binary(max_size=300))
def test_no_bytes_break_it(content):
    try:
        read = table.read(b"Phone,Name\n" + content)
    except table.TableError:
        return
    assert read.count() == len(list(read.rows()))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('="0712345678"', "0712345678"),
        ('"=""0712345678"""', "0712345678"),
        ("=+254712345678", "+254712345678"),
        ("=254712345678", "254712345678"),
        ('="00123"', "00123"),
        ("=1+1", "=1+1"),
    ],
)
def test_what_keeps_a_text_a_text_is_no_part_of_it(cell, text):
    [row] = table.read(csv("Phone,Value", f"0712345678,{cell}")).rows()
    assert row.values[1] == text


@pytest.mark.parametrize("line", ["," * 16_384, "0712345678" + ";" * 5_000_000])
def test_no_line_has_more_cells_than_a_spreadsheet(line):
    with pytest.raises(table.TableError) as error:
        table.read(csv("Phone,Name", "0712345678,A", line)).count()
    assert error.value.reason in ("unsafe", "too_much_text", "too_many_columns")
    with pytest.raises(table.TableError) as error:
        table.read(csv(line))
    assert error.value.reason == "unsafe"
