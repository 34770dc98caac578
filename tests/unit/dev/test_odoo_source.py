"""A checkout of an older series will do: with what it needs, and a port for it."""

import pytest

from dev import cache, environment
from dev.install.odoo_source import OLDER, checkout
from dev.problem import Problem


@pytest.fixture
def make(tmp_path):
    """Return what makes a checkout of a series."""

    def make(major):
        (tmp_path / "odoo").mkdir()
        release = f"version_info = ({major}, 0, 0, FINAL, 0, '')\n"
        (tmp_path / "odoo" / "release.py").write_text(release)
        (tmp_path / "setup.py").write_text("setup(install_requires=['werkzeug'])\n")
        return tmp_path

    return make


@pytest.mark.parametrize("series", ["19.0", *OLDER])
def test_it_is_of_a_series_for_us(make, series):
    odoo = checkout(make(series.split(".")[0]))
    assert odoo.series == series
    more = OLDER[series][1] if series in OLDER else []
    assert odoo.requirements == sorted(["werkzeug", *more])


def test_an_older_one_says_no_newest_python(make):
    assert checkout(make(17)).newest_python == (3, 12)


def test_any_other_is_refused(make):
    with pytest.raises(Problem, match=r"is Odoo 16\.0: .* 19\.0 or of 18\.0 or 17\.0$"):
        checkout(make(16))


@pytest.mark.parametrize("major", [19, 17])
def test_the_addon_is_of_the_series(make, tmp_path, monkeypatch, major):
    monkeypatch.setattr(cache, "home", lambda: tmp_path)
    monkeypatch.setattr(
        environment.write, "write", lambda series, folder: (folder / series).touch()
    )
    env = environment.Environment(checkout(make(major)), None, None)
    if major == 19:
        assert env.addon == cache.CHECKOUT / "su_sms"
    else:
        assert (env.addon.parent / "17.0").exists()
        assert "without_demo = all" in env.settings.read_text()
