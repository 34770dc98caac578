"""Main has nothing that Odoo 20 drops, and each row of the list finds something."""

from dev import cache
from dev.checks import future

FOUND = {
    ".py": [
        "from odoo import _",
        "from odoo.osv import expression",
        '@http.route("/a", type="json")',
        "_sql_constraints = []",
        "cost = fields.Float(group_operator='sum')",
        "def name_get(self):",
        "records._filter_access_rules_python('read')",
        "records.check_access_rights('read')",
        "records.read_group([], [], [])",
        "registry = odoo.registry(name)",
        "self._context.get('lang')",
        "self.user_has_groups('base.group_user')",
        "user.groups_id",
        "get_module_resource('su_sms')",
    ],
    ".xml": [
        '<div class="oe_chatter"/>',
        '<field name="groups_id"/>',
        '<field name="a" attrs="{}"/>',
        '<p t-esc="a"/>',
        '<t t-name="kanban-box"/>',
        "<tree/>",
    ],
    ".js": ["/** @odoo-module **/", 'useService("rpc")', '<p t-raw="a"/>'],
}


def test_main_has_none_of_it():
    assert future.places(cache.CHECKOUT / "su_sms") == []


def test_each_row_is_found(tmp_path):
    addon = tmp_path / "su_sms"
    addon.mkdir()
    for kind, lines in FOUND.items():
        (addon / f"a{kind}").write_text("\n".join(lines))
    found = future.places(addon)
    for kind, lines in FOUND.items():
        for number in range(1, len(lines) + 1):
            assert any(each.startswith(f"su_sms/a{kind}:{number}:") for each in found)
    told = {each.rpartition(" (now: ")[2].removesuffix(")") for each in found}
    assert told == {old.instead for old in future.OLD}
