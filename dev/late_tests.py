"""Run Odoo with its tests at install held back until every module is loaded.

Odoo runs them as each module is loaded, also on a database where modules that come
later are installed.  Those have no fields then, but their access rules are in force: a
failure that would say nothing about them, while what they change would not be tested.
Before the others it makes every bundle of scripts and styles that a page may need; of
those that no test here opens, it makes none.
Run as `python -m dev.late_tests`, with Odoo's arguments.
"""

import sys

import odoo.cli
from odoo.addons.base.models.ir_qweb import IrQweb
from odoo.tests import loader
from odoo.tests.suite import OdooSuite

#: of JavaScript's own tests, of other looks; a test that needs one makes it
UNOPENED = ("unit_tests", "qunit", ".tests_assets", "discuss_public", "_dark", "_print")

make_suite = loader.make_suite
get_bundles = IrQweb._get_bundles_to_pregenarate


def late(module_names: list[str], position: str = "at_install") -> OdooSuite:
    """Give no tests at install, and both kinds after."""
    if position == "at_install":
        return OdooSuite([])
    kinds = ("at_install", "post_install")
    return OdooSuite([one for kind in kinds for one in make_suite(module_names, kind)])


def opened(self: IrQweb) -> tuple[set[str], ...]:
    """Give the bundles of scripts and those of styles that a test may open."""
    return tuple(
        {name for name in names if not any(part in name for part in UNOPENED)}
        for names in get_bundles(self)
    )


if __name__ == "__main__":
    loader.make_suite = late
    IrQweb._get_bundles_to_pregenarate = opened
    sys.argv[0] = "odoo"
    odoo.cli.main()
