"""Readers of text take twice the time for twice the text, whatever is in it."""

import gc
import time

import pytest

from su_sms.africastalking import wording
from su_sms.text import numbers, phone, placeholders, segments, urls
from su_sms.text.table import columns as table_columns
from su_sms.text.table import csv_file as table_csv
from su_sms.text.table import table

#: what texts are made of that make a reader start again and again
SHAPES = [
    *("{{", "{{a|||", "}}", "{{a}}", "|||", "{{a\n", "{{a||| \n", "{{a|||b}} "),
    *(" ", "\n", "\t", "\r\n", "a ", "1 ", "1,", "1/", "1-", "+", "(", ".", "_", "-"),
    *("\u0301", "a\u0301", "\u0336\u0323", "\u200d", "\U0001f600\u200d", "\ud83d"),
    # marks that are composed of others
    *("\u0f73", "\u0344"),
    *("'", '"', '"\n', ",", ";", "=", "^", "\u00ab", "\0", "0", "E+", "x1", "ext 1 "),
    *("0712345678 ", "+254", "tel:", "or ", " na ", "a1 ", "1. ", "http://a?", "<a "),
    *("http://a ", "<title", "KES 1,234 ", "2547", "-1-", "Amina "),
]
AROUND = [("", ""), ("1", "x")]
LARGE = 16_000
#: seconds that are too short to tell one size from another
SHORT = 0.02


def in_table(text):
    rows = f"Phone,Name\n0712345678,A\n{text}".encode("utf-8", "surrogatepass")
    return table.read(rows).count()


def in_csv(text):
    content = text.encode("utf-8", "surrogatepass")
    separator = table_csv.separator(content, "utf-8")
    return sum(1 for _row in table_csv.records(content, "utf-8", separator))


READERS = {
    "placeholders.parse": placeholders.parse,
    "placeholders.names": placeholders.names,
    "placeholders.others": placeholders.others,
    "placeholders.is_slow": placeholders.is_slow,
    "placeholders.stem_from": lambda text: placeholders.stem_from(text, [text[::-1]]),
    "segments.count": segments.count,
    "segments.clean": segments.clean,
    "segments.sanitise": segments.sanitise,
    "segments.split": segments.split,
    "segments.why_ucs2": segments.why_ucs2,
    "numbers.split": lambda text: list(numbers.split(text)),
    "phone.parse": phone.parse,
    "table.read": in_table,
    "table_columns": lambda text: table_columns.columns([text], [[text]], "KE"),
    "header_place": lambda text: table_columns.header_place([[text]], "KE"),
    "table_csv": in_csv,
    "urls.unlinked": urls.unlinked,
    "wording.brief": wording.brief,
}


@pytest.mark.parametrize("name", READERS)
def test_twice_the_text_takes_twice_the_time(name):
    for shape in SHAPES:
        for before, after in AROUND:
            assert_linear(READERS[name], shape, before, after)


def assert_linear(reader, shape, before, after, large_size=LARGE):
    """Check that a reader's time grows with the length of a text, not faster.

    Times of a shared machine vary: a reader fails only where it is slower each time.
    """
    small_size = large_size // 8
    for _try in range(4):
        large = seconds(reader, before + shape * (large_size // len(shape)) + after)
        if large < SHORT:
            return
        small = seconds(reader, before + shape * (small_size // len(shape)) + after)
        # Linear is 8, a square 64, a cube 512.
        if large < 20 * small:
            return
    raise AssertionError(
        f"{shape!r}: {small_size} in {small:.3f} s, {large_size} in {large:.3f}"
    )


def seconds(reader, text):
    """Return the CPU time that a text takes to be read or refused, the least of two."""
    best = float("inf")
    gc.disable()
    try:
        for _time in range(2):
            began = time.process_time()
            try:
                reader(text)
            except ValueError:
                pass
            best = min(best, time.process_time() - began)
    finally:
        gc.enable()
    return best
