"""Write the addon for an older series."""

import shutil
from collections import Counter
from pathlib import Path

from .. import cache
from ..problem import Problem
from . import javascript, lacking, manifest, python, tests, view_fields, xml
from .rule import OLDEST, Rule

ADDON = "su_sms"
OVERLAY = Path(__file__).parent / "overlay"
RULES = [
    *manifest.RULES,
    *python.RULES,
    *tests.RULES,
    *xml.RULES,
    *javascript.RULES,
]
NOT_COPIED = shutil.ignore_patterns("__pycache__")


def write(series: str, folder: Path, source: Path = cache.CHECKOUT / ADDON) -> None:
    """Write the addon for `series` into `folder`, anew.

    :raises Problem: a rule finds nothing, or a name that the series lacks is left
    """
    addon = folder / ADDON
    if addon.exists() and not (addon / "compat").exists():
        raise Problem(f"{addon} is no port: remove it, or choose another folder")
    shutil.rmtree(addon, ignore_errors=True)
    shutil.copytree(source, addon, ignore=NOT_COPIED)
    rules = [rule for rule in RULES if series in rule.series]
    found = applied(rules, addon)
    unused = [rule.why for rule in rules if not found[rule]]
    if series in OLDEST:
        added = sum(map(view_fields.add, views(addon)))
        unused += [] if added else ["fields that only modifiers use"]
    for name in ("both", series):
        if (OVERLAY / name).exists():
            shutil.copytree(
                OVERLAY / name, addon, ignore=NOT_COPIED, dirs_exist_ok=True
            )
    if unused:
        raise Problem(f"rules that find nothing to do: {'; '.join(unused)}")
    if left := lacking.places(series, addon):
        raise Problem("\n".join([f"{series} has none of:", *left]))


def applied(rules: list[Rule], addon: Path) -> Counter[Rule]:
    """Apply `rules` to the files of `addon`, and return what each has found."""
    found: Counter[Rule] = Counter()
    files = {glob: set(addon.glob(glob)) for glob in {rule.files for rule in rules}}
    for path in set().union(*files.values()):
        before = text = path.read_text()
        for rule in rules:
            if path in files[rule.files]:
                text, count = rule.apply(path.relative_to(addon), text)
                found[rule] += count
        if text != before:
            path.write_text(text)
    return found


def views(addon: Path) -> list[Path]:
    """Return the files that views are in."""
    files = sorted(addon.rglob("*.xml"))
    return [path for path in files if "static" not in path.parts]
