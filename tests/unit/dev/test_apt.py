"""The machine's own package sources are understood in both of their spellings."""

import pytest

from dev.install import apt
from dev.problem import Problem

MIRROR = "http://mirror.example/debian"
FIELDS = {"Types": "deb", "URIs": MIRROR, "Suites": "bookworm", "Components": "main"}


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        (f"deb {MIRROR} bookworm main", FIELDS),
        (
            f"deb {MIRROR} bookworm main contrib # ours",
            FIELDS | {"Components": "main contrib"},
        ),
        (
            f"deb [arch=amd64,arm64 signed-by=/k.gpg] {MIRROR} bookworm main",
            FIELDS | {"Architectures": "amd64 arm64", "Signed-By": "/k.gpg"},
        ),
        (f"deb [ trusted=yes ] {MIRROR} bookworm main", FIELDS | {"Trusted": "yes"}),
        (f"deb-src {MIRROR} bookworm main", {}),
        (f"# deb {MIRROR} bookworm main", {}),
        ("", {}),
    ],
)
def test_a_line_of_a_list(line, fields):
    assert apt.one_line(line) == fields


def test_stanzas_keep_keys_written_inside_and_leave_out_what_is_disabled():
    text = (
        "# the mirror\n"
        f"Types: deb\nURIs: {MIRROR}\nSuites: bookworm bookworm-updates\n"
        "Components: main\nSigned-By:\n -----BEGIN\n .\n -----END\n"
        f"\nTypes: deb\nEnabled: no\nURIs: {MIRROR}\nSuites: sid\nComponents: main\n"
    )
    assert apt.deb822(text) == [
        FIELDS
        | {
            "Suites": "bookworm bookworm-updates",
            "Signed-By": "\n -----BEGIN\n .\n -----END",
        }
    ]


@pytest.fixture
def machine(tmp_path, monkeypatch):
    (tmp_path / "sources.list.d").mkdir()
    monkeypatch.setattr(apt, "SOURCES", tmp_path)
    return tmp_path


def test_the_mirror_is_the_one_of_the_machines_release(machine):
    (machine / "sources.list").write_text(
        f"deb {MIRROR}-security bookworm-security main\ndeb {MIRROR} bookworm main\n"
    )
    assert apt.mirror("bookworm")["URIs"] == MIRROR


def test_the_mirror_may_be_in_a_sources_file(machine):
    (machine / "sources.list.d" / "debian.sources").write_text(
        f"Types: deb\nURIs: {MIRROR}\nSuites: bookworm\nComponents: main\n"
    )
    assert apt.mirror("bookworm")["URIs"] == MIRROR


@pytest.mark.parametrize("name", ["forky", "testing", "unstable", "sid"])
def test_a_release_that_is_not_out_yet_has_several_names(machine, name):
    (machine / "sources.list").write_text(f"deb {MIRROR} {name} main\n")
    assert apt.mirror("forky")["URIs"] == MIRROR


def test_a_machine_without_a_mirror_says_what_to_do(machine):
    with pytest.raises(Problem, match="SU_SMS_ODOO"):
        apt.mirror("bookworm")


def test_nothing_is_installed_by_who_may_not(monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr(apt, "call", lambda *a, **kw: pytest.fail("installs"))
    assert apt.installed("no-such-program", "no-such-package") is None


def test_what_is_there_is_not_installed(monkeypatch):
    monkeypatch.setattr(apt, "call", lambda *a, **kw: pytest.fail("installs"))
    assert apt.installed("sh", "dash")
