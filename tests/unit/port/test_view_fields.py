"""Views for Odoo 17 have the fields that their modifiers use."""

import pytest

from dev.port import view_fields

FORM = '<form>%s<field name="b"/><p invisible="b or not a"/></form>'


def ported(tmp_path, arch, base=""):
    path = tmp_path / "views.xml"
    inherit = f'<field name="inherit_id" ref="{base}"/>' if base else ""
    text = '<odoo><!-- é > --><record id="v" model="ir.ui.view">%s%s</record></odoo>'
    path.write_text(text % (inherit, f'<field name="arch">{arch}</field>'))
    view_fields.add(path)
    return path.read_text().partition('<field name="arch">')[2][
        : -len("</field></record></odoo>")
    ]


CASES = {
    "a form lacks one": (FORM % "", FORM % '<field name="a" invisible="1"/>'),
    "a form has one": (FORM % '<field name="a"/>', FORM % '<field name="a"/>'),
    "one for a group is none for all": (
        FORM % '<field name="a" groups="g"/>',
        FORM % '<field name="a" invisible="1"/><field name="a" groups="g"/>',
    ),
    "nor in a domain of another field": (
        '<form><field name="a" groups="g"/></form>',
        '<form><field name="a" invisible="1"/><field name="a" groups="g"/></form>',
    ),
    "a list hides the column": (
        '<tree limit="8"><field name="b" invisible="a &gt; 1"/></tree>',
        '<tree limit="8"><field name="a" column_invisible="True"/>'
        '<field name="b" invisible="a &gt; 1"/></tree>',
    ),
    "a list in a form has fields of its own": (
        '<form><field name="a"/><field name="x"><tree>'
        '<field name="b" readonly="a"/></tree></field></form>',
        '<form><field name="a"/><field name="x"><tree>'
        '<field name="a" column_invisible="True"/>'
        '<field name="b" readonly="a"/></tree></field></form>',
    ),
    "a list's own colours": (
        '<form><field name="x"><tree decoration-muted="a"><i/></tree></field></form>',
        '<form><field name="x"><tree decoration-muted="a">'
        '<field name="a" column_invisible="True"/><i/></tree></field></form>',
    ),
    "what is no field": (
        "<form><p invisible=\"context.get('a') or not id\"/></form>",
        "<form><p invisible=\"context.get('a') or not id\"/></form>",
    ),
    "a domain names fields": (
        "<form><field name=\"b\" domain=\"[('x', '=', a)]\"/></form>",
        '<form><field name="a" invisible="1"/>'
        "<field name=\"b\" domain=\"[('x', '=', a)]\"/></form>",
    ),
    "a search needs none": (
        '<search><filter invisible="a"/></search>',
        '<search><filter invisible="a"/></search>',
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_added(tmp_path, name):
    before, after = CASES[name]
    assert ported(tmp_path, before) == after


def test_an_inherited_view_gets_it_where_it_puts_something(tmp_path):
    arch = '<p position="after"><b invisible="a"/></p>'
    form = ported(tmp_path, arch, "view_form")
    assert form == arch.replace("<b", '<field name="a" invisible="1"/><b')
    tree = ported(tmp_path, arch, "view_tree")
    assert tree == arch.replace("<b", '<field name="a" column_invisible="True"/><b')
    assert ported(tmp_path, arch, "view_search") == arch


def test_a_changed_modifier_counts(tmp_path):
    arch = (
        '<p position="attributes"><attribute name="invisible">a</attribute></p>'
        '<b position="inside"><i/></b>'
    )
    form = ported(tmp_path, arch, "view_form")
    assert form == arch.replace("<i", '<field name="a" invisible="1"/><i')
