"""What AT posts to us, as typed events.

Posted as ``application/x-www-form-urlencoded``, one event a request, in any order of
fields, unsigned. Unknown fields, statuses and codes are kept as they came and never
an error: AT adds some without notice, and whoever answers anything but 200 gets the
same again for ten minutes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

KINDS = ("delivery", "incoming", "optout", "subscription")

# Ranks of what the network reports about one message. Reports come in any order; a
# higher rank replaces a lower one. "Submitted" and "Buffered" are steps on the way.
# AbsentSubscriber and Expired lack the word "final" in AT's documentation, so that a
# later final report may still replace them; the final ones never change.
ON_THE_WAY, SOFT, FINAL = 3, 4, 5


@dataclass(frozen=True, slots=True)
class Status:
    """Say what a report's status means.

    :param name: as AT spells it
    :param outcome: ``"under_way"``, ``"delivered"`` or ``"failed"``
    :param reason: our word for a failure: ``"rejected"``, ``"not_delivered"``,
        ``"expired"``; ``""`` otherwise
    """

    name: str
    rank: int
    outcome: str
    reason: str = ""


# Source: AT's documentation, "Delivery reports", status.
STATUSES = {
    status.name.lower(): status
    for status in (
        Status("Sent", 1, "under_way"),
        Status("Submitted", 2, "under_way"),
        Status("Buffered", ON_THE_WAY, "under_way"),
        Status("AbsentSubscriber", SOFT, "failed", "not_delivered"),
        Status("Expired", SOFT, "failed", "expired"),
        Status("Rejected", FINAL, "failed", "rejected"),
        Status("Failed", FINAL, "failed", "not_delivered"),
        Status("Success", FINAL, "delivered"),
    )
}

# Failure reasons that say more than "not delivered". Source: as above; AT spells some
# of them in two ways, and one with a slip ("NotNetworkSubcriber").
REASONS = {
    "userinblacklist": "blocked",
    "donotdisturbrejection": "blocked",
    "userdoesnotexist": "invalid_destination",
    "notnetworksubcriber": "invalid_destination",
    "notnetworksubscriber": "invalid_destination",
    "useraccountsuspended": "invalid_destination",
    "userisinactive": "not_delivered",
    "deliveryfailure": "not_delivered",
    "insufficientcredit": "rejected",
    "invalidlinkid": "rejected",
    "usernotsubscribedtoproduct": "rejected",
}

# Source: AT's documentation, "Network codes"; the last one is the sandbox's.
NETWORKS = {
    "63902": "Safaricom",
    "63903": "Airtel Kenya",
    "63907": "Telkom Kenya",
    "63999": "Equitel",
    "62120": "Airtel Nigeria",
    "62130": "MTN Nigeria",
    "62150": "Glo Nigeria",
    "62160": "Etisalat Nigeria",
    "63510": "MTN Rwanda",
    "63513": "Tigo Rwanda",
    "63514": "Airtel Rwanda",
    "63601": "Ethio Telecom",
    "64002": "Tigo Tanzania",
    "64003": "Zantel Tanzania",
    "64004": "Vodacom Tanzania",
    "64005": "Airtel Tanzania",
    "64007": "TTCL Tanzania",
    "64009": "Halotel Tanzania",
    "64101": "Airtel Uganda",
    "64110": "MTN Uganda",
    "64111": "UTL Uganda",
    "64114": "Africell Uganda",
    "64501": "Airtel Zambia",
    "64502": "MTN Zambia",
    "65001": "TNM Malawi",
    "65010": "Airtel Malawi",
    "65501": "Vodacom South Africa",
    "65502": "Telkom South Africa",
    "65507": "Cell C South Africa",
    "65510": "MTN South Africa",
    "62001": "MTN Ghana",
    "62002": "Vodafone Ghana",
    "62006": "AirtelTigo Ghana",
    "99999": "Simulator",
}

# AT posts dates in either form; without a zone they are UTC.
DATE = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class Report:
    """Hold a delivery report.

    :param status: None if AT's word is not known to us; it is in ``word``
    :param failure: our word for why it failed, ``""`` if it did not
    :param reason: AT's own word for it
    """

    message_id: str
    number: str
    status: Status | None
    word: str
    failure: str = ""
    reason: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """Hold a message that a person sent to a short code.

    :param date: when, UTC and naive; None if AT gave none that can be read
    """

    message_id: str
    number: str
    to: str
    text: str
    date: datetime | None = None
    network: str = ""


@dataclass(frozen=True, slots=True)
class OptOut:
    """Hold the wish of a person to get no more from a sender ID."""

    number: str
    sender: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """Hold that a person began or ended a subscription."""

    number: str
    short_code: str
    keyword: str
    update: str


class UnusableEvent(ValueError):
    """A post that lacks what its kind can't do without.

    :param field: its name
    """

    reason: Literal["no_field"] = "no_field"

    def __init__(self, field: str) -> None:
        super().__init__(self.reason)
        self.field = field


def fields(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the fields of a post, by lower-case name; of a repeated one the first."""
    given: dict[str, str] = {}
    for name, value in pairs:
        given.setdefault(name.lower(), value.strip())
    return given


def read_report(post: Mapping[str, str]) -> Report:
    """Read a delivery report.

    :raises UnusableEvent: it does not say which message
    """
    message_id = _needed(post, "id")
    word = post.get("status", "")
    reason = post.get("failurereason", "")
    status = STATUSES.get(word.lower())
    failure = ""
    if status and status.outcome == "failed":
        failure = REASONS.get(reason.lower(), status.reason)
    return Report(
        message_id,
        post.get("phonenumber", ""),
        status,
        word,
        failure,
        reason,
        network(post.get("networkcode", "")),
    )


def read_incoming(post: Mapping[str, str]) -> Incoming:
    """Read a message from a person.

    :raises UnusableEvent: it does not say from whom
    """
    return Incoming(
        post.get("id", ""),
        _needed(post, "from"),
        post.get("to", ""),
        post.get("text", ""),
        date(post.get("date", "")),
        network(post.get("networkcode", "")),
    )


def read_optout(post: Mapping[str, str]) -> OptOut:
    """Read an opt-out.

    :raises UnusableEvent: it does not say whose
    """
    return OptOut(_needed(post, "phonenumber"), post.get("senderid", ""))


def read_subscription(post: Mapping[str, str]) -> Subscription:
    """Read a subscription's begin (``addition``) or end (``deletion``).

    :raises UnusableEvent: it does not say whose
    """
    return Subscription(
        _needed(post, "phonenumber"),
        post.get("shortcode", ""),
        post.get("keyword", ""),
        post.get("updatetype", "").lower(),
    )


def network(code: str) -> str:
    """Return the network's name, or the code itself if it is not known."""
    return NETWORKS.get(code, code)


def date(text: str) -> datetime | None:
    """Read a date in either of AT's forms as UTC, or give None."""
    found = DATE.match(text)
    try:
        return datetime.fromisoformat("T".join(found.groups())) if found else None
    except ValueError:
        return None


def _needed(post: Mapping[str, str], name: str) -> str:
    value = post.get(name, "")
    if not value:
        raise UnusableEvent(name)
    return value
