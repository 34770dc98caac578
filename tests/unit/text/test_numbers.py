"""Numbers in pasted texts."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from su_sms.text import numbers, phone

A, B = "+254712345678", "+254722345678"

TWO = [
    "0712345678\n0722345678",
    "0712345678\r\n\r\n0722345678\r",
    "0712345678,0722345678",
    "0712345678, 0722345678,",
    "0712345678;0722345678",
    "0712345678\t0722345678",
    "0712345678/0722345678",
    "0712345678 / 0722345678",
    "0712345678 | 0722345678",
    "0712345678 and 0722345678",
    "0712345678 na 0722345678",
    "0712345678 or 0722345678",
    "0712345678 & 0722345678",
    "0712345678 0722345678",
    "0712 345 678 0722 345 678",
    "712 345 678 722 345 678",
    "254 712 345 678 254 722 345 678",
    "+254 712 345 678 +254 722 345 678",
    "+254 712345678 +254 722345678",
    "+254712345678+254722345678",
    "0712-345-678, 0722 - 345 - 678",
    "712,345,678;722,345,678",
    "0712/345/678\n0722/345/678",
    "1. 0712345678\n2. 0722345678",
    "1) 0712 345 678\n2) 0722 345 678",
    "- 0712345678\n- 0722345678",
    "• 0712345678 • 0722345678",
    "tel:+254-712-345-678\ntel:0722345678;phone-context=+254",
    "Tel: 0712345678, Mobile: 0722345678",
    "Phone: 0712 345 678 Cell.0722345678",
    "https://wa.me/254712345678 https://wa.me/254722345678",
    "Amina 0712 345 678, Brian 0722 345 678",
    "Amina:0712345678\nBrian-0722345678",
    "0712345678(Amina)\n0722345678-Brian",
    "(0712) 345678; [0722] 345678",
    '"0712345678","0722345678"',
    "<+254712345678> <+254722345678>",
    "０７１２３４５６７８\u2028٠٧٢٢٣٤٥٦٧٨",
    "+ 254 712 345 678\n++254722345678",
    "+254 (0)712 345 678 +254 (0)722 345 678",
]


@pytest.mark.parametrize("text", TWO)
def test_any_separator(text):
    assert [phone.normalise(one.raw) for one in numbers.split(text)] == [A, B]


NAMED = [
    ("Amina 0712 345 678", ["Amina"]),
    ("0712345678 (Amina)", ["Amina"]),
    ("0712345678(Amina Wanjiru)", ["Amina Wanjiru"]),
    ("Amina, 0712345678", ["Amina"]),
    ("0712345678\tAmina\tWanjiru", ["Amina Wanjiru"]),
    ("Amina: Tel. 0712345678", ["Amina"]),
    ("Amina - 0712345678", ["Amina"]),
    ("Ng'ang'a O'Neil <0712345678>", ["Ng'ang'a O'Neil"]),
    ("Amina 0712 345 678 Brian 0722 345 678", ["Amina", "Brian"]),
    ("0712345678 Amina 0722345678 Brian", ["Amina", "Brian"]),
    ("Amina 0712345678; Brian 0722345678", ["Amina", "Brian"]),
    ("Amina 0712345678 / 0722345678", ["Amina", ""]),
    ("tel:0712345678", [""]),
    ("0712345678", [""]),
]


@pytest.mark.parametrize(("text", "names"), NAMED)
def test_names_beside_numbers(text, names):
    assert [one.name for one in numbers.split(text)] == names


BAD = [
    ("0712", ["0712"]),
    ("O712345678", ["O712345678"]),
    ("2.54712E+11", ["2.54712E+11"]),
    ("*144#", ["144#"]),
    ("S13/00012/26", ["S13", "00012/26"]),
    ("07123 0722345678", ["07123", "0722345678"]),
    ("0712345 0722345678", ["0712345", "0722345678"]),
    ("0712345678 ext 5", ["0712345678x5"]),
    ("0712345678, 0712345678", ["0712345678", "0712345678"]),
    ("1 200 300 400 500 600", ["1 200 300 400 500", "600"]),
    ("22/11/2026", ["22/11/2026"]),
    ("nobody here\n\n -- + \n", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "raws"), BAD)
def test_bad_pieces_are_kept_and_duplicates_too(text, raws):
    assert [one.raw for one in numbers.split(text)] == raws


def test_lines_are_those_of_the_text():
    text = "Guests\n0712345678\n\nBrian 0722345678, x5\r\n0733"
    assert list(numbers.split(text)) == [
        (2, "0712345678", ""),
        (4, "0722345678", "Brian"),
        (4, "x5", ""),
        (5, "0733", ""),
    ]


def test_other_countries_cut_by_their_own_rules():
    text = "07911 123456 07911 123457"
    assert [one.raw for one in numbers.split(text, "GB")] == [
        "07911 123456",
        "07911 123457",
    ]


def test_too_much_text_is_refused_at_once():
    with pytest.raises(numbers.TextTooLongError, match="too_long"):
        numbers.split("0" * (numbers.LONGEST + 1))


def test_more_lines_than_numbers_that_fit_are_refused_at_once():
    with pytest.raises(numbers.TextTooLongError):
        numbers.split("7\n" * (numbers.MOST + 1))
    assert len(list(numbers.split("7\n\n" * numbers.MOST))) == numbers.MOST


def test_more_numbers_on_a_line_than_fit_are_refused_where_they_begin_to_be_too_many():
    text = "x1;" * (numbers.MOST + 1)
    with pytest.raises(numbers.TextTooLongError):
        list(numbers.split(text))
    assert len(list(numbers.split(text, most=None))) == numbers.MOST + 1


def test_digits_of_other_scripts_are_made_ours_once_for_all(monkeypatch):
    asked = []
    monkeypatch.setattr(phone, "_ascii", asked.append)
    text = "٣ ٧ ١ ٩ " * 10_000
    ours = "3 7 1 9 " * 10_000
    assert list(numbers.split(text)) == list(numbers.split(ours))
    assert not asked


kenyan = st.from_regex(r"\+2547[0-9]{8}", fullmatch=True).filter(
    lambda number: phone.e164.mobile_region(number)
)


@st.composite
def typed(draw, number):
    form = draw(st.sampled_from(["+254", "254", "0", "00254", "+254 ", "254-"]))
    gap = draw(st.sampled_from(["", " ", "-", "."]))
    rest = number[4:]
    return form + gap.join((rest[:3], rest[3:6], rest[6:]))


@given(
    st.data(),
    st.lists(kenyan, max_size=8),
    st.sampled_from(["\n", ", ", ";", "\t", " / ", " and ", " | "]),
    st.sampled_from(["", "Amina ", "Tel: "]),
)
def test_every_number_is_found_whole(data, wanted, separator, before):
    text = separator.join(before + data.draw(typed(number)) for number in wanted)
    assert [phone.normalise(one.raw) for one in numbers.split(text)] == wanted


@given(st.text(alphabet="0123456789+-()./,; \n\tabexXEAmina:é’", max_size=60))
def test_no_digit_is_ever_lost(text):
    text = re.sub(r"(?m)^\s*\d{1,3}[.)]\s", "", text)
    found = list(numbers.split(text))
    digits = "".join(re.findall(r"\d", text))
    assert "".join(re.findall(r"\d", "".join(one.raw for one in found))) == digits
    assert all(1 <= one.line <= len(text.splitlines()) for one in found)


@pytest.mark.parametrize(
    "piece",
    ["0", "0 ", "0712345678 ", "0712 345 678 ", "0,", "0 - ", "- ", "a ", "1. ", "0x"]
    + [" ", "(", "+", "0712345678\n", "712 ", "tel:", "\n", "and ", "5a "],
)
def test_no_repetition_takes_long(piece):
    text = "1. 0" + piece * (50_000 // len(piece))
    began = time.process_time()
    assert sum(len(one.raw) for one in numbers.split(text)) <= len(text)
    assert time.process_time() - began < 5


@given(st.text(max_size=200))
def test_no_text_breaks_it(text):
    for one in numbers.split(text):
        assert re.search(r"\d", one.raw)


CELLS = [
    # cell, number, name
    ("0712345678", A, ""),
    ("254712345678 - AMINA WANJIRU", A, "AMINA WANJIRU"),
    ("Amina 0712 345 678", A, "Amina"),
    ("0712345678 / 0712345678", A, ""),
    ("0712345678/+254712345678", A, ""),
    ("0712 345 678, 0712 345 678", A, ""),
    ("0712345678 ::: 0722345678", A, ""),
    ("020 222 3344 ::: 0722345678", B, ""),
    ("712345678.0", A, ""),
    ("712,345,678.00", A, ""),
    ("254,712,345,678.00", A, ""),
    ("Pay Bill from 254712345678 - AMINA Acc. 4521", A, ""),
]


@pytest.mark.parametrize(("cell", "number", "name"), CELLS)
def test_the_number_of_a_cell(cell, number, name):
    found = numbers.read(cell)
    assert found.phone.e164 == number
    assert found.name == name


NO_CELLS = [
    ("", "empty"),
    ("0712345678 / 0722345678", "several_numbers"),
    ("0712345678 or 12345678", "several_numbers"),
    ("2547******678 - AMINA", "not_a_number"),
    ("0712345678 ext 5", "extension"),
    ("2.54712E+11", "rounded"),
    ("old 0712345678", "doubtful"),
    ("0712345678 (deceased)", "doubtful"),
    ("do not call 0712345678", "doubtful"),
    ("sio 0712345678", "doubtful"),
    ("Amina", "not_a_number"),
    ("020 222 3344 ::: ", "not_mobile"),
]


@pytest.mark.parametrize(("cell", "reason"), NO_CELLS)
def test_what_is_no_number_of_a_cell(cell, reason):
    with pytest.raises(phone.PhoneError) as error:
        numbers.read(cell)
    assert error.value.reason == reason


MESSAGE = (
    "QK12AB34CD Confirmed. Ksh1,500.00 received from AMINA WANJIRU 0712345678 on"
    " 12/10/26 at 1:45 PM. New M-PESA balance is Ksh2,000.00. Cost, Ksh0.00."
)


def test_a_number_among_many_words_and_figures():
    assert numbers.read(MESSAGE).phone.e164 == A
    assert numbers.read("0 7 1 2 3 4 5 6 7 8 / +2 5 4 7 1 2 3 4 5 6 7 8 Amina").name


HARD = [
    *("1 2 3 4 5 6 7 8 9 0 ", "1", "12345678 ", "0", "00", "+2 5 4 7 ", "1;", "12;"),
    *("7 ", "a1 ", "+1 ", "+12345;", "07123:::", "a 071234567:::", "1 2 3 4 5:::"),
    *("0712345678 ", "0712345678 A1 ", "0712345678;", "1,", "1/", "1-", "tel:1 "),
    *("0712345678:::", "0712 345 67:::", "٧ ", "123 456 ", "0007 ", "(0)", "+254 7 "),
]


@pytest.fixture
def asked(monkeypatch):
    """Return the numbers that the library is asked about."""
    found = []
    parse = phone.phonenumbers.parse

    def counted(number, *args):
        found.append(number)
        return parse(number, *args)

    monkeypatch.setattr(phone.phonenumbers, "parse", counted)
    return found


@pytest.mark.parametrize("country", ["KE", "US", "TT", "BR", ""])
@pytest.mark.parametrize("piece", HARD)
@pytest.mark.parametrize("before", ["", "Amina ", "0712345678 ", "020 222 3344:::"])
def test_the_library_is_asked_about_a_cell_a_few_times(asked, country, piece, before):
    cell = (before + 200 * piece)[:200]
    try:
        numbers.read(cell, country)
    except phone.PhoneError:
        pass
    assert len(asked) <= 20


@pytest.mark.parametrize("count", range(16))
def test_nor_where_all_differ(asked, count):
    joined = (f"0{count}7{n:02d}{n:02d}{n:02d}" for n in range(40))
    for between in (":::", " ", ";", " a ", "::: a "):
        asked.clear()
        try:
            numbers.read(between.join(joined)[:200])
        except phone.PhoneError:
            pass
        assert len(asked) <= 20


def test_a_long_text_is_cut_without_asking_about_all(asked):
    text = "1 2 3 4 5 6 7 8 9 0 " * (numbers.LONGEST // 20)
    assert len(list(numbers.split(text))) > 10_000
    assert len(asked) < 10
