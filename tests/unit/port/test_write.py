"""How a rule adds an import, and what a port may not be."""

import pytest

from dev.port import write
from dev.port.rule import Rule
from dev.problem import Problem

from .samples import PATH

MODULE = (
    '"""About."""\n\nfrom odoo import (\n    api,\n    models,\n)\n\nA = models.B()\n'
)
RULE = Rule("b", "**/*.py", r"models\.B", "compat.B", needs="compat")


def test_what_is_needed_is_imported_behind_the_rest():
    text, count = RULE.apply(PATH, MODULE)
    assert count == 1
    assert ")\nfrom ... import compat\n\nA = compat.B()\n" in text


def test_it_is_imported_once():
    text, _count = RULE.apply(PATH, MODULE + "C = models.B()\n")
    text, _count = RULE.apply(PATH, text + "D = models.B()\n")
    assert text.count("import compat") == 1


def test_a_name_is_imported_from_where_the_file_is():
    rule = Rule("b", "**/*.py", r"models\.B", "B", needs="compat:B")
    text, _count = rule.apply(PATH.parent.parent / "a.py", MODULE)
    assert "\nfrom ..compat import B\n" in text


def test_a_file_without_imports_gets_one_at_its_head():
    text, _count = RULE.apply(PATH, "A = models.B()\n")
    assert text == "from ... import compat\nA = compat.B()\n"


@pytest.fixture
def source(tmp_path):
    """Return an addon with a line."""
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "a.py").write_text("zone = self.env.tz\n")
    return folder


def test_a_rule_that_finds_nothing_is_an_error(tmp_path, source, monkeypatch):
    here = Rule("what is here", "*.py", r"self\.env\.tz", "None")
    moved = Rule("what has moved", "*.py", "no such thing", "")
    monkeypatch.setattr(write, "RULES", [here, moved])
    with pytest.raises(Problem, match="find nothing to do: what has moved$"):
        write.write("18.0", tmp_path, source)


def test_a_name_that_the_series_lacks_is_an_error(tmp_path, source, monkeypatch):
    monkeypatch.setattr(write, "RULES", [])
    with pytest.raises(Problem, match=r"a\.py:1: env\.tz"):
        write.write("18.0", tmp_path, source)


def test_only_a_port_is_written_over(tmp_path, source):
    (tmp_path / "su_sms").mkdir()
    with pytest.raises(Problem, match="is no port: remove it"):
        write.write("18.0", tmp_path, source)


def test_a_port_is_written_anew(tmp_path, source, monkeypatch):
    monkeypatch.setattr(write, "RULES", [])
    (source / "a.py").write_text("")
    write.write("18.0", tmp_path, source)
    (tmp_path / "su_sms" / "stale.py").touch()
    write.write("18.0", tmp_path, source)
    assert not (tmp_path / "su_sms" / "stale.py").exists()
    assert (tmp_path / "su_sms" / "compat" / "tables.py").exists()
