"""What people mean who write back: a no, a yes, or something a person has to look at.

Pure, and linear in the length of what somebody wrote, of which only so much is read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

# Two parts; who writes more does not just say a word.
LONGEST = 320
# So many words are a short text, or one that begins with the word, or has a phrase.
SHORT, BEGINS, PHRASED = 5, 12, 20
# Letters that are not told apart: don't, don’t, dont.
APOSTROPHES = re.compile(r"['’‘ʼ`´]")
WORDS = re.compile(r"[^\W_]+")
# A number behind a word is none of it: STOP20880.
PARTS = re.compile(r"[^\W\d_]+|\d+")
SIGNATURE = re.compile(
    r"\s*(--|—|(sent|gesendet|envoyé) (from|via|with|von|de)\b|get outlook\b"
    r"|((best|kind|warm) )?regards\b|yours\b)",
    re.IGNORECASE,
)


class Word(NamedTuple):
    """What a word does.

    :ivar kind: "stop", "start", or "polite", which changes nothing around another
    :ivar within: whether a short text that has it among others is shown to a person
    :ivar ours: whether it comes with us: nothing that is added takes it away
    """

    kind: str
    within: bool = True
    ours: bool = False


class Meaning(NamedTuple):
    """What a text does: a kind, or whether a person should look at it."""

    kind: str | None = None
    doubtful: bool = False


def plain(text: str) -> str:
    """Return what people mean to be the same words: “ Opt-Out!” is `opt out`.

    Full-width letters are letters, accents and capitals make no difference, and marks
    are blanks.
    """
    return " ".join(_words(text))


def meaning(text: str, words: Mapping[str, Word], keyword: str = "") -> Meaning:
    """Tell what a text means: first by the words that come with us, then by all.

    :param words: by what ``plain`` gives of them
    :param keyword: of ours, on a short code that others share; it may come first
    """
    ours = _meaning(text, {key: w for key, w in words.items() if w.ours}, keyword)
    if ours.kind:
        return ours
    found = _meaning(text, words, keyword)
    if ours.doubtful and found.kind != "stop":
        # What may be a no becomes no yes.
        return ours
    return found


def _meaning(text, words, keyword):
    text = text.strip()
    if len(text) > LONGEST:
        return Meaning()
    kind = _said(_words(text), words) or _kind(_after(keyword, _words(text)), words)
    if kind is None:
        # A word, and below it who sends it.
        first, _end, rest = text.partition("\n")
        if SIGNATURE.match(rest):
            kind = _kind(_after(keyword, _words(first)), words)
    if kind:
        return Meaning(kind)
    return Meaning(doubtful=_is_doubtful(_after(keyword, _words(text)), words))


def cut(text: str, keyword: str) -> str:
    """Return a text without the keyword that it begins with, or as it is.

    A keyword that is all there is stays: somebody wrote it.
    """
    if not keyword:
        return text
    own = re.match(rf"[\W_]*{re.escape(keyword)}(?![^\W_])", text, re.IGNORECASE)
    rest = text[own.end() :].lstrip(" \t\r\n:,.;-") if own else text
    return rest or text


def begins_with(text: str, keyword: str) -> bool:
    """Tell whether a keyword is the first word of a text."""
    return _words(text)[:1] == _words(keyword)[:1] != []


def _words(text):
    text = unicodedata.normalize("NFKD", text[:LONGEST])
    # Marks on letters, and what nobody sees between them.
    text = "".join(
        each
        for each in text
        if not unicodedata.combining(each) and unicodedata.category(each) != "Cf"
    )
    return WORDS.findall(APOSTROPHES.sub("", text).casefold())


def _after(keyword, found):
    if keyword and found[:1] == _words(keyword):
        return found[1:] or found
    return found


def _said(found, words):
    """Return what these words do as a whole, or None: nothing added takes it away."""
    kind = _kind_of(" ".join(found), words)
    return kind if kind != "polite" else None


def _kind(found, words):
    """Return what words do that say nothing else, or None."""
    found = _without_politeness(found, words)
    whole = words.get(" ".join(found))
    kinds = {whole.kind} if whole else {_kind_of(each, words) for each in found}
    [kind] = kinds if len(kinds) == 1 else [None]
    return kind if kind != "polite" else None


def _kind_of(word, words):
    return words[word].kind if word in words else None


def _without_politeness(found, words):
    """Return words without the polite ones at either end."""
    polite = {key for key, word in words.items() if word.kind == "polite"}
    while found and not _said(found, words):
        for count in (3, 2, 1):
            if " ".join(found[:count]) in polite:
                found = found[count:]
                break
            if " ".join(found[-count:]) in polite:
                found = found[:-count]
                break
        else:
            break
    return found


def _is_doubtful(found, words):
    """Tell whether words may be a no: a person looks at them."""
    stops = {key for key, word in words.items() if word.kind == "stop" and word.within}
    found = [part for each in found for part in PARTS.findall(each)]
    if len(found) > PHRASED:
        return False
    text = f" {' '.join(found)} "
    if any(" " in stop and f" {stop} " in text for stop in stops):
        return True
    if found and all(len(each) == 1 for each in found):
        # S T O P
        found = ["".join(found)]
    if len(found) <= SHORT and not stops.isdisjoint(found):
        return True
    first = found[0] if found else ""
    glued = len(found) <= SHORT and any(
        len(stop) > 3 and first.startswith(stop) for stop in stops
    )
    return glued or (len(found) <= BEGINS and first in stops)
