"""What the manifest says otherwise in older series."""

from .rule import SERIES, Rule

RULES = [
    Rule(
        f"the version for {series}",
        "__manifest__.py",
        r'"version": "([\d.]+)"',
        rf'"version": "{series}.\1"',
        (series,),
    )
    for series in SERIES
]
