"""Campaigns to be disturbed: their people, and what became of them."""

from __future__ import annotations

from typing import Any

from ..system import System, number
from ..workers import ADMIN, Worker

CAMPAIGN = "sms.campaign"
BODY = "Dear {{ object.name }}, the library closes at 17:00."


def make_people(worker: Worker, count: int, first: int = 0) -> tuple[int, list[int]]:
    """Make a mailing list of so many people; return its id and theirs."""
    [mailing_list] = worker.create("mailing.list", [{"name": "Students"}])
    people = worker.create(
        "mailing.contact",
        [
            {
                "name": f"Student {n}",
                "mobile": number(n),
                "list_ids": [[4, mailing_list]],
            }
            for n in range(first, first + count)
        ],
    )
    return mailing_list, people


def of_list(mailing_list: int) -> dict[str, Any]:
    """Return an audience of a mailing list."""
    return {"kind": "list", "list_ids": [[4, mailing_list]]}


def of_numbers(count: int, first: int = 0) -> dict[str, Any]:
    """Return an audience of pasted numbers."""
    lines = (f"{number(n)} W" for n in range(first, first + count))
    return {"kind": "numbers", "numbers": "\n".join(lines)}


def make_campaign(worker: Worker, *audiences: dict[str, Any], **values: Any) -> int:
    """Make a campaign to these audiences, a text for each person; return its id."""
    values = {"name": "Library", "body": BODY, **values}
    values["audience_ids"] = [[0, 0, audience] for audience in audiences]
    [campaign] = worker.create(CAMPAIGN, [values], user=ADMIN)
    return campaign


def launch(worker: Worker, *audiences: dict[str, Any], **values: Any) -> int:
    """Make a campaign that is prepared and about to be sent; return its id."""
    campaign = make_campaign(worker, *audiences, **values)
    worker.press(CAMPAIGN, [campaign], "_launch")
    worker("work")
    return campaign


def state(system: System, campaign: int) -> str:
    """Return a campaign's state."""
    [(found,)] = system.sql("SELECT state FROM sms_campaign WHERE id = %s", [campaign])
    return found


def queued(system: System) -> int:
    """Count the messages there are, whatever became of them."""
    return system.sql("SELECT count(*) FROM sms_sms")[0][0]


def assert_once(system: System, people: range) -> None:
    """Check that each of these has one message that is sent, and nobody else has."""
    rows = system.sql("SELECT number FROM sms_sms WHERE left_out IS NOT TRUE")
    found = sorted(recipient for (recipient,) in rows)
    assert found == [number(n) for n in people]
