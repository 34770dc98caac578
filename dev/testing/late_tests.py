"""Run Odoo with its tests at install held back until every module is loaded.

Odoo runs them as each module is loaded, also on a database where modules that come
later are installed.  Those have no fields then, but their access rules are in force: a
failure that would say nothing about them, while what they change would not be tested.
Before them it makes the bundles of scripts and styles that views name.  That takes half
a minute, and those that only tours name are then made in each test anew: here those are
made, and none that no test opens.
Run as `python -m dev.testing.late_tests`, with Odoo's arguments.
"""

import sys

import odoo.cli
from odoo.addons.base.models import ir_qweb
from odoo.models import BaseModel
from odoo.tests import loader
from odoo.tests.suite import OdooSuite

#: what the tours of Odoo's suites open; a test that needs another makes it
BUNDLES = {
    "web.assets_web",
    "web.assets_frontend",
    "web.assets_frontend_lazy",
    "web.assets_frontend_minimal",
    "web.assets_tests",
    "web.__assets_tests_call__",
    "web.assets_emoji",
    "portal.assets_chatter",
    "portal.assets_chatter_style",
}

make_suite = loader.make_suite
#: as Odoo 19 calls it, or as the older series do
IrQweb = getattr(ir_qweb, "IrQweb", None) or ir_qweb.IrQWeb


def late(module_names: list[str], position: str = "at_install") -> OdooSuite:
    """Return no tests at install, and both kinds after."""
    if position == "at_install":
        return OdooSuite([])
    kinds = ("at_install", "post_install")
    return OdooSuite([one for kind in kinds for one in make_suite(module_names, kind)])


def opened(self: BaseModel) -> tuple[set[str], set[str]]:
    """Return the bundles of scripts and those of styles to make before the tests."""
    return set(BUNDLES), set(BUNDLES)


if __name__ == "__main__":
    loader.make_suite = late
    IrQweb._get_bundles_to_pregenarate = opened
    sys.argv[0] = "odoo"
    odoo.cli.main()
