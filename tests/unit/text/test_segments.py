"""What a text takes on the air, and how it is tidied."""

import re
import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from su_sms.text import segments
from su_sms.text.segments import (
    GSM_BASIC,
    GSM_EXTENSION,
    Segments,
    clean,
    count,
    sanitise,
    split,
    why_ucs2,
)

EMOJI = "😀"
FAMILY = "👨‍👩‍👧‍👦"

SIZES = [
    # text, encoding, units, parts, per part, remaining
    ("", "GSM-7", 0, 0, 160, 160),
    ("a", "GSM-7", 1, 1, 160, 159),
    ("a" * 160, "GSM-7", 160, 1, 160, 0),
    ("a" * 161, "GSM-7", 161, 2, 153, 145),
    ("a" * 306, "GSM-7", 306, 2, 153, 0),
    ("a" * 307, "GSM-7", 307, 3, 153, 152),
    ("a" * 1530, "GSM-7", 1530, 10, 153, 0),
    ("€", "GSM-7", 2, 1, 160, 158),
    ("€" * 80, "GSM-7", 160, 1, 160, 0),
    ("€" * 81, "GSM-7", 162, 2, 153, 143),
    # The escape would be septet 153: it moves to the next part with its character.
    ("a" * 152 + "€" + "a" * 10, "GSM-7", 164, 2, 153, 141),
    ("a" * 152 + "€" + "a" * 151, "GSM-7", 305, 2, 153, 0),
    ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3, 153, 152),
    ("€" * 153, "GSM-7", 306, 3, 153, 151),
    ("я", "UCS-2", 1, 1, 70, 69),
    ("я" * 70, "UCS-2", 70, 1, 70, 0),
    ("я" * 71, "UCS-2", 71, 2, 67, 63),
    ("я" * 134, "UCS-2", 134, 2, 67, 0),
    ("я" * 135, "UCS-2", 135, 3, 67, 66),
    ("a" * 70 + "ç", "UCS-2", 71, 2, 67, 63),
    ("{" * 70 + "я", "UCS-2", 71, 2, 67, 63),
    (EMOJI, "UCS-2", 2, 1, 70, 68),
    (EMOJI * 35, "UCS-2", 70, 1, 70, 0),
    (EMOJI * 36, "UCS-2", 72, 2, 67, 61),
    # 33 emoji fill 66 of 67 units: the pair doesn't fit the last one.
    (EMOJI * 67, "UCS-2", 134, 3, 67, 65),
    ("я" * 66 + EMOJI + "я" * 10, "UCS-2", 78, 2, 67, 55),
    ("я" * 66 + EMOJI + "я" * 66, "UCS-2", 134, 3, 67, 66),
    (FAMILY, "UCS-2", 11, 1, 70, 59),
    ("e\u0301", "UCS-2", 2, 1, 70, 68),
    ("\x1b" + "я" * 70, "UCS-2", 71, 2, 67, 63),
    ("я" * 66 + "\x1b" + "я" * 67, "UCS-2", 134, 2, 67, 0),
    ("\t", "UCS-2", 1, 1, 70, 69),
]


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts", "per_part", "remaining"), SIZES
)
def test_size(text, encoding, units, parts, per_part, remaining):
    assert count(text) == Segments(encoding, units, parts, per_part, remaining)


def test_the_alphabet_is_that_of_the_standard():
    # 3GPP TS 23.038, 6.2.1: 128 codes, one of them the escape.
    assert len(set(GSM_BASIC)) == len(GSM_BASIC) == 127
    assert len(set(GSM_EXTENSION)) == 10
    assert not set(GSM_BASIC) & set(GSM_EXTENSION)
    assert set(string.ascii_letters + string.digits) < set(GSM_BASIC)
    # As in the standard: capital Ç, no small one; no backquote, no tab.
    assert "Ç" in GSM_BASIC
    assert not set("ç`\t´áíóúâêîôûãõ") & set(GSM_BASIC + GSM_EXTENSION)


@pytest.mark.parametrize("character", GSM_BASIC)
def test_a_basic_character_is_one_septet(character):
    assert count(character) == Segments("GSM-7", 1, 1, 160, 159)


@pytest.mark.parametrize("character", GSM_EXTENSION)
def test_an_extended_character_is_two_septets(character):
    assert count(character) == Segments("GSM-7", 2, 1, 160, 158)


mixed = st.text(
    alphabet=st.one_of(
        st.sampled_from("ab€{}\f^яé“…" + EMOJI + "\u200d\ufe0f\u0301"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=400,
)
gsm = st.text(alphabet=GSM_BASIC + GSM_EXTENSION, max_size=700)
# Long runs with one odd character put pairs on every offset of a boundary.
straddling = st.builds(
    lambda before, pairs, after: "я" * before + EMOJI * pairs + "я" * after,
    st.integers(0, 140),
    st.integers(0, 80),
    st.integers(0, 140),
)
texts = st.one_of(mixed, gsm, straddling)


@given(texts)
def test_parts_joined_are_the_text(text):
    assert "".join(split(text)) == text


@given(texts)
def test_parts_are_as_many_as_counted_and_within_their_size(text):
    size, parts = count(text), split(text)
    assert len(parts) == size.parts
    used = [units(part, size.encoding) for part in parts]
    assert sum(used) == size.units
    assert all(0 < part <= size.per_part for part in used)
    assert size.remaining == size.per_part - (used[-1] if used else 0)
    # No part ends early but for a character of two units.
    assert all(part >= size.per_part - 1 for part in used[:-1])


@given(texts)
def test_no_character_is_cut(text):
    for part in split(text):
        part.encode("utf-16")  # raises on half a surrogate pair


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("", ()),
        ("Karibu {name}, KES 100 ~ €1", ()),
        ("“Habari” 😀“", ("“", "”", "😀")),
        ("ça va", ("ç",)),
        ("a\tb", ("\t",)),
        (FAMILY, ("👨", "\u200d", "👩", "👧", "👦")),
    ],
)
def test_why_a_text_needs_ucs2(text, reasons):
    assert why_ucs2(text) == reasons


