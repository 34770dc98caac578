"""Pieces of numbers, as people type them."""

from __future__ import annotations

import pytest

from su_sms.text.search import patterns, spellings


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("0712 345", ["%0712 345%", "%0712345%", "+254712345%"]),
        ("0", ["%0%", "+254%"]),
        ("712", ["%712%"]),
        ("+254 7", ["%+254 7%", "%+2547%"]),
        ("0025471", ["%0025471%", "+25471%"]),
        ("\uff0b254", ["%\uff0b254%", "%+254%"]),
        ("Wanjiku", ["%Wanjiku%"]),
        ("50%_a\\", ["%50\\%\\_a\\\\%"]),
        ("- ", ["%- %"]),
        ("+", ["%+%"]),
    ],
)
def test_what_is_looked_for(typed: str, found: list[str]) -> None:
    assert patterns(typed, "KE") == found


def test_where_no_zero_comes_first_none_is_taken_away() -> None:
    assert patterns("0332", "IT") == ["%0332%"]


def test_a_whole_number_is_looked_for_as_typed_and_in_e164() -> None:
    assert spellings("0712 345 678", "KE") == ["0712 345 678", "+254712345678"]
    assert spellings("+254712345678", "KE") == ["+254712345678"]
    assert spellings("hash:ab12", "KE") == ["hash:ab12"]
