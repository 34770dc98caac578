"""Numbers as people type them."""

import re
from typing import get_args

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from su_sms.text import e164
from su_sms.text.phone import Phone, PhoneError, Reason, masked, normalise, parse

KENYAN = "+254712345678"

WAYS_TO_TYPE_IT = [
    "+254712345678",
    "0712345678",
    "0712 345 678",
    "712345678",
    "254712345678",
    "254 712 345678",
    "+254 (0)712-345-678",
    "+254 (0) 712 345 678",
    "+254(0)712345678",
    "00254 (0)712345678",
    "254 (0)712 345 678",
    "00254712345678",
    "000254712345678",
    "000 254 712 345 678",
    "+254 0712345678",
    "2540712345678",
    "(+254) 712 345678",
    "(0712) 345678",
    "[0712] 345678",
    "++254712345678",
    "+ 254 712 345 678",
    "０７１２ 345 678",
    "＋２５４（０）７１２－３４５－６７８",
    "٠٧١٢٣٤٥٦٧٨",
    "۰۷۱۲۳۴۵۶۷۸",
    "+٢٥٤ ٧١٢ ٣٤٥ ٦٧٨",
    "\u202a+254\u00a0712\u00a0345\u00a0678\u202c",
    "\u200f0712\u200b345\u2060678\ufeff",
    "0712\u2011345\u2013678",
    "0712\u3000345\u2009678",
    "tel:+254-712-345-678",
    "tel:+254%20712%20345678",
    "TEL:0712345678;phone-context=+254",
    "tel:0712345678;phone-context=example.com",
    "sms:+254712345678",
    "Tel. 0712 345 678",
    "Mobile: 0712345678",
    "0712.345.678",
    "0712/345/678",
    "0712_345_678",
    "712,345,678",
    "'0712345678",
    "712345678.0",
    "254712345678.0",
    "  0712345678\r\n",
]


@pytest.mark.parametrize("raw", WAYS_TO_TYPE_IT)
def test_every_way_to_type_a_kenyan_mobile(raw):
    read = parse(raw)
    assert (read.e164, read.country, read.kind) == (KENYAN, "KE", "mobile")