@given(texts)
def test_a_text_is_ucs2_if_there_is_a_reason(text):
    assert (count(text).encoding == "UCS-2") == bool(why_ucs2(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Plain text, 100% @ KES 5_000\n€{}", "Plain text, 100% @ KES 5_000\n€{}"),
        ("‘ng’ombe’", "'ng'ombe'"),
        ("ngʼombe", "ng'ombe"),
        ("“Habari” „ndugu‟ «yangu»", '"Habari" "ndugu" "yangu"'),
        ("8–18 — saa‑moja ‒ −5", "8-18 - saa-moja - -5"),
        ("Subiri…", "Subiri..."),
        ("KES\u00a0100\u202f000\u2009\u3000x", "KES 100 000 x"),
        ("Order n° 12, N°7, nº 3, № 4", "Order no. 12, No.7, no. 3, No. 4"),
        ("20°, in° 5", "20°, in° 5"),
        ("  Dear   Amina, \n\n\n\n your  fees ", "Dear Amina,\n\nyour fees"),
        ("\u00a0“Dear”\u2003\u200b \n", '"Dear"'),
        ("• one\n‣ two · three", "- one\n- two - three"),
        ("oﬃce ﬁle ﬂow ﬀ ﬄ ﬅ ﬆ", "office file flow ff ffl st st"),
        ("a\u200bb\ufeffc\u00add\u2060e", "abcde"),
        ("a\u200db\u200cc\u200ed\u202ae\u202cf\ufe0f", "abcdef"),
        ("a\tb", "a b"),
        ("one\u2028two\u2029three\u0085four", "one\ntwo\nthree\nfour"),
        ("3 × 4 ⁄ 2 ∗ 1", "3 x 4 / 2 * 1"),
        ("6′ 2″", "6' 2\""),
        ("cafe\u0301 A\u030a", "café Å"),
        ("\u2126 \u212b", "Ω Å"),
        # Letters and emoji stay, and what shapes them.
        ("ça “va”", 'ça "va"'),
        ("Привет – мир", "Привет - мир"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u200fשלום\u200e", "\u200fשלום\u200e"),
        (f"{FAMILY} ❤\ufe0f…", f"{FAMILY} ❤\ufe0f..."),
        ("1½ ™ ©", "1½ ™ ©"),
        ("中文，好", "中文，好"),
    ],
)
def test_sanitise(text, expected):
    assert sanitise(text) == expected


def test_each_replacement_is_gsm_and_replaces_what_is_not():
    for character, replacement in segments._TYPOGRAPHY.items():
        assert why_ucs2(chr(character)), hex(character)
        assert not why_ucs2(replacement), hex(character)


@given(texts)
def test_sanitising_twice_changes_nothing_more(text):
    assert sanitise(sanitise(text)) == sanitise(text)


@given(texts)
def test_sanitising_keeps_letters_and_emoji(text):
    assert kept(sanitise(text)) == kept(text)


@given(gsm)
def test_sanitising_leaves_gsm_alone_but_for_blanks(text):
    assert "".join(sanitise(text).split()) == "".join(text.split())


@given(st.text(alphabet=" \n\u00a0\u2028a°n\u200b\u200d", max_size=60))
def test_sanitised_no_blanks_are_left_that_say_nothing(text):
    plain = sanitise(text)
    assert plain == plain.strip()
    assert not re.search("  | \n|\n |\n{3}", plain)
    assert sanitise(plain) == plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("a\x00b\x07c\x1bd\x7fe\x9ff", "abcdef"),
        ("one\r\ntwo\rthree\nfour\n\rfive", "one\ntwo\nthree\nfour\n\nfive"),
        ("a\tb", "a b"),
        (
            "\n                Order n° 12  is on its way\r\n ",
            "Order n° 12  is on its way",
        ),
        ("\u3000a \n b\u2003", "a \n b"),
        ("a\vb\fc\x85d", "a\nb\nc\nd"),
        ("\ud83d", "\ufffd"),
        ("a\ude00b", "a\ufffdb"),
        ("\ud83d\ude00", EMOJI),
        (f"שלום {FAMILY} é\u0301", f"שלום {FAMILY} é\u0301"),
        ("\x00\x00", ""),
    ],
)
def test_clean(text, expected):
    assert clean(text) == expected


@given(st.text(alphabet=st.characters(), max_size=200))
def test_a_clean_text_can_be_sent(text):
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert not any(unicodedata.category(c) == "Cc" for c in cleaned if c != "\n")
    assert clean(cleaned) == cleaned


def units(text: str, encoding: str) -> int:
    if encoding == "GSM-7":
        return len(text) + sum(character in GSM_EXTENSION for character in text)
    return len(text.encode("utf-16-be")) // 2


def kept(text: str) -> str:
    """Letters and symbols beyond typography, in a form that composing can't change."""
    plain = unicodedata.normalize("NFD", text.translate(segments._TYPOGRAPHY))
    return "".join(c for c in plain if unicodedata.category(c)[0] in "LN" or c in EMOJI)


def test_characters_are_named_also_those_that_cannot_be_seen():
    assert segments.name_all(["Ş", "\u200b", "\u0301"]) == "Ş U+200B U+0301"
    assert segments.name_all([]) == ""
