"""Tell what surely is no mobile number, without asking the library.

It says why a number is bad, which takes a tenth of a millisecond. Where texts are cut
into numbers nobody asks why, and what is tried there is nearly always bad.
"""

import re
from functools import cache

import phonenumbers

FEWEST_ABROAD = 7  # digits of a mobile number with its country code
_NEVER = re.compile("(?!)")  # matches nothing


def may_be_mobile(number: str, region: str) -> bool:
    """Tell whether reading may give a number for SMS; False is certain.

    :param number: digits, with + in front if it was there
    :param region: by which digits without a country code are read, or ""
    """
    if number.startswith("00") and _may_be(f"+{number[2:]}", region):
        return True
    return _may_be(number, region)


def _may_be(number: str, region: str) -> bool:
    digits = number.removeprefix("+")
    if digits != number and _is_abroad(digits):
        return True
    # After + a country code that is none is read as dialled from the region.
    return _is_from(digits, region)


def has_country(number: str, region: str) -> bool:
    """Tell whether the country of very many digits is known."""
    digits = number.removeprefix("+")
    if digits != number and _code(digits):
        return True
    plan = _metadata(region)
    if not plan:
        return False
    rest = _dialled_abroad(digits, plan)
    if rest:
        return bool(_code(rest))
    return digits == number or digits.startswith(str(plan.country_code))


@cache
def fewest(region: str) -> int:
    """Return the digits of the shortest mobile number, as dialled in its region.

    Numbers that begin with + may have fewer, but not fewer than `FEWEST_ABROAD`.
    """
    abroad = FEWEST_ABROAD + len("00")
    plan = _metadata(region)
    if not plan:
        return abroad
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[plan.country_code]
    plans = [_metadata(each) for each in regions]
    mobiles = [each.mobile for each in plans if each.mobile]
    sizes = [size for each in mobiles for size in each.possible_length]
    added = max(len(_added(each.national_prefix_transform_rule)) for each in plans)
    return max(1, min([abroad, *sizes]) - added)


def _added(rule: str | None) -> str:
    """Return the digits that a rule puts in front, such as those of an island."""
    return re.sub(r"\\\d|\D", "", rule or "")


def _is_from(digits: str, region: str) -> bool:
    plan = _metadata(region)
    if not plan:
        return False
    rest = _dialled_abroad(digits, plan)
    if rest and _is_abroad(rest):
        return True
    return bool(_dialled(plan.country_code, region).fullmatch(digits))


def _dialled_abroad(digits: str, plan) -> str:
    """Return what follows a region's prefix for calls abroad."""
    out = re.match(plan.international_prefix or _NEVER, digits)
    rest = digits[out.end() :] if out else ""
    return "" if rest.startswith("0") else rest


def _is_abroad(digits: str) -> bool:
    code = _code(digits)
    if not code:
        return False
    region = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code][0]
    return bool(_dialled(code, region).fullmatch(digits[len(str(code)) :]))


def _code(digits: str) -> int:
    """Return the country code that digits begin with, or 0."""
    if digits.startswith("0"):
        return 0
    codes = (int(digits[:size] or 0) for size in (1, 2, 3))
    return next((e for e in codes if e in phonenumbers.COUNTRY_CODE_TO_REGION_CODE), 0)


@cache
def _dialled(code: int, region: str) -> re.Pattern[str]:
    """Return what all mobile numbers of a country code match, as dialled in a region.

    Prefixes may come twice: before the country code's, and before the number's own.
    """
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]
    plans = [_metadata(each, code) for each in dict.fromkeys([region, *regions])]
    mobiles = [plan.mobile for plan in plans if plan and plan.mobile]
    patterns = [one.national_number_pattern for one in mobiles]
    patterns = list(filter(None, patterns))
    if not patterns:
        return _NEVER
    # The rules of the region, and of the one that the code stands for.
    ruling = [_metadata(each, code) for each in dict.fromkeys([region, regions[0]])]
    rules = [plan.national_prefix_transform_rule for plan in ruling if plan]
    if any(rules):
        added = max(len(_added(rule)) for rule in rules)
        shortest = min(min(one.possible_length or (1,)) for one in mobiles)
        return re.compile(rf"\d{{{max(1, shortest - added)},}}")
    prefixes = [plan.national_prefix_for_parsing for plan in ruling if plan]
    before = "".join(f"(?:{one})?" for one in 2 * list(filter(None, prefixes)))
    return re.compile(f"(?:{code})?{before}(?:{'|'.join(patterns)})")


def _metadata(region: str, code: int = 0):
    if region in phonenumbers.SUPPORTED_REGIONS:
        return phonenumbers.PhoneMetadata.metadata_for_region(region)
    # What is no country's, such as +882.
    return phonenumbers.PhoneMetadata.metadata_for_nongeo_region(code, None)
