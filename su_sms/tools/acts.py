"""What people said about getting SMS, or the network for them, on its way to record."""

from datetime import datetime
from typing import NamedTuple

REASONS = [
    ("own_request", "Own Request"),
    ("stop", "STOP Word"),
    ("start", "START Word"),
    ("web_link", "Web Link"),
    ("provider", "Opted Out at the Provider"),
    ("complaint", "Complaint"),
    ("operator", "Blocked by the Operator"),
    ("unreachable", "Unreachable"),
    ("mistake", "Entered by Mistake"),
    ("sender", "Sender ID Was at Fault"),
    ("expired", "Time to Try Again"),
    ("unstated", "Not Specified"),
]
# Only reasons to write to a number again ...
WELCOMES = ("start", "mistake", "sender", "expired")
# ... of which these, and of the others those, are somebody's yes.
YES = ("own_request", "start", "web_link")
CHANNELS = [
    ("manual", "Manual"),
    ("sms", "SMS"),
    ("web", "Web"),
    ("provider", "Provider"),
    ("report", "Delivery Report"),
    ("import", "Import"),
    ("odoo", "Odoo's Blacklist"),
]
# What whoever enters a word may give; all else only its own event says.
BY_HAND = {
    True: ("own_request", "complaint", "unreachable", "unstated"),
    False: ("own_request", "mistake", "unstated"),
}
# What people do themselves, and nobody for them.
OWN_EVENT = ("stop", "start", "web_link", "provider")
# Channels in which a user acts, and answers for it.
BY_A_USER = ("manual", "import", "odoo")


# Letters to Unicode, and blanks to people: the fillers of Hangul.
FILLERS = "\u115f\u1160\u3164\uffa0"


def says_something(note):
    """Tell whether a note has more than marks, blanks and what can't be seen."""
    shown = (each for each in note or "" if each not in FILLERS)
    return sum(each.isalnum() and each.isprintable() for each in shown) > 2


class Act(NamedTuple):
    """Why and how somebody opted out or in; ids of records, ``date`` in UTC."""

    reason: str = "unstated"
    channel: str = "odoo"
    date: datetime | None = None
    note: str = ""
    evidence: str = ""
    company_id: int | None = None
    gateway_id: int | None = None
    event_id: int | None = None
    incoming_id: int | None = None
    sms_id: int | None = None
    confirmed: bool = False


class Acts:
    """Acts by number, for the context: no request can make one of these.

    :param by_number: {E.164 number: Act}
    :param default: the act of every other number
    """

    def __init__(self, by_number=None, default=None):
        self._by_number = by_number or {}
        self._default = default or Act()

    def of(self, number):
        """Return the act of a number."""
        return self._by_number.get(number, self._default)
