"""Check how the code is written, and what it needs: by tools, and the XML files."""

import collections
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from .. import cache
from ..environment import Environment, environment
from ..port import write
from ..port.rule import SERIES
from . import future, terms

ADDON = cache.CHECKOUT / "su_sms"
#: check of bandit's that we do without -> why
BANDIT_EXCEPTIONS = {
    "B608": "what is put into SQL are words of ours; pylint-odoo's sql-injection looks"
    " at it with more sense",
}
#: tool -> its arguments to `python -m`
TOOLS = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "pylint-odoo": ["pylint", "su_sms"],
    # only what runs in production; tests have made-up keys
    "bandit": [
        *("bandit", "--quiet", "--recursive", "su_sms", "--exclude", "su_sms/tests"),
        f"--skip={','.join(BANDIT_EXCEPTIONS)}",
    ],
    "advisories": ["dev.checks.advisories"],
    # against GitHub's schema, which comes with the tool
    "workflow": [
        *("check_jsonschema", "--builtin-schema", "vendor.github-workflows"),
        ".github/workflows/ci.yml",
    ],
}


def lint() -> int:
    """Run every check; gives the exit status."""
    env = environment()
    failed = []
    for name, arguments in TOOLS.items():
        print(f"== {name}", flush=True)
        # pylint needs to see Odoo's modules, not to import su_sms from the checkout
        done = subprocess.run(
            [env.python, "-m", *arguments], cwd=cache.CHECKOUT, env=env.env
        )
        if done.returncode:
            failed.append(name)
    print("== XML", flush=True)
    problems = [*malformed(ADDON), *duplicates(ADDON)]
    print("\n".join(problems) or "well-formed, ids unique")
    if problems:
        failed.append("XML")
    print("== what Odoo 20 drops", flush=True)
    problems = future.places(ADDON)
    print("\n".join(problems) or "none of it")
    if problems:
        failed.append("what Odoo 20 drops")
    for series in SERIES:
        print(f"== pylint-odoo for {series}", flush=True)
        if not is_port_sound(env, series):
            failed.append(f"pylint-odoo for {series}")
    print("== translations", flush=True)
    problem = terms.stale(env)
    print(problem or "su_sms.pot is up to date")
    if problem:
        failed.append("translations")
    print(f"\nfailed: {', '.join(failed)}" if failed else "\nall clean")
    return 1 if failed else 0


def is_port_sound(env: Environment, series: str) -> bool:
    """Tell whether pylint-odoo finds nothing in the port for `series`.

    Its tests are main's, and so is what does not depend on the series.
    """
    with tempfile.TemporaryDirectory() as folder:
        write.write(series, Path(folder))
        arguments = [
            *(
                "--rcfile=pyproject.toml",
                "--ignore=tests",
                f"--valid-odoo-versions={series}",
            ),
            "--disable=all",
            "--enable=odoolint",
            # What a series lacks is added to models that we extend elsewhere.
            "--disable=consider-merging-classes-inherited",
            rf"--manifest-version-format={series}\.\d+\.\d+\.\d+$",
            f"{folder}/{write.ADDON}",
        ]
        done = subprocess.run(
            [env.python, "-m", "pylint", *arguments], cwd=cache.CHECKOUT, env=env.env
        )
    return not done.returncode


def malformed(folder: Path) -> list[str]:
    """Return a line for each XML file in `folder` that no parser takes."""
    problems = []
    for path in sorted(folder.rglob("*.xml")):
        try:
            ElementTree.parse(path)
        except ElementTree.ParseError as error:
            problems.append(f"{path.relative_to(cache.CHECKOUT)}: {error}")
    return problems


def duplicates(folder: Path) -> list[str]:
    """Return a line for each record id that two elements of the addon's data share."""
    seen = collections.defaultdict(list)
    for path in sorted(folder.rglob("*.xml")):
        if "static" in path.parts:
            continue
        try:
            tree = ElementTree.parse(path)
        except ElementTree.ParseError:
            continue
        for element in tree.iter():
            if element.tag in ("record", "template", "menuitem") and element.get("id"):
                seen[element.get("id")].append(str(path.relative_to(cache.CHECKOUT)))
    return [
        f"{name} is defined {len(paths)} times: {', '.join(paths)}"
        for name, paths in sorted(seen.items())
        if len(paths) > 1
    ]
