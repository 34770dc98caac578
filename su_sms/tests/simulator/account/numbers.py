"""Numbers that behave in a known way: every one a valid Kenyan mobile.

The last three digits of ``REFUSED`` are the status code that AT answers for that
recipient. The ``SCRIPTS`` numbers are accepted, and what follows is the reports the
network sends for them, whatever ``report_script`` says for everybody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Status names of the codes: AT's documentation of the send response (409 newer).
STATUS_NAMES = {
    100: "Success",
    101: "Success",
    102: "Success",
    401: "RiskHold",
    402: "InvalidSenderId",
    403: "InvalidPhoneNumber",
    404: "UnsupportedNumberType",
    405: "InsufficientBalance",
    406: "UserInBlacklist",
    407: "CouldNotRoute",
    409: "DoNotDisturbRejection",
    500: "InternalServerError",
    501: "GatewayError",
    502: "RejectedByGateway",
}

REFUSED = {f"+254700000{code}": code for code in STATUS_NAMES if code >= 400}


@dataclass(frozen=True)
class Step:
    """One delivery report of a script.

    ``delay_ms`` counts from the step before; None takes ``report_delay_ms``.
    ``fields`` are added to the report or replace what it would say.
    """

    status: str
    delay_ms: float | None = None
    fields: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, given: Any) -> Step:
        """Read a step from JSON: a status, or an object with ``status`` and fields.

        Raise ValueError when it has no status.
        """
        if isinstance(given, str):
            return cls(given)
        if not isinstance(given, dict) or not isinstance(given.get("status"), str):
            raise ValueError("a report step is a status or an object with a status")
        rest = {k: v for k, v in given.items() if k not in ("status", "delay_ms")}
        delay = given.get("delay_ms")
        return cls(
            given["status"],
            None if delay is None else float(delay),
            {name: str(value) for name, value in rest.items()},
        )

    def to_json(self) -> str | dict[str, Any]:
        """Return the step back in the shape that ``parse`` reads."""
        if self.delay_ms is None and not self.fields:
            return self.status
        delay = {} if self.delay_ms is None else {"delay_ms": self.delay_ms}
        return {"status": self.status, **delay, **self.fields}


UNKNOWN_ID = "ATXid_" + "0" * 32

# Statuses and reasons: AT's documentation of delivery reports.
SCRIPTS: dict[str, tuple[Step, ...]] = {
    "+254700000600": (Step("Sent"), Step("Success")),
    "+254700000601": (Step("Failed", fields={"failureReason": "DeliveryFailure"}),),
    "+254700000602": (Step("Rejected", fields={"failureReason": "UserInBlackList"}),),
    "+254700000603": (Step("AbsentSubscriber"),),
    "+254700000604": (Step("Expired"),),
    "+254700000605": (Step("AbsentSubscriber"), Step("Success")),
    "+254700000606": (Step("Success"), Step("Success")),
    "+254700000607": (Step("Success"), Step("Buffered"), Step("Sent")),
    "+254700000608": (Step("Pondering"),),
    "+254700000609": (),
    "+254700000610": (
        Step("Sent"),
        Step("Submitted"),
        Step("Buffered"),
        Step("Success"),
    ),
    "+254700000611": (Step("Success", fields={"id": UNKNOWN_ID}),),
    "+254700000612": (Step("Failed", fields={"failureReason": "UserDoesNotExist"}),),
}

SANDBOX_NETWORK = "99999"

# Kenya's networks by AT's code (AT's table of network codes) and by the prefixes
# they were given; the first that matches wins, and Safaricom has the rest.
NETWORKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("63903", ("+25473", "+25475", "+254100", "+254101", "+254102")),
    ("63903", tuple(f"+25478{digit}" for digit in "56789")),
    ("63907", ("+25477",)),
    ("63999", ("+254763", "+254764", "+254765", "+254766")),
    ("63902", ("+254",)),
)


def network_code(number: str, profile: str) -> str | None:
    """Return AT's network code for an E.164 number, None where we know of none."""
    if profile == "sandbox":
        return SANDBOX_NETWORK
    for code, prefixes in NETWORKS:
        if number.startswith(prefixes):
            return code
    return None
