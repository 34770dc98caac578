"""What people see in a workbook, and what they don't."""

import openpyxl
import pytest

from su_sms.text.table import table

from .files import inline, raw_xlsx, saved, values, xlsx

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
    with pytest.raises(table.TableError) as error:
        table.read(saved(book))
    assert (error.value.reason, error.value.sheet) == ("no_numbers", "Notes")
    read = table.read(saved(book), sheet="Old")
    assert read.sheet_hidden and read.count() == 2
    assert table.sheets(saved(book)) == ("Notes", "Old")


def test_errors_name_the_sheet():
    book, sheet = workbook(["a"], ["b"])
    sheet.title = "Balances"
    with pytest.raises(table.TableError) as error:
        table.read(saved(book))
    assert error.value.sheet == "Balances"


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
