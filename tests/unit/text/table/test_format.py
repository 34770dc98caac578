"""Numbers and dates as spreadsheet programs show them."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from su_sms.text.table import format as table_format

EPOCH = datetime.datetime(1899, 12, 30)
DAY = 46348  # 22 November 2026, a Sunday
ACCOUNTS = '_-* #,##0.00_-;\\-* #,##0.00_-;_-* "-"??_-;_-@_-'

NUMBERS = [
    # value, code, text
    (0.755, "0%", "76%"),
    (0.755, "0.0%", "75.5%"),
    (0.755, "0.00%", "75.50%"),
    (66.6666666666667, "General", "66.67"),
    (66.6666666666667, "", "66.67"),
    (66.5, "General", "66.5"),
    (66.6666666666667, "0", "67"),
    (66.6666666666667, "0.0", "66.7"),
    (66.6666666666667, "0.00", "66.67"),
    (66.6666666666667, "0.0000", "66.6667"),
    (0.5, "#.00", ".50"),
    (2.675, "0.00", "2.68"),
    (1.005, "0.00", "1.01"),
    (123, "00000", "00123"),
    (123, "0000", "0123"),
    (12345, "0000", "12345"),
    (0, "0000", "0000"),
    (0, "0", "0"),
    (0, "#", ""),
    (12500, "#,##0", "12,500"),
    (12500.5, "#,##0.00", "12,500.50"),
    (1234567.891, "#,##0.00", "1,234,567.89"),
    (999, "#,##0", "999"),
    (1000, "#,##0", "1,000"),
    (12500, '"KES" #,##0.00', "KES 12,500.00"),
    (12500, "[$KES] #,##0.00", "KES 12,500.00"),
    (12500, "[$KES-441]#,##0", "KES12,500"),
    (12500, '#,##0.00" /="', "12,500.00 /="),
    (12500, "#,##0/=", "12,500/="),
    (-12500, '"KES" #,##0.00', "-KES 12,500.00"),
    (-12500, "#,##0.00;[Red](#,##0.00)", "(12,500.00)"),
    (-12500, "#,##0_);(#,##0)", "(12,500)"),
    (12500, "#,##0_);(#,##0)", "12,500"),
    (12500, ACCOUNTS, "12,500.00"),
    (-12500, ACCOUNTS, "- 12,500.00"),
    (0, ACCOUNTS, "0.00"),
    (0, "0;-0;", "0"),
    (12500, ";;;", ""),
    (12500, "#,##0,", "13"),
    (1_250_000, '0.0,,"M"', "1.3M"),
    (46348, '0 "days"', "46348 days"),
    (712345678, "0000000000", "0712345678"),
    (712345678, "0###-###-###", "0712-345-678"),
    (254712345678, '"+"0', "+254712345678"),
    (254712345678, "0.00E+00", "254712345678"),
    (1.5, "# ?/?", "1.5"),
    (5, "[>=3]0.0;0", "5.0"),
    (2, "[>=3]0.0;0", "2"),
    (42, "@", "42"),
    (-0.001, "0.00", "0.00"),
    (1e300, "General", "1e+300"),
]
DATES = [
    (DAY, "yyyy-mm-dd", "2026-11-22"),
    (DAY, "dd/mm/yyyy", "22/11/2026"),
    (DAY, "d/m/yy", "22/11/26"),
    (DAY, "d-mmm-yy", "22-Nov-26"),
    (DAY, "d mmmm yyyy", "22 November 2026"),
    (DAY, "[$-409]dddd, d mmm", "Sunday, 22 Nov"),
    (DAY, "ddd", "Sun"),
    (DAY + 8.25 / 24, "dd/mm/yyyy hh:mm", "22/11/2026 08:15"),
    (DAY + 20.5 / 24, "h:mm AM/PM", "8:30 PM"),
    (DAY + 0.5 / 24, "h AM/PM", "12 AM"),
    (8 / 24 + 5 / 1440, "h:mm", "8:05"),
    (8 / 24 + 5 / 1440 + 9 / 86400, "h:mm:ss", "8:05:09"),
    (5 / 1440 + 9 / 86400, "mm:ss", "05:09"),
    (1.5, "[h]:mm", "36:00"),
    (DAY, "mmm yyyy", "Nov 2026"),
    (1e10, "yyyy-mm-dd", ""),
    (-1, "yyyy-mm-dd", ""),
    (1, "d mmm yyyy", "1 Jan 1900"),
]


@pytest.mark.parametrize(("value", "code", "text"), NUMBERS + DATES)
def test_as_shown(value, code, text):
    assert table_format.Format(code).shown(value, EPOCH) == text


@pytest.mark.parametrize("code", [row[1] for row in DATES])
def test_dates_are_told(code):
    assert table_format.Format(code).is_date


@pytest.mark.parametrize("code", [row[1] for row in NUMBERS])
def test_numbers_are_no_dates(code):
    assert not table_format.Format(code).is_date


@given(
    st.floats(-1e9, 1e9), st.text(alphabet='0#?,.%;"[]E+dmyhs/@_*\\-$ ', max_size=30)
)
def test_no_code_breaks_a_file(value, code):
    assert isinstance(table_format.Format(code).shown(value, EPOCH), str)
