"""Run Odoo with its tests at install held back until every module is loaded.

Odoo runs them as each module is loaded, also on a database where modules that come
later are installed.  Those have no fields then, but their access rules are in force: a
failure that would say nothing about them, while what they change would not be tested.
Run as `python -m dev.late_tests`, with Odoo's arguments.
"""

import sys

import odoo.cli
from odoo.tests import loader
from odoo.tests.suite import OdooSuite

make_suite = loader.make_suite


def late(module_names: list[str], position: str = "at_install") -> OdooSuite:
    """Give no tests at install, and both kinds after."""
    if position == "at_install":
        return OdooSuite([])
    kinds = ("at_install", "post_install")
    return OdooSuite([one for kind in kinds for one in make_suite(module_names, kind)])


if __name__ == "__main__":
    loader.make_suite = late
    sys.argv[0] = "odoo"
    odoo.cli.main()
