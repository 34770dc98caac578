"""Odoo's inline placeholders."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from su_sms.text import placeholders
from su_sms.text.placeholders import Part, PlaceholderError

PARSED = [
    ("", ()),
    ("Hello", (Part("Hello"),)),
    ("{{ object.name }}", (Part("", "object.name"),)),
    ("{{object.name}}", (Part("", "object.name"),)),
    (
        "Dear {{ object.name ||| student }}, pay",
        (Part("Dear ", "object.name", "student "), Part(", pay")),
    ),
    ("{{ object.name |||there}}", (Part("", "object.name", "there"),)),
    ("{{ object.name ||| }}", (Part("", "object.name", optional=True),)),
    ("{{ a }}{{ b }}", (Part("", "a"), Part("", "b"))),
    ("{{ a or 'x}' }} b", (Part("", "a or 'x}'"), Part(" b"))),
    ("{{ }}", (Part("", ""),)),
    ("{{}}", (Part("{{}}"),)),
    ("{{ a\n }}", (Part("{{ a\n }}"),)),
    ("{{ a }", (Part("{{ a }"),)),
    ("{{ {{ a }} }}", (Part("", "{{ a"), Part(" }}"))),
    ("{ a }", (Part("{ a }"),)),
]


@pytest.mark.parametrize(("text", "parts"), PARSED)
def test_parts_are_those_of_odoo(text, parts):
    assert placeholders.parse(text) == parts


PLAIN = ["object.name", "object.fee_balance_2", "object.partner_id.country_id.name"]
NOT_PLAIN = [
    "",
    "object",
    "name",
    "user.name",
    "object.",
    "object..name",
    "object.name.",
    "object.name()",
    "object.name or ''",
    "object.name\n",
    "object['name']",
    "object._name",
    "object.__class__",
    "object.env._cr",
    "object.2nd",
    "object.nàme",
    "object .name",
    "objects.name",
    "1 + 1",
]


@pytest.mark.parametrize("expression", PLAIN)
def test_dotted_paths_are_plain(expression):
    assert placeholders.is_plain(expression)


@pytest.mark.parametrize("expression", NOT_PLAIN)
def test_anything_else_is_not(expression):
    assert not placeholders.is_plain(expression)
    with pytest.raises(PlaceholderError) as error:
        placeholders.render([Part("", expression or " ")], lambda path: "x")
    assert error.value.name == (expression or " ")


def test_names_and_other_expressions_come_once_each():
    text = "{{ object.b }} {{ object.a.c ||| x }} {{ object.b }} {{ 1+1 }}{{ 1+1 }}"
    assert placeholders.names(text) == ("b", "a.c")
    assert placeholders.others(text) == ("1+1",)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Amina", "Amina"),
        (None, "you"),
        (False, "you"),
        ("", "you"),
        (0, "0"),
        (0.0, "0"),
        (1200.0, "1200"),
        (-3.0, "-3"),
        (1200.5, "1200.5"),
        (0.1 + 0.2, "0.3"),
        (1e20, "100000000000000000000"),
        (float("inf"), "inf"),
        (True, "True"),
        ("{{ object.name }}", "{{ object.name }}"),
    ],
)
def test_values_are_shown_as_people_write_them(value, shown):
    parts = placeholders.parse("Hi {{ object.name |||you}}!")
    assert placeholders.render(parts, lambda path: value) == f"Hi {shown}!"


def test_an_unknown_name_is_named():
    parts = placeholders.parse("{{ object.name }} {{ object.fee ||| 0 }}")
    with pytest.raises(PlaceholderError) as error:
        placeholders.render(parts, {"name": "Amina"}.__getitem__)
    assert error.value.name == "fee"


@given(st.text(alphabet="{}| abc.object\n", max_size=40))
def test_nothing_of_a_text_is_lost(text):
    parts = placeholders.parse(text)
    assert all(part.literal in text for part in parts)
    filled = [Part(part.literal) for part in parts]
    assert len(placeholders.render(filled, {}.__getitem__)) <= len(text)
    if not any(part.expression for part in parts) and "{{" not in text:
        assert placeholders.render(parts, {}.__getitem__) == text


@given(st.text(alphabet="abc {}|", max_size=20))
def test_values_are_never_read_as_templates(value):
    parts = placeholders.parse("<{{ object.name }}>")
    assert placeholders.render(parts, lambda path: value) == f"<{value}>"


#: what Odoo 19 takes for a placeholder: odoo.tools.rendering_tools
ODOO = re.compile(r"\{\{(.+?)(\|\|\|\s*(.*?))?\}\}")


@given(st.text(alphabet="{}|a \n", max_size=40))
def test_any_text_has_the_placeholders_that_odoo_finds(text):
    expected = [(m[1].strip(), m[3] or "") for m in ODOO.finditer(text)]
    parts = placeholders.parse(text)
    found = [(part.expression, part.default) for part in parts]
    if parts and not ODOO.fullmatch(text[-1:]) and len(found) > len(expected):
        assert found.pop() == ("", "")
    assert found == expected


def test_a_text_ends_as_soon_as_it_is_too_long():
    looked_up = []

    def lookup(path):
        looked_up.append(path)
        return "x" * 2_000

    text = "{{ object.a }}" * 1_000
    with pytest.raises(placeholders.TooLongError):
        placeholders.render(placeholders.parse(text), lookup)
    assert len(looked_up) == 3


def test_others_are_left_to_whoever_can():
    parts = placeholders.parse("{{ object.a }} {{ object.b or 1 |||none }}.")
    text = placeholders.render(parts, lambda path: "A", other=placeholders.source)
    assert text == "A {{object.b or 1 |||none }}."


NOTHING = ["", " ", "-", " — ", "--", ".", "N/A", "n/a", "#N/A", "NULL", "nan", "None"]
SOMETHING = ["0", "0.00", "A-", "-5", "nil", "No", "Nan Okoth", "✓", "€", "Ámina", "NA"]


@pytest.mark.parametrize("value", NOTHING)
def test_where_no_value_stands_is_told(value):
    parts = placeholders.parse(
        "{{ object.a }} {{ object.b ||| x }}{{ object.c ||| }}{{ object.a }}"
    )
    missing = []
    text = placeholders.render(parts, lambda path: value, missing)
    assert missing == ["object.a", "object.a"]
    assert "x" in text


@pytest.mark.parametrize("value", SOMETHING)
def test_a_value_is_not_taken_for_none(value):
    parts, missing = placeholders.parse("KES {{ object.a }}."), []
    text = placeholders.render(parts, lambda path: value, missing)
    assert (text, missing) == (f"KES {value}.", [])


@pytest.mark.parametrize(
    ("expression", "filled", "missing"),
    [
        ('object.a or "nothing"', "nothing", []),
        ("object.a  or 'nothing'", "nothing", []),
        ("object.a or ''", "", []),
        ("object.a", "", ["object.a"]),
    ],
)
def test_an_alternative_in_code_is_a_default(expression, filled, missing):
    found = []
    parts = placeholders.with_defaults(placeholders.parse(f"{{{{ {expression} }}}}"))
    assert placeholders.render(parts, {"a": ""}.__getitem__, found) == filled
    assert found == missing


@given(st.text(alphabet="{}|a \n", max_size=40))
def test_a_placeholder_on_its_own_reads_as_in_its_text(text):
    for part in placeholders.parse(text):
        if part.expression:
            assert placeholders.parse(placeholders.source(part)) == (
                Part("", part.expression, part.default),
            )


@pytest.mark.parametrize(
    ("text", "slow"),
    [
        ("Dear {{ object.name ||| student }}, " * 100, False),
        ("Dear {{ object.name ||| student }} {{ and so on", False),
        ("{{a|||" * 50 + " " * 4_690, True),
        (("{{a|||" + " " * 94) * 50, True),
        ("{{" * 2_000, True),
        ("{{|||" + "\n" * 4_900, True),
        ("|||" * 2_000, False),
    ],
)
def test_slow_is_what_takes_odoo_long(text, slow):
    assert placeholders.is_slow(text) == slow
