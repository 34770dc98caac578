"""The blank of a link in a text, and what takes its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from su_sms.privacy import links
from su_sms.text import segments

ENDING = f"\nOpt out: https://uni.example/o/{links.BLANK}"
TOKEN = "aB3" * 4


def test_a_blank_is_no_token_and_a_token_is_one():
    assert not links.is_token(links.BLANK)
    assert links.is_token(links.new_token())
    for text in (
        "",
        TOKEN[:-1],
        TOKEN + "a",
        "é" * 12,
        "aB3aB3aB3aB\n",
        "a" * 11 + "_",
    ):
        assert not links.is_token(text)


@given(st.text())
def test_a_filled_in_text_is_as_long_and_its_parts_are_as_many(text):
    whole = text + ENDING
    filled = links.put_in(whole, TOKEN)
    assert filled == text + ENDING.replace(links.BLANK, TOKEN)
    assert segments.count(filled) == segments.count(whole)


@given(st.text())
def test_a_text_without_its_link_is_what_somebody_wrote(text):
    assert links.take_out(text + ENDING) == text


@pytest.mark.parametrize("end", ["", "/7", " to stop"])
def test_only_the_last_blank_is_filled_in(end):
    typed = f"https://evil.example/?https://uni.example/o/{links.BLANK}"
    filled = links.put_in(f"{typed}{ENDING}{end}", TOKEN)
    assert filled.startswith(typed)
    assert filled.count(TOKEN) == 1
    assert links.take_out(f"{typed}{ENDING}{end}") == typed


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (f"STOP https://uni.example/o/{TOKEN}.", True),
        (f"/o/{TOKEN}/7 /o/{TOKEN}", True),
        (f"/o/{TOKEN}a", False),
        ("https://uni.example/o/short", False),
        ("", False),
    ],
)
def test_a_quoted_link_is_hidden(text, hidden):
    found = links.hide(text)
    assert found == (text.replace(TOKEN, links.BLANK) if hidden else text)


def test_a_text_without_a_blank_stays_as_it_is():
    assert links.put_in("News", TOKEN) == "News"
    assert links.take_out("One\nTwo") == "One\nTwo"
