"""Count the parts of a text as a network bills them.

Written apart from ``su_sms.text`` on purpose: each checks the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

# 3GPP TS 23.038, default alphabet and its extension table.
GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("\f^{}\\[~]|€")


@lru_cache(maxsize=1024)
def count(text: str) -> int:
    """Return how many SMS parts the text takes, at least 1.

    160 or 153 septets in GSM-7, 70 or 67 UTF-16 units in UCS-2; a character of two
    units is never cut in half.
    """
    if GSM_BASIC.union(GSM_EXTENDED).issuperset(text):
        return _pack((2 if char in GSM_EXTENDED else 1 for char in text), 160, 153)
    return _pack((2 if ord(char) > 0xFFFF else 1 for char in text), 70, 67)


def _pack(widths: Iterator[int], single: int, part: int) -> int:
    total, parts, used = 0, 1, 0
    for width in widths:
        total += width
        if used + width > part:
            parts, used = parts + 1, 0
        used += width
    return 1 if total <= single else parts
