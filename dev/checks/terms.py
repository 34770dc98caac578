"""Write what can be translated into `su_sms.pot`, or tell whether it is stale.

The first half runs on a bare machine; as `python -m dev.checks.terms --database NAME`
the second runs within Odoo, where labels and views are.
"""

import argparse
import io
import re
import subprocess
import sys

from .. import cache, database
from ..environment import Environment, environment
from ..problem import Problem

POT = cache.CHECKOUT / "su_sms" / "i18n" / "su_sms.pot"
#: lines of the head that differ each time
DATES = re.compile(r'^"PO(T-Creation|-Revision)-Date: .*\n', re.MULTILINE)


def terms(*, check: bool) -> int:
    """Write the file; or with `check` only tell whether it is as it would be."""
    env = environment()
    if not check:
        POT.write_text(_exported(env))
        return 0
    problem = stale(env)
    print(problem or f"{POT.name} is up to date")
    return 1 if problem else 0


def stale(env: Environment) -> str:
    """Return what is wrong with the file, or nothing."""
    now, before = (DATES.sub("", text) for text in (_exported(env), POT.read_text()))
    if now == before:
        return ""
    return f"{POT.name} is stale: run `python3 -m dev terms`"


def _exported(env: Environment) -> str:
    source = database.template(env, addon=True)
    with database.temporary(env, "terms", source) as name:
        command = [str(env.python), "-m", "dev.checks.terms", f"--database={name}"]
        done = subprocess.run(
            command, cwd=cache.CHECKOUT, env=env.env, capture_output=True, text=True
        )
    if done.returncode:
        raise Problem(f"the terms can't be exported:\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", required=True)
    name = parser.parse_args().database

    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config
    from odoo.tools.translate import trans_export

    config.parse_config([f"--database={name}"])
    with Registry(name).cursor() as cursor, io.BytesIO() as content:
        context = {"lang": "en_US"}
        odoo_environment = api.Environment(cursor, SUPERUSER_ID, context)
        trans_export(None, [database.ADDON], content, "po", odoo_environment)
        sys.stdout.write(DATES.sub("", content.getvalue().decode()))
    sys.exit()
