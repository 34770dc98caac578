"""How the files are made and registered."""

import csv
import io

import openpyxl

FILES = {}


def office(name, numbers, reasons=(), **values):
    """Register a file: what it is called, who is reached, and how many are not."""

    def register(make):
        FILES[name] = (make, sorted(numbers), dict(reasons), values)
        return make

    return register


def as_csv(rows, encoding="utf-8", **dialect):
    stream = io.StringIO(newline="")
    csv.writer(stream, **dialect).writerows(rows)
    return stream.getvalue().encode(encoding)


def saved(book):
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def book_of(*rows, title="Sheet1"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return book, book.active
