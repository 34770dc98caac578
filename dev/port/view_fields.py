"""Add to views the fields that only their modifiers use: Odoo 17 adds none by itself.

Nor does it count a field that the view has for a group alone. What is written is what
was there, with lines put in.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

#: attributes whose expressions name fields
EXPRESSIONS = re.compile(
    r"(column_)?invisible|readonly|required|domain|context|decoration-\w+"
)
#: names in expressions that are no fields
BUILTINS = {"context", "context_today", "datetime", "id", "parent", "self", "uid"}
#: what may stand in a form and has fields of its own
ROOTS = ("form", "kanban", "list", "tree")
#: kinds of views that need none of this
OTHERS = ("calendar", "graph", "kanban", "pivot", "search")
PLACES = ("after", "before", "inside")


@dataclass
class Element:
    """An element of a file, and where its content begins."""

    tag: str
    attributes: dict[str, str]
    parent: "Element | None"
    inside: int
    children: list["Element"] = field(default_factory=list)
    text: str = ""

    def get(self, name: str) -> str:
        """Return an attribute, or an empty text."""
        return self.attributes.get(name, "")

    def all(self) -> Iterator["Element"]:
        """Return the elements within this one, in their order."""
        for child in self.children:
            yield child
            yield from child.all()

    def is_field(self) -> bool:
        """Tell whether this shows a field, and changes none that is there."""
        return self.tag == "field" and not self.get("position")


def parse(source: bytes) -> Element:
    """Return the root of an XML file."""
    parser = expat.ParserCreate()
    top = open_now = Element("", {}, None, 0)

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal open_now
        at = re.compile(rb"""(?:"[^"]*"|'[^']*'|[^>"'])*>""").match(
            source, parser.CurrentByteIndex
        )
        open_now = Element(tag, attributes, open_now, at.end())
        open_now.parent.children.append(open_now)

    def end(_tag: str) -> None:
        nonlocal open_now
        open_now = open_now.parent

    def data(text: str) -> None:
        open_now.text += text

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    parser.Parse(source, True)
    return top


def add(path: Path) -> int:
    """Add what is missing in the views of a file; return how many fields that were."""
    source = path.read_bytes()
    missing = [
        (place.inside, name, is_list)
        for record in parse(source).all()
        if record.tag == "record" and record.get("model") == "ir.ui.view"
        for place, name, is_list in of_view(record)
    ]
    for at, name, is_list in sorted(missing, reverse=True):
        how = 'column_invisible="True"' if is_list else 'invisible="1"'
        line = f'<field name="{name}" {how}/>'.encode()
        source = source[:at] + line + source[at:]
    if missing:
        path.write_bytes(source)
    return len(missing)


def of_view(record: Element) -> Iterator[tuple[Element, str, bool]]:
    """Return what a view lacks: in which element, the field, and if that is a list."""
    parts = {each.get("name"): each for each in record.children}
    arch, base = parts["arch"], parts.get("inherit_id")
    if arch.children[0].tag in OTHERS or (base and "search" in base.get("ref")):
        return
    used: dict[tuple[int, str], Element] = {}
    shown = set()
    for element in arch.all():
        root, names = _root(element, arch), _names(element)
        if element.is_field() and _is_for_group(element, root):
            # other fields' domains may name it, for everybody
            names.add(element.get("name"))
        elif element.is_field():
            shown.add((id(root), element.get("name")))
        for name in names:
            used.setdefault((id(root), name), root)
    for (key, name), root in used.items():
        if (key, name) in shown or root.tag == "kanban":
            continue
        place = root if root.tag in ROOTS else _place(arch)
        if place:
            is_list = root.tag in ("list", "tree") or bool(
                root is arch and base and re.search("list|tree", base.get("ref"))
            )
            yield place, name, is_list


def _root(element: Element, arch: Element) -> Element:
    """Return whose fields an element's expressions name."""
    found = element
    while found is not arch and (found.tag not in ROOTS or found.get("position")):
        found = found.parent
    return found


def _is_for_group(element: Element, root: Element) -> bool:
    while element is not root:
        if element.get("groups"):
            return True
        element = element.parent
    return False


def _names(element: Element) -> set[str]:
    """Return the fields that an element's expressions use."""
    found = [
        value for key, value in element.attributes.items() if EXPRESSIONS.fullmatch(key)
    ]
    if element.tag == "attribute" and EXPRESSIONS.fullmatch(element.get("name")):
        found.append(element.text)
    names = set()
    for expression in found:
        try:
            tree = ast.parse(expression.strip(), mode="eval")
        except SyntaxError:
            continue
        names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names - BUILTINS


def _place(arch: Element) -> Element | None:
    """Return where an inherited view puts something in."""
    inside = (each for each in arch.all() if each.get("position") in PLACES)
    return next((each for each in inside if each.tag != "attribute"), None)
