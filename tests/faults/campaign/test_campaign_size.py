"""Files of a size that people do upload, by mistake or not.

The long form is for what takes more than some seconds.
"""

import csv
import time
from pathlib import Path

import pytest
import xlsxwriter

from ..system import System, number
from ..workers import OrderFailed, Worker
from .campaigns import assert_once, state

ROWS = 200_000
BODY = "Dear {{ object.name }}, you owe KES {{ object.balance }}."
HEAD = ["Phone", "Name", "Balance"]


def rows(count: int) -> list[list[object]]:
    """Return rows of as many people; from the 100,000th on they come again."""
    return [[number(n % 99_999), f"Student {n}", n] for n in range(count)]


def write_csv(path: Path, count: int) -> None:
    """Write a file of so many rows."""
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([HEAD, *rows(count)])


def write_xlsx(path: Path, count: int) -> None:
    """Write a workbook of so many rows."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet()
    for place, row in enumerate([HEAD, *rows(count)]):
        sheet.write_row(place, 0, row)
    book.close()


WRITE = {"csv": write_csv, "xlsx": write_xlsx}


@pytest.mark.parametrize("kind", WRITE)
def test_a_file_of_many_rows_is_taken_and_counted_by_the_job(
    system: System, worker: Worker, tmp_path: Path, long: bool, kind: str
) -> None:
    count = ROWS if long else ROWS // 20
    path = tmp_path / f"people.{kind}"
    WRITE[kind](path, count)

    found = worker("audience", path=str(path), body=BODY)
    began = time.monotonic()
    worker("work")
    print(f"{kind}, {count} rows: {found}, counted in {time.monotonic() - began:.1f} s")

    [(recipients, left_out, count_state)] = system.sql(
        "SELECT recipient_count, left_out_count, count_state FROM sms_campaign"
    )
    assert count_state == "done"
    assert recipients + left_out == count
    assert recipients == min(count, 99_999)
    # as long as a request may take, and what a worker may grow by
    assert found["seconds"] < (60 if long else 15)
    assert found["mb"] < (400 if long else 150)

    if not long:
        worker.press("sms.campaign", [found["id"]], "_launch")
        worker("work")
        assert state(system, found["id"]) == "sending"
        assert_once(system, range(count))


def test_a_file_that_is_too_large_is_refused_at_once_and_changes_nothing(
    system: System, worker: Worker, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    line = b"+254711000001,Wanjiku,100\n"
    path.write_bytes(line * (100_000_000 // len(line)))
    began = time.monotonic()

    with pytest.raises(OrderFailed, match="UserError: .*MB"):
        worker("audience", path=str(path), body=BODY)

    assert time.monotonic() - began < 10
    assert system.sql("SELECT count(*) FROM sms_campaign") == [(0,)]
    assert system.sql("SELECT count(*) FROM sms_campaign_row") == [(0,)]
