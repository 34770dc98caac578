"""Campaigns to look at: one finished, one that runs for a while, and a draft."""

import base64
import csv
import io
from typing import Any

from .rpc import Rpc

#: invented people
FIRST = (
    "Achieng Baraka Chebet Daudi Esther Fatuma Grace Hassan Imani Juma Kamau Lilian"
    " Mwende Njeri Otieno Pendo Rehema Salim Taabu Wanjiku"
).split()
LAST = (
    "Abdi Chepkoech Kamau Kiprono Mutua Mwangi Njoroge Odhiambo Otieno Wekesa".split()
)
#: what files of a registrar's have, and numbers that the simulator refuses or whose
#: reports say failed
DIRTY = (
    ("Admissions office", "020 222 3344"),
    ("Mwangi Kamau", "see father"),
    ("Njeri Abdi", ""),
    ("Otieno Odhiambo", "0712000000"),
    ("Rehema Wekesa", "0700 000 407"),
    ("Salim Mutua", "0700 000 604"),
    ("Taabu Kiprono", "0700 000 601"),
)
GRADUATION = (
    "Dear {{ object.name }}, graduation is on Friday 12 June at 9:00 in the Great"
    " Court. Collect your gown by Thursday: https://example.org/graduation"
)
EXAMS = "End of trimester exams begin on Monday 8 June. The timetable is on the portal."
FEES = (
    "Dear {{ object.name }}, your fee balance is KES {{ object.fee_balance }}. Please"
    " pay by 30 April to sit the exams."
)


def make(odoo: Rpc, gateway: int) -> None:
    """Make the campaigns and launch two of them, unless there are campaigns already."""
    if odoo.call("sms.campaign", "search", [], limit=1):
        return
    campaigns: list[dict[str, Any]] = [
        {
            "name": "Fee balances",
            "body": FEES,
            "message_class": "transactional",
            "audience_ids": [(0, 0, _file("balances.csv", 60))],
        },
        {
            "name": "Graduation: gowns",
            "body": GRADUATION,
            "shorten_links": True,
            "when_shared": "first",
            "audience_ids": [(0, 0, _file("graduands.csv", 140))],
        },
        {
            "name": "Exam timetable",
            "body": EXAMS,
            "message_class": "transactional",
            "pace": 60,
            "audience_ids": [(0, 0, _pasted(900))],
        },
    ]
    _draft, *launched = odoo.call(
        "sms.campaign", "create", [each | {"gateway_id": gateway} for each in campaigns]
    )
    for campaign in launched:
        values = {"campaign_id": campaign}
        question = odoo.call("sms.campaign.launch", "create", [values])
        odoo.call("sms.campaign.launch", "action_launch", question)
    print("Campaigns:  one done, one running, one draft in SMS Marketing")


def _people(count: int) -> list[tuple[str, str]]:
    """Return so many (name, number)."""
    return [
        (
            f"{FIRST[n % len(FIRST)]} {LAST[n // len(FIRST) % len(LAST)]}",
            # two networks
            f"07{12 + n % 2 * 21} 000 {n:03d}",
        )
        for n in range(count)
    ]


def _file(name: str, count: int) -> dict[str, Any]:
    """Return an audience of an uploaded file, dirty as they are."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(("Phone", "Name", "Fee Balance"))
    for n, (person, number) in enumerate((*_people(count), *DIRTY)):
        writer.writerow((number, person, f"{n * 850 % 64_000:,}"))
    content = base64.b64encode(stream.getvalue().encode()).decode()
    return {"kind": "file", "file": content, "file_name": name}


def _pasted(count: int) -> dict[str, Any]:
    """Return an audience of pasted numbers."""
    numbers = "\n".join(number for _name, number in _people(count))
    return {"kind": "numbers", "numbers": numbers}
