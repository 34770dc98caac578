"""Links in a text that Odoo is about to make into HTML.

Odoo 19 replaces each link by an element that has the link twice, one after the other:
where one stands in a text again, or within another, it is replaced in what was put in
before, and a text of thirty times the same link becomes gigabytes.
"""

import re
from itertools import permutations

#: odoo.tools.mail.TEXT_URL_REGEX
URL = re.compile(r"https?://[\w@:%.+&~#=/-]+(?:\?\S+)?")
#: links of a text beyond which they are not compared
MANY = 50
# A word joiner, which no one sees and no SMS carries.
_PLAIN, _BROKEN = "://", ":\u2060//"


def unlinked(text: str) -> str:
    """Return a text whose links Odoo sees, or none if they would grow."""
    return text.replace(_PLAIN, _BROKEN) if grow(text) else text


def relinked(text: str) -> str:
    """Return a text as it was before `unlinked`."""
    return text.replace(_BROKEN, _PLAIN)


def grow(text: str) -> bool:
    """Tell whether a link stands in a text again or within another, or of very many."""
    found = URL.findall(text)
    pairs = permutations(found, 2)
    return len(found) > MANY or any(one in other for one, other in pairs)
