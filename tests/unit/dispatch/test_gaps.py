import pytest

from su_sms.dispatch.timing import gaps


@pytest.mark.parametrize(
    ("now", "left", "over"),
    [
        (800.0, gaps.PERIOD - gaps.GAP, gaps.PERIOD),
        (800.0 + gaps.PERIOD - gaps.GAP, 0.0, gaps.GAP),
        (800.0 + gaps.PERIOD - 0.5, 0.0, 0.5),
        (800.0 + 1.5, gaps.PERIOD - gaps.GAP - 1.5, gaps.PERIOD - 1.5),
    ],
)
def test_all_know_by_the_clock_when_a_gap_is(now, left, over):
    assert gaps.left(now) == pytest.approx(left)
    assert gaps.over(now) == pytest.approx(over)


def test_one_does_it_and_is_told_that_another_asked():
    once = gaps.Once()
    assert once.ask("db")
    assert not once.ask("db")
    assert once.ask("other")
    assert "db" in once
    assert once.done("db")
    assert not once.done("other")
    assert "db" not in once
    assert once.ask("db")
