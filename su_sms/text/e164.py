"""Numbers that are E.164 already, such as +254712345678: most of what a queue holds."""

import re
from functools import cache

import phonenumbers

_E164 = re.compile(r"\+([1-9][0-9]{6,14})")
_NEVER = "(?!)"  # matches nothing
_OTHER_KINDS = (
    "fixed_line",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "personal_number",
    "voip",
    "pager",
    "uan",
    "voicemail",
)


def parts(number: str) -> tuple[str, str] | None:
    """Return the calling code and the rest; None for what isn't E.164."""
    match = _E164.fullmatch(number)
    for size in (1, 2, 3) if match else ():
        code = match[1][:size]
        if int(code) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            return code, match[1][size:]
    return None


def mobile_region(number: str) -> str | None:
    """Return a region's code if surely a mobile number, 10 times faster than reading.

    None says nothing: the number has to be read. Surely: the only region of its
    calling code, libphonenumber's pattern for mobiles and for no other kind, and no
    national prefix that reading it would strip or replace.
    """
    if split := parts(number):
        region, mobiles = _plan(split[0])
        if mobiles and mobiles.fullmatch(split[1]):
            return region
    return None


@cache
def _plan(code: str) -> tuple[str, re.Pattern[str] | None]:
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[int(code)]
    plan = phonenumbers.PhoneMetadata.metadata_for_region(regions[0])
    if len(regions) > 1 or not (plan and plan.mobile.national_number_pattern):
        return "", None
    kinds = [getattr(plan, name) for name in _OTHER_KINDS]
    patterns = [kind.national_number_pattern for kind in kinds if kind]
    others = "|".join(filter(None, patterns)) or _NEVER
    prefix = plan.national_prefix_for_parsing or _NEVER
    lengths = plan.mobile.possible_length or plan.general_desc.possible_length
    sizes = "|".join(f".{{{length}}}" for length in lengths)
    return regions[0], re.compile(
        f"(?!{prefix})(?!(?:{others})$)(?=(?:{sizes})$)"
        f"(?=(?:{plan.general_desc.national_number_pattern})$)"
        f"(?:{plan.mobile.national_number_pattern})"
    )
