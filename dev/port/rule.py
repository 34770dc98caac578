"""A rule: what to replace where, for an older series."""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath

SERIES = ("18.0", "17.0")
#: before Odoo 18
OLDEST = ("17.0",)


@dataclass(frozen=True)
class Rule:
    """A replacement in the files of the addon that `files` matches."""

    why: str
    files: str
    pattern: str
    new: str | Callable[[re.Match[str]], str]
    series: tuple[str, ...] = SERIES
    #: what the new text needs: "compat", or "compat:Name"
    needs: str = ""

    def apply(self, path: PurePath, text: str) -> tuple[str, int]:
        """Return the text of the file `path` as it has to be, and how much was found.

        :param path: within the addon
        """
        text, count = re.subn(self.pattern, self.new, text)
        if count and self.needs:
            text = imported(path, text, self.needs)
        return text, count


def imported(path: PurePath, text: str, what: str) -> str:
    """Return a module's text with an import of what is in the addon's root.

    :param what: a package, or a name in it as "package:name"
    """
    dots = "." * len(path.parts)
    package, _, name = what.partition(":")
    line = (
        f"from {dots}{package} import {name}"
        if name
        else f"from {dots} import {package}"
    )
    lines = text.splitlines()
    if line in lines:
        return text
    last = 0
    for node in ast.parse(text).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            last = node.end_lineno or last
        elif last or not isinstance(node, ast.Expr):
            break
    lines.insert(last, line)
    return "\n".join(lines) + "\n"
