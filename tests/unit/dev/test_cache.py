"""What is made once is whole, or is made again."""

import pytest

from dev import cache


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return cache.home()


def test_a_thing_is_made_once(home):
    times = []
    for _ in range(2):
        cache.made(home / "venv" / "one", times.append)
    assert times == [home / "venv" / "one"]


def test_what_was_interrupted_is_made_again_from_nothing(home):
    folder = home / "venv" / "one"

    def half(path):
        (path / "half").touch()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.made(folder, half)
    seen = []
    cache.made(folder, lambda path: seen.extend(path.iterdir()))
    assert seen == []
    assert (folder / cache.COMPLETE).exists()


def test_a_lock_is_given_back_after_a_failure():
    with pytest.raises(ZeroDivisionError), cache.lock("thing"):
        raise ZeroDivisionError
    with cache.lock("thing"):
        assert len(cache.held) == 1
    assert not cache.held


def test_the_key_of_a_folder_is_that_of_its_content(tmp_path):
    folder = tmp_path / "addon"
    (folder / "__pycache__").mkdir(parents=True)
    (folder / "a.py").write_text("a")
    before = cache.folder_key(folder)
    (folder / "__pycache__" / "a.pyc").write_text("anything")
    assert cache.folder_key(folder) == before
    (folder / "a.py").rename(folder / "b.py")
    assert cache.folder_key(folder) != before
