"""The links in a text: where each begins and ends, as people who wrote it see them.

A link goes on until a blank. A mark that ends a sentence or closes a bracket belongs
to the text around it if it comes last, and to the link if it stands within: `a,b`.
"""

from __future__ import annotations

import re
import unicodedata

# A placeholder is part of its link, blanks and all. Two links with nothing but a comma
# between them are two.
LINK = re.compile(
    r'https?://(?:\{\{[^{}]{0,200}\}\}|(?![,;|]https?://)[^\s<>"“”«»])+',
    re.IGNORECASE,
)
# Marks that an address may end with, all others of Unicode's are the text's.
IN_ADDRESS = frozenset("/&#%@_-")
BRACKETS = {")": "(", "]": "[", "}": "{"}


def found(text):
    """Return (start, end) of each link in a text."""
    for match in LINK.finditer(text):
        start, end = match.span()
        end = start + _length(match.group())
        if end > start + len("https://"):
            yield start, end


def replaced(text, new):
    """Return a text with ``new(link)`` in place of each link."""
    pieces, done = [], 0
    for start, end in found(text):
        pieces += [text[done:start], new(text[start:end])]
        done = end
    return "".join([*pieces, text[done:]])


def _length(link):
    """Return the length of a link without the marks that follow it."""
    opened = {mark: link.count(mark) for mark in BRACKETS.values()}
    closed = {mark: link.count(mark) for mark in BRACKETS}
    end = len(link)
    while end:
        mark = link[end - 1]
        if mark in BRACKETS:
            if closed[mark] <= opened[BRACKETS[mark]]:
                break
            closed[mark] -= 1
        elif not _is_outside(mark):
            break
        end -= 1
    return end


def _is_outside(mark):
    """Tell whether a mark at the end is of the text: punctuation, or not seen."""
    category = unicodedata.category(mark)
    return mark not in IN_ADDRESS and (category[0] == "P" or category == "Cf")
