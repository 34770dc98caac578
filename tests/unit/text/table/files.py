"""Files to upload, made by other programs or by bad people."""

import io
import zipfile

import openpyxl

from su_sms.text.table import table

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = ["Phone", "Value"]
PHONE = "0712345678"


def csv(*lines, encoding="utf-8", end="\n"):
    """Return a CSV file of these lines."""
    return "".join(line + end for line in lines).encode(encoding)


def xlsx(*rows, formats=None, **sheets):
    """Return an XLSX file as openpyxl writes it.

    :param formats: cell -> number format
    :param sheets: title -> rows of further sheets
    """
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell, number_format in (formats or {}).items():
        book.active[cell].number_format = number_format
    for title, others in sheets.items():
        sheet = book.create_sheet(title)
        for row in others:
            sheet.append(row)
    return saved(book)


def saved(book):
    """Return the bytes of a workbook of openpyxl's."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def raw_xlsx(rows, *, strings="", before="", after="", namespace=_MAIN, parts=None):
    """Return an XLSX file of hand-written XML.

    :param rows: what is in sheetData
    :param strings: the shared strings
    :param before: what stands in front of the sheet's root element
    :param after: what stands behind its sheetData
    :param parts: name -> content of parts to put instead or besides
    """
    books = {
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{namespace}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="rId0"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(
            ("worksheet", "/xl/worksheets/sheet1.xml"),
            ("sharedStrings", "sharedStrings.xml"),
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{namespace}">{strings}</sst>',
        "xl/worksheets/sheet1.xml": f'{before}<worksheet xmlns="{namespace}">'
        f"<sheetData>{rows}</sheetData>{after}</worksheet>",
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (books | (parts or {})).items():
            archive.writestr(name, content)
    return stream.getvalue()


def archive(**members):
    """Return a zip file; `__` in a name stands for a slash, `_` for a full stop."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as zipped:
        for name, content in members.items():
            zipped.writestr(name.replace("__", "/").replace("_", "."), content)
    return stream.getvalue()


def _relations(*targets):
    relations = "".join(
        f'<Relationship Id="rId{at}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets)
    )
    return f'<Relationships xmlns="{_PACKAGE}">{relations}</Relationships>'


def values(content):
    return [row.values for row in table.read(content).rows()]


def inline(text, cell=""):
    """Return the XML of a cell that holds its text itself."""
    reference = f' r="{cell}"' if cell else ""
    return f'<c{reference} t="inlineStr"><is><t>{text}</t></is></c>'
