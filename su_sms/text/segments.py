"""Count, split and tidy the text of an SMS.

Sizes are those of 3GPP TS 23.038 and 23.040: a single SMS holds 160 septets of
GSM-7 or 70 UTF-16 units of UCS-2; with the 6-byte concatenation header of several
parts, 153 or 67. How Africa's Talking cuts is not documented (docs/africastalking.md,
"Parts and prices"): take these figures as a preview and `messageParts` of the answer
as the account.

A part never ends inside an escape sequence of GSM-7 or a surrogate pair. Longer
clusters (an emoji joined by ZWJ, a letter and its combining mark) may fall on a
boundary: handsets put the parts together before they shape the text, so nothing is
lost, and keeping clusters whole would only cost more.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Literal

Encoding = Literal["GSM-7", "UCS-2"]

# 3GPP TS 23.038, 6.2.1, in code order; 0x1B is the escape to the extension table.
GSM_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# 3GPP TS 23.038, 6.2.1.1: two septets each, the first being the escape.
GSM_EXTENSION = "\f^{}\\[~]|€"

SINGLE: dict[Encoding, int] = {"GSM-7": 160, "UCS-2": 70}
SEVERAL: dict[Encoding, int] = {"GSM-7": 153, "UCS-2": 67}

_ESCAPE = "\x1b"
_ESCAPE_UNIT = b"\x00\x1b"
_IS_GSM = re.compile(f"[{re.escape(GSM_BASIC + GSM_EXTENSION)}]*")
_NOT_GSM = re.compile(f"[^{re.escape(GSM_BASIC + GSM_EXTENSION)}]")
# What may be a character of GSM-7 once it is composed: one of them, or one that stands
# for one (Greek question mark; Ohm, Kelvin and Angstrom signs), then at most one mark.
_MAY_BECOME_GSM = re.compile(
    f"(?:[{re.escape(GSM_BASIC + GSM_EXTENSION)}\u037e\u2126\u212a\u212b]"
    "[\u0300\u0301\u0303\u0308\u030a\u0327\u0340\u0341]?)*"
)


@dataclass(frozen=True, slots=True)
class Segments:
    """What a text takes on the air.

    :ivar encoding: "GSM-7" or "UCS-2"
    :ivar units: septets of GSM-7 (2 for an extended character), else UTF-16 units
    :ivar parts: SMS needed; 0 for an empty text
    :ivar per_part: units that each of these parts can hold
    :ivar remaining: units still free in the last part
    """

    encoding: Encoding
    units: int
    parts: int
    per_part: int
    remaining: int


def count(text: str) -> Segments:
    """Count the parts of a text as it stands (see `clean` and `sanitise`)."""
    encoding, units = _encode(text)
    cuts = _cuts(encoding, units)
    parts = len(cuts) - 1
    size = SEVERAL[encoding] if parts > 1 else SINGLE[encoding]
    used = cuts[-1] - cuts[-2] if parts else 0
    return Segments(encoding, cuts[-1], parts, size, size - used)


def split(text: str) -> list[str]:
    """Cut a text into the parts that `count` counts; joined they are the text.

    A surrogate pair written as two characters comes back as the one character it
    means.
    """
    encoding, units = _encode(text)
    cuts = _cuts(encoding, units)
    parts = [
        units[2 * start : 2 * end].decode("utf-16-be", "surrogatepass")
        for start, end in zip(cuts, cuts[1:], strict=False)
    ]
    if encoding == "GSM-7":
        return [part.replace(_ESCAPE, "") for part in parts]
    return parts


def why_ucs2(text: str) -> tuple[str, ...]:
    """List the characters that keep a text out of GSM-7, once each, as they come."""
    return tuple(dict.fromkeys(_NOT_GSM.findall(text)))


def name_all(characters: Iterable[str]) -> str:
    """Name characters, a space between them; what can't be seen is such as U+200B."""
    return " ".join(map(_name, characters))


def clean(text: str) -> str:
    """Take out what no SMS can carry.

    Line ends of every kind become a line feed and a tab a space; other control
    characters (NUL, C0, C1) go; a lone surrogate becomes U+FFFD. Blanks around the
    text, as templates have them, go as well.
    """
    if _SURROGATE.search(text):
        units = text.encode("utf-16-be", "surrogatepass")
        text = units.decode("utf-16-be", "replace")
    return text.replace("\r\n", "\n").translate(_CONTROLS).strip(BLANKS)


