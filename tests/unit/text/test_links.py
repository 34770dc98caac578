"""Where a link in a text begins and ends."""

import time

import pytest

from su_sms.text import links

# text -> the links in it
TEXTS = [
    ("https://x.org/a", ["https://x.org/a"]),
    ("https://x.org/a, then", ["https://x.org/a"]),
    ("https://x.org/a,b", ["https://x.org/a,b"]),
    ("https://x.org/@-1.29,36.82,15z", ["https://x.org/@-1.29,36.82,15z"]),
    ("https://x.org/?a=1,2&b=3.", ["https://x.org/?a=1,2&b=3"]),
    ("https://x.org/?a=1, or call", ["https://x.org/?a=1"]),
    ("Go to https://x.org.", ["https://x.org"]),
    ("Is it https://x.org/a?", ["https://x.org/a"]),
    ("https://x.org/a?!…", ["https://x.org/a"]),
    ("(see https://x.org/a)", ["https://x.org/a"]),
    ("https://x.org/wiki/A_(b)", ["https://x.org/wiki/A_(b)"]),
    ("(https://x.org/wiki/A_(b)).", ["https://x.org/wiki/A_(b)"]),
    ("“https://x.org/a”", ["https://x.org/a"]),
    ("*https://x.org/a*", ["https://x.org/a"]),
    ("<https://x.org/a>", ["https://x.org/a"]),
    ("'https://x.org/a'", ["https://x.org/a"]),
    ("https://x.org/a/", ["https://x.org/a/"]),
    ("https://x.org/a;b=1;", ["https://x.org/a;b=1"]),
    ("https://x.org/#/a:b:", ["https://x.org/#/a:b"]),
    ("https://x.org/a!b", ["https://x.org/a!b"]),
    ("https://x.org/$a*b'c", ["https://x.org/$a*b'c"]),
    ("https://x.org/chuo-kikuu-cha-é،", ["https://x.org/chuo-kikuu-cha-é"]),
    ("https://x.org/a\u200b", ["https://x.org/a"]),
    ("https://x.org/a\nhttps://y.org/b", ["https://x.org/a", "https://y.org/b"]),
    ("https://x.org/a,https://y.org/b", ["https://x.org/a", "https://y.org/b"]),
    ("https://x.org/to/https://y.org/b", ["https://x.org/to/https://y.org/b"]),
    ("HTTPS://X.ORG/A.", ["HTTPS://X.ORG/A"]),
    ("https://x.org/{{ object.ref }}, or", ["https://x.org/{{ object.ref }}"]),
    ("https://x.org/{{ object.ref }}/b.", ["https://x.org/{{ object.ref }}/b"]),
    ("https://x.org/{{{{{{", ["https://x.org/"]),
    ("{{object.link|||https://x.org/a}}", ["https://x.org/a"]),
    ("https:// and http://...", []),
    ("x.org/a, ftp://x.org", []),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_links_of_a_text(text, expected):
    assert [text[start:end] for start, end in links.found(text)] == expected


def test_what_is_around_links_stays():
    text = "(https://x.org/a,b), https://y.org?q=1. End"
    assert links.replaced(text, lambda _link: "L") == "(L), L. End"


@pytest.mark.parametrize(
    "piece", ["https://", "https://x.org/a),", ")", ",https:/", "{{", "{{}}"]
)
def test_twice_the_text_takes_twice_the_time(piece):
    def seconds(times):
        text = "https://x.org/" + piece * times
        best = min(_timed(lambda: list(links.found(text))) for _try in range(3))
        return max(best, 0.01)

    assert seconds(10_000) < 4 * seconds(5_000)


def _timed(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
