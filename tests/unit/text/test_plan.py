"""What surely is no mobile number: the library agrees, whatever it is asked."""

from __future__ import annotations

import random

import phonenumbers
import pytest
from phonenumbers import PhoneMetadata, PhoneNumberType

from su_sms.text import phone, plan

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
KINDS = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def example(region):
    for kind in KINDS:
        if found := phonenumbers.example_number_for_type(region, kind):
            return found.country_code, phonenumbers.national_significant_number(found)
    return None


def spellings(region):
    """Return ways to dial numbers like a region's example, right and wrong."""
    code, national = example(region)
    metadata = PhoneMetadata.metadata_for_region(region)
    trunk = metadata.national_prefix or "0"
    # The longest are without the code of an area.
    numbers = [national, national[1:], national[2:], national[3:], national[-5:]]
    for last in "0379":
        numbers.append(national[:-3] + last * 3)
    for number in numbers:
        for before in ("", trunk, 2 * trunk, "0", "1", "8", "9"):
            yield f"{before}{number}"
            for out in ("+", "00", "000", "0000", "011", "810", "+00", "+011"):
                yield f"{out}{code}{before}{number}"
            yield f"{code}{before}{number}"


def is_good(number, region):
    try:
        phone._read(number, region)
    except phone.PhoneError:
        return False
    return True


@pytest.mark.parametrize("region", [each for each in REGIONS if example(each)])
def test_no_number_is_dismissed_that_can_be_read(region):
    reader = phone.Reader(region)
    for number in spellings(region):
        if is_good(number, region):
            assert plan.may_be_mobile(number, region), number
            assert not reader.is_short(number), number


def test_nor_one_of_another_country():
    for region in filter(example, REGIONS):
        code, national = example(region)
        for home in ("KE", "US", "GB", "BR", "", "XX"):
            for number in (f"+{code}{national}", f"00{code}{national}", national):
                if is_good(number, home):
                    assert plan.may_be_mobile(number, home), (number, home)
                    assert not phone.Reader(home).is_short(number), (number, home)


def test_most_of_what_is_none_is_dismissed():
    digits = random.Random(1)
    numbers = [str(digits.randrange(10**8, 10**15)) for _each in range(1000)]
    assert sum(plan.may_be_mobile(number, "KE") for number in numbers) < 50


@pytest.mark.parametrize("home", ["KE", "US", "GB", "BR", "TT", "", "XX"])
def test_of_very_many_digits_the_library_says_the_same(home):
    for begin in ("", "0", "00", "+", "+0", "+00", "000", "011", "1", "254", "999"):
        for code in ("", "254", "1", "44", "999", "210"):
            number = f"{begin}{code}" + 40 * "7"
            with pytest.raises(phone.PhoneError) as told:
                phone._valid(number, home)
            try:
                phonenumbers.parse(number, home)
            except phonenumbers.NumberParseException as error:
                reason = phone._UNREADABLE[error.error_type]
            assert told.value.reason == reason, number