def sanitise(text: str) -> str:
    """Replace typographic characters by their equivalents in GSM-7.

    Quotes, dashes, spaces, bullets, ligatures and the like are replaced; letters of
    any language and emoji stay. Joiners and direction marks shape Arabic, Indic
    scripts and emoji: they go, and letters with combining marks are composed, only
    where the text then is GSM-7. Runs of blanks become one, and no more than one line
    is left empty. Doing it twice changes nothing more.
    """
    if _IS_GSM.fullmatch(text):
        return _close_up(text)
    plain = text.translate(_TYPOGRAPHY)
    bare = plain.translate(_JOINERS)
    if _MAY_BECOME_GSM.fullmatch(_NUMERO.sub(r"\1o.", bare)):
        # Not only for speed: composing sorts runs of marks, and takes their square.
        bare = unicodedata.normalize("NFC", bare)
    plain, bare = (_NUMERO.sub(r"\1o.", each) for each in (plain, bare))
    return _close_up(bare if _IS_GSM.fullmatch(bare) else plain)


def _close_up(text: str) -> str:
    """Take out the blanks that say nothing."""
    if "  " not in text and "\n" not in text:
        return text.strip(BLANKS)
    text = _RUN.sub(" ", text)
    return _LINES.sub("\n\n", _AROUND_LINE_END.sub("\n", text)).strip(BLANKS)


def _name(character: str) -> str:
    if unicodedata.category(character)[0] in "CZM":
        return f"U+{ord(character):04X}"
    return character


def _encode(text: str) -> tuple[Encoding, bytes]:
    """Return the text as two bytes a unit, GSM-7 with the escapes written out."""
    encoding: Encoding = "UCS-2"
    if _IS_GSM.fullmatch(text):
        encoding = "GSM-7"
        for character in GSM_EXTENSION:
            text = text.replace(character, _ESCAPE + character)
    return encoding, text.encode("utf-16-be", "surrogatepass")


def _cuts(encoding: Encoding, units: bytes) -> list[int]:
    """Return the offsets, in units, where parts begin, and the end."""
    end = len(units) // 2
    if end <= SINGLE[encoding]:
        return [0, end] if end else [0]
    size = SEVERAL[encoding]
    cuts = [0]
    while end - cuts[-1] > size:
        cut = cuts[-1] + size
        cuts.append(cut - 1 if _inseparable(encoding, units, cut) else cut)
    return [*cuts, end]


def _inseparable(encoding: Encoding, units: bytes, cut: int) -> bool:
    """Tell whether an escape or a surrogate pair straddles this offset."""
    if encoding == "GSM-7":
        return units[2 * cut - 2 : 2 * cut] == _ESCAPE_UNIT
    return units[2 * cut - 2] & 0xFC == 0xD8 and units[2 * cut] & 0xFC == 0xDC


_SURROGATE = re.compile("[\ud800-\udfff]")

#: What may stand around a text and says nothing.
BLANKS = (
    " \n\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000"
)
_RUN = re.compile("  +")
_AROUND_LINE_END = re.compile(" ?\n ?")
_LINES = re.compile("\n{3,}")
_CONTROLS = dict.fromkeys(chain(range(0x20), range(0x7F, 0xA0))) | {
    ord("\t"): " ",
    **dict.fromkeys(map(ord, "\n\r\v\f\x85"), "\n"),
}

# What each GSM-7 text stands in for. Left out on purpose: whatever would change the
# meaning (the fraction in "1½"), and every letter, though ç or á cost UCS-2.
_TYPOGRAPHY = str.maketrans(
    {
        character: gsm
        for gsm, characters in {
            "'": "\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a\u02bc\u00b4`",
            '"': "\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\u301d\u301e\u301f",
            "-": (
                "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
                "\u2022\u2023\u2043\u2219\u25cf\u25e6\u00b7"
            ),
            "...": "\u2026",
            "..": "\u2025",
            "/": "\u2044\u2215",
            "*": "\u2217",
            "x": "\u00d7",
            "~": "\u223c\u02dc",
            "No.": "\u2116",
            "ff": "\ufb00",
            "fi": "\ufb01",
            "fl": "\ufb02",
            "ffi": "\ufb03",
            "ffl": "\ufb04",
            "st": "\ufb05\ufb06",
            " ": (
                "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
                "\u2008\u2009\u200a\u202f\u205f\u3000"
            ),
            "\n": "\u0085\u2028\u2029",
            # Invisible whatever the language: soft hyphen, zero-width space and
            # no-break space, word joiner.
            "": "\u00ad\u200b\u2060\ufeff",
        }.items()
        for character in characters
    }
)

# ZWNJ, ZWJ, direction marks and isolates, variation selectors.
_JOINERS = dict.fromkeys(
    chain(
        range(0x200C, 0x2010),
        range(0x202A, 0x202F),
        range(0x2066, 0x206A),
        (0x061C,),
        range(0xFE00, 0xFE10),
    )
)
# What texts of Odoo's own, and the French, write for "no."; at the beginning of a word,
# whether joiners are there or not.
_NUMERO = re.compile(f"(?<![\\w{''.join(map(chr, _JOINERS))}])([nN])[°º]")
