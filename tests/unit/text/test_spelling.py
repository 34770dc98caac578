"""One whole number is found however it is written, and none that looks like it."""

from __future__ import annotations

import time

import pytest

from su_sms.text import phone, spelling

NUMBER = "+254712345678"
WRITTEN = [
    "+254712345678",
    "254712345678",
    "00254 712 345 678",
    "+254 (0)712 345-678",
    "0712 345 678",
    "0712.345.678",
    "712345678",
    "712345678.0",
    "tel:+254-712-345-678",
    "wa.me/254712345678",
    "0712\N{NO-BREAK SPACE}345\N{NO-BREAK SPACE}678",
]
# Others' numbers, and what is no number.
OTHERS = [
    "+255712345678",
    "255712345678",
    "1254712345678",
    "+1254712345678",
    "2547123456789",
    "0712345679",
    "7123",
    "+254",
    "12345678",
    "2345678",
    "34712345678",
    "A712345678",
    "712345678B",
    "",
    "%",
    "_",
]


@pytest.mark.parametrize("text", WRITTEN)
def test_a_number_is_found_however_it_is_written(text):
    assert spelling.has(text, NUMBER, "KE")
    assert spelling.has(f"Amina {text}, 0722000111", NUMBER, "KE")


@pytest.mark.parametrize("text", OTHERS)
def test_what_only_looks_like_it_is_not_it(text):
    assert not spelling.has(text, NUMBER, "KE")
    assert not spelling.spells(text, NUMBER, "KE")


@pytest.mark.parametrize("number", ["7123", "+254", "%", "_", "0712", "712345678", ""])
def test_a_fragment_is_found_nowhere(number):
    assert not any(spelling.has(text, number, "KE") for text in WRITTEN + OTHERS)
    assert not any(spelling.spells(text, number, "KE") for text in WRITTEN)


def test_a_number_without_its_countrys_code_is_that_of_the_country_it_is_read_in():
    for country, number in (("KE", NUMBER), ("TZ", "+255712345678")):
        assert spelling.has("0712345678", number, country)
    assert not spelling.has("0712345678", "+255712345678", "KE")
    assert not spelling.has("0712345678", NUMBER, "TZ")
    assert spelling.has(NUMBER, NUMBER, "TZ")


def test_what_cannot_be_a_number_is_found_as_it_is_and_only_whole():
    assert spelling.spells("22384", "22384", "KE")
    assert not spelling.spells("122384", "22384", "KE")


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("0712 345 678, 0722000111", " 0722000111"),
        ("Amina 0712345678\nDaudi 0722000111", "Daudi 0722000111"),
        ("+255712345678\n1254712345678", "+255712345678\n1254712345678"),
    ],
)
def test_what_was_pasted_loses_the_number_and_its_name_alone(text, rest):
    assert spelling.without(text, NUMBER, "KE").strip(",\n") == rest


def test_who_stands_on_the_same_line_stays():
    text = "Amina 0712345678 Daudi 0722000111"
    rest = spelling.without(text, NUMBER, "KE")
    assert "Daudi 0722000111" in rest
    assert "Amina" not in rest and "678" not in rest


def test_another_text_takes_its_place():
    text = "<li>sent to +254 712 345-678</li><li>+255712345678</li>"
    rest = "<li>sent to •••</li><li>+255712345678</li>"
    assert spelling.replaced(text, NUMBER, "KE", "•••") == rest


@pytest.mark.parametrize("piece", ["0712345678 ", "712345678", "+" * 9, "0 ", "7 1 2 "])
def test_twice_the_text_takes_twice_the_time(piece):
    def seconds(times):
        begun = time.process_time()
        spelling.has(piece * times, NUMBER.replace("678", "679"), "KE")
        spelling.without(piece * times, NUMBER, "KE")
        return time.process_time() - begun

    seconds(500)
    assert seconds(4000) < 4 * seconds(2000) + 0.05


@pytest.mark.parametrize("line", ["9 9 9 9 712345701", "0 712345701", "99 712345701"])
def test_what_stands_many_times_is_read_once(line, monkeypatch):
    reads = []

    def read(raw, country):
        reads.append(raw)
        raise phone.PhoneError("invalid")

    monkeypatch.setattr(spelling.phone, "normalise", read)
    assert not spelling.has(f"{line}\n" * 5_000, "+254712345701", "KE")
    assert len(reads) <= 4