@pytest.mark.parametrize(
    ("raw", "country", "e164"),
    [
        ("0110123456", "KE", "+254110123456"),
        ("0100 123 456", "KE", "+254100123456"),
        ("+254 110 123456", "KE", "+254110123456"),
        ("0772 123456", "UG", "+256772123456"),
        ("0712 345678", "TZ", "+255712345678"),
        ("0788 123456", "RW", "+250788123456"),
        ("07911 123456", "GB", "+447911123456"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("011 254 712 345678", "US", KENYAN),
        ("000 254 712 345678", "UG", KENYAN),
        ("00254712345678", "UG", KENYAN),
        ("8 912 345 67 89", "RU", "+79123456789"),
        ("007 912 345 67 89", "UG", "+79123456789"),
        ("+39 (0)347 1234567", "IT", "+393471234567"),
        ("0712345678", "ke", KENYAN),
    ],
)
def test_the_default_country_is_the_callers(raw, country, e164):
    assert normalise(raw, country) == e164


@pytest.mark.parametrize(
    ("raw", "country", "kind"),
    [
        ("+256772123456", "UG", "mobile"),
        ("+255 712 345 678", "TZ", "mobile"),
        ("00255712345678", "TZ", "mobile"),
        ("000255712345678", "TZ", "mobile"),
        ("+250788123456", "RW", "mobile"),
        ("+44 7400 123456", "GB", "mobile"),
        ("+1 212 555 0123", "US", "fixed_or_mobile"),
        ("tel:0712345678;phone-context=+255", "TZ", "mobile"),
    ],
)
def test_a_named_country_stays(raw, country, kind):
    read = parse(raw, "KE")
    assert (read.country, read.kind) == (country, kind)


@pytest.mark.parametrize(
    ("raw", "country"),
    [
        ("0056581234567", "UG"),  # 005 leads out to Singapore, or 00 to Chile
        ("00923052512345", "NG"),  # 009 leads out to Mauritius, or 00 to Pakistan
    ],
)
def test_two_readings_are_no_evidence(raw, country):
    assert reason(raw, country) == "unknown_country"


@pytest.mark.parametrize("country", [None, "", "ZZ"])
def test_without_a_default_country_only_international_numbers_pass(country):
    assert normalise("+254712345678", country) == KENYAN
    assert normalise("00254712345678", country) == KENYAN
    assert reason("0712345678", country) == "unknown_country"


REFUSED = [
    (None, "empty"),
    ("", "empty"),
    (" \u200b\u00a0\n", "empty"),
    ("tel:", "empty"),
    ("-", "not_a_number"),
    ("n/a", "not_a_number"),
    ("+", "not_a_number"),
    ("JOHN 0712345678", "not_a_number"),
    ("0712345678 (mum)", "not_a_number"),
    ("0712-FLOWER", "not_a_number"),
    ("O712345678", "not_a_number"),
    ("*144#", "not_a_number"),
    ("0712345678#", "not_a_number"),
    ("0712345678²", "not_a_number"),
    ("071\x002345678", "not_a_number"),
    ("\ud83d0712345678", "not_a_number"),
    ("254+712345678", "not_a_number"),
    ("2.54712E+11", "rounded"),
    ("2,54712345678e11", "rounded"),
    ("7.12E+08", "rounded"),
    ("0712345678 / 0722345678", "several_numbers"),
    ("0712345678/0722345678", "several_numbers"),
    ("0712345678, 0722345678", "several_numbers"),
    ("0712345678;0722345678", "several_numbers"),
    ("tel:0712345678;0722345678", "several_numbers"),
    ("0712345678 0722345678", "several_numbers"),
    ("0712345678-0722345678", "several_numbers"),
    ("0712345678\n0722345678", "several_numbers"),
    ("+254712345678+254722345678", "several_numbers"),
    ("0712345678 or 0722345678", "several_numbers"),
    ("0712345678 au 0722345678", "several_numbers"),
    ("0712345678 ext 5", "extension"),
    ("0712345678 ext. 12", "extension"),
    ("0712345678x5", "extension"),
    ("0712345678#5", "extension"),
    ("tel:+254712345678;ext=5", "extension"),
    ("5", "too_short"),
    ("21512", "too_short"),
    ("0712345", "too_short"),
    ("+254712345", "too_short"),
    ("07123456789", "too_long"),
    ("0712345678/9", "too_long"),
    ("+2547123456789", "too_long"),
    ("255712345678", "too_long"),
    ("447911123456", "too_long"),
    ("1" * 201, "too_long"),
    ("0712345678" + " " * 1_000_000, "too_long"),
    ("+999123456789", "unknown_country"),
    ("+0712345678", "unknown_country"),
    ("0" * 30, "unknown_country"),
    ("020 2345678", "not_mobile"),
    ("+442071234567", "not_mobile"),
    ("0800 723253", "not_mobile"),
    ("0900 223344", "not_mobile"),
    ("+800 12345678", "not_mobile"),
    ("0109123456", "invalid"),
    ("0150123456", "invalid"),
    ("+254250123456", "invalid"),
]


@pytest.mark.parametrize(("raw", "expected"), REFUSED)
def test_what_is_refused_says_why(raw, expected):
    assert reason(raw) == expected


def test_every_reason_has_a_test():
    of_cells = {"doubtful"}
    assert {expected for _, expected in REFUSED} == set(get_args(Reason)) - of_cells


@pytest.mark.parametrize(
    ("raw", "country"),
    [
        ("0712 345", "KE"),
        ("  020 222 3344", "KE"),
        ("+254712345", ""),
        (" 00254712345", ""),
        ("Amina", ""),
    ],
)
def test_the_country_is_told_where_it_may_be_why(raw, country):
    with pytest.raises(PhoneError) as error:
        parse(raw, "ke")
    assert error.value.country == country


def test_an_error_does_not_carry_the_number():
    with pytest.raises(PhoneError) as error:
        parse("0712345678 ext 5")
    assert not re.search(r"\d{4}", f"{error.value!r} {vars(error.value)}")
    assert str(error.value) == "extension"


def _mobiles():
    """One mobile number of each region, by libphonenumber's metadata."""
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        mobile = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
        if mobile is not None and phonenumbers.is_valid_number(mobile):
            yield region, mobile


@pytest.mark.parametrize(("region", "mobile"), list(_mobiles()))
def test_a_mobile_of_every_region_of_the_world(region, mobile):
    e164 = phonenumbers.format_number(mobile, PhoneNumberFormat.E164)
    assert normalise(e164, "KE") == e164
    assert normalise(f"00{e164[1:]}", "KE") == e164
    national = phonenumbers.format_number(mobile, PhoneNumberFormat.NATIONAL)
    assert normalise(national, region) == e164


kenyan = st.from_regex(r"\+254[17][0-9]{8}", fullmatch=True)
typed = st.one_of(
    st.text(alphabet="0123456789+()-./ ", max_size=20),
    st.builds(
        lambda prefix, digits: prefix + digits,
        st.sampled_from(["", "+", "0", "00", "000", "254", "+254", "00254", "+255"]),
        st.from_regex(r"[0-9]{7,10}", fullmatch=True),
    ),
    st.text(max_size=30),
)


@given(typed, st.sampled_from(["KE", "UG", "TZ", "GB", "US", None]))
@example("0079123456789", "UG")
def test_parsing_its_own_answer_changes_nothing(raw, country):
    read = accepted(raw, country)
    if read:
        assert parse(read.e164, country) == read
        assert parse(read.e164, None) == read


@given(typed)
def test_the_digits_typed_are_the_digits_of_the_answer(raw):
    read = accepted(raw, "KE")
    if not read:
        return
    digits = "".join(re.findall(r"\d", raw)).translate(DIGITS)
    assert digits.endswith(read.e164[-8:]) or raw.endswith(".0")
    if "+" not in raw and not digits.startswith("00"):
        assert read.country == "KE"
    elif "+" in raw:
        assert digits.lstrip("0").startswith(read.e164[1:4])


@given(kenyan)
def test_a_canonical_number_is_accepted_as_libphonenumber_would(e164):
    mobile = phonenumbers.parse(e164)
    valid = phonenumbers.is_valid_number(mobile)
    assert bool(accepted(e164, "KE")) == valid
    assert not valid or normalise(e164) == e164


@pytest.mark.parametrize("region", ["KE", "UG", "TZ", "RW"])
def test_the_short_way_knows_east_african_mobiles(region):
    mobile = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
    number = phonenumbers.format_number(mobile, PhoneNumberFormat.E164)
    assert e164.mobile_region(number) == region


DIALLING_CODES = sorted(map(str, phonenumbers.COUNTRY_CODE_TO_REGION_CODE))
african = st.sampled_from(["254", "255", "256", "250", "257", "251", "211", "27"])


@given(
    st.one_of(african, st.sampled_from(DIALLING_CODES)),
    st.from_regex(r"[0-9]{4,12}", fullmatch=True),
)
@settings(max_examples=500)
def test_the_short_way_answers_as_the_long_way(code, rest):
    assert not differs(f"+{code}{rest}")


@pytest.mark.parametrize("code", DIALLING_CODES)
def test_the_short_way_answers_as_the_long_way_around_real_mobiles(code):
    region = phonenumbers.region_code_for_country_code(int(code))
    for kind in PhoneNumberType.values():
        real = phonenumbers.example_number_for_type(region, kind)
        for digit in "0123456789" if real else "":
            e164 = phonenumbers.format_number(real, PhoneNumberFormat.E164)
            for place in range(len(code) + 1, len(e164)):
                assert not differs(e164[:place] + digit + e164[place + 1 :])


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+254712345678", "+254••••••678"),
        ("+12125550123", "+1•••••••123"),
        ("+2905123", "•••"),
        ("+254712", "•••"),
        ("0712345678", "•••"),
        ("254712345678", "•••"),
        ("+999712345678", "•••"),
        ("+254712345678; +254722345678", "•••"),
        ("+٢٥٤٧١٢٣٤٥٦٧٨", "•••"),
        ("John", "•••"),
        ("", "•••"),
        (None, "•••"),
    ],
)
def test_masked_numbers_show_country_and_last_three(number, expected):
    assert masked(number) == expected


@given(st.one_of(typed, kenyan))
def test_masked_numbers_never_show_more(raw):
    shown = re.findall(r"\d+", masked(raw))
    assert shown in ([], [*shown[:1], raw[-3:]])
    assert not shown or len(shown[0]) <= 3


DIGITS = {ord(chr(base + n)): str(n) for base in (0x660, 0x6F0) for n in range(10)}


def reason(raw, country="KE"):
    with pytest.raises(PhoneError) as error:
        parse(raw, country)
    return error.value.reason


def differs(number):
    """Tell whether the short way contradicts the long one.

    A space in front is what the short way leaves to the long one.
    """
    region = e164.mobile_region(number)
    read = accepted(f" {number}", None)
    return region and read != Phone(number, region, "mobile")


def accepted(raw, country):
    try:
        return parse(raw, country)
    except PhoneError:
        return None
