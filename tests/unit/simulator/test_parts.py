"""Parts as networks bill them, row by row."""

import pytest

from tests.simulator.account.parts import count


@pytest.mark.parametrize(
    "text, parts",
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        # The 153rd septet can't hold half of the euro: it moves to the next part.
        ("a" * 152 + "€" + "a" * 152, 3),
        ("a" * 151 + "€" + "a" * 153, 2),
        ("漢" * 70, 1),
        ("漢" * 71, 2),
        ("漢" * 134, 2),
        ("漢" * 135, 3),
        ("👋" * 35, 1),
        ("👋" * 36, 2),
        # Nor is a surrogate pair cut: 66 units a part, not 67.
        ("👋" * 67, 3),
        ("Ⅳ" + "a" * 70, 2),
        ("\x00", 1),
    ],
)
def test_parts(text, parts):
    assert count(text) == parts
