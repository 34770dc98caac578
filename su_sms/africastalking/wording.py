"""Words from the network, made safe to store and to show."""

from __future__ import annotations

import html
import re

TAG = re.compile(r"<[^<>]*>")
SECRETS = (
    # A phone number keeps its last two digits.
    (re.compile(r"\+?\d[\d ().-]{5,}(?=\d\d)"), "…"),
    # An API key: `atsk_…` today, 64 hex digits before; nothing of that length is words.
    (re.compile(r"atsk_\w+|[\w-]{32,}", re.ASCII | re.IGNORECASE), "…"),
)
LIMIT = 120
# Characters of an answer that are looked at: what it says is at its beginning.
READ = 10_000


def clean(text: str) -> str:
    """Return ``text`` without what a database or a terminal would choke on."""
    if text.isprintable():
        return text.strip()
    text = text.encode("utf-8", "replace").decode()
    return "".join(c if c.isprintable() else " " for c in text).strip()


def brief(text: str) -> str:
    """Return the first line of ``text``, short, with numbers and keys masked.

    Of an HTML page it is the title.
    """
    text = text[:READ]
    if text.lstrip().startswith("<"):
        text = html.unescape(TAG.sub(" ", _title(text))).strip()
    text = text.strip().partition("\n")[0]
    text = " ".join(clean(text[: 4 * LIMIT]).split())
    for pattern, mask in SECRETS:
        text = pattern.sub(mask, text)
    return text if len(text) <= LIMIT else text[: LIMIT - 1] + "…"


def _title(page: str) -> str:
    """Return what stands in the first title of an HTML page, or nothing."""
    lower = page.lower()
    begins = lower.find(">", lower.find("<title")) + 1
    ends = lower.find("</title", begins)
    return page[begins:ends] if "<title" in lower and 0 < begins <= ends else ""
