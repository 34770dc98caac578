"""AT's codes as data: what each one means for a message.

States: ``accepted`` (AT took it), ``not_sent`` (it certainly did not; may be sent
again), ``refused`` (final), ``unknown`` (it may have; never sent again by itself).
"""

from __future__ import annotations

from typing import NamedTuple


class Meaning(NamedTuple):
    """Say what a code means: the message's state and our reason for it."""

    state: str
    reason: str
    name: str


# Source: AT's documentation, "Send bulk", statusCode; recorded answers use the same
# names in `status`, but "Success" for all of 100, 101 and 102.
RECIPIENT = {
    100: Meaning("accepted", "", "Processed"),
    101: Meaning("accepted", "", "Sent"),
    102: Meaning("accepted", "", "Queued"),
    401: Meaning("refused", "risk", "RiskHold"),
    402: Meaning("not_sent", "sender", "InvalidSenderId"),
    403: Meaning("refused", "number", "InvalidPhoneNumber"),
    404: Meaning("refused", "number_type", "UnsupportedNumberType"),
    405: Meaning("not_sent", "credit", "InsufficientBalance"),
    406: Meaning("refused", "opted_out", "UserInBlacklist"),
    407: Meaning("refused", "route", "CouldNotRoute"),
    409: Meaning("not_sent", "window", "DoNotDisturbRejection"),
    500: Meaning("not_sent", "provider", "InternalServerError"),
    501: Meaning("not_sent", "provider", "GatewayError"),
    502: Meaning("refused", "rejected", "RejectedByGateway"),
}
NAMES = {meaning.name.lower(): meaning for meaning in RECIPIENT.values()} | {
    "success": RECIPIENT[100]
}
PROVIDER = Meaning("not_sent", "provider", "")
PROVIDER_UNKNOWN = Meaning("refused", "provider_unknown", "")
UNREADABLE = Meaning("unknown", "unreadable", "")
MISSING = Meaning("unknown", "missing", "")

# An HTTP status without AT's envelope in the body. Only 401 is recorded; the rest is
# the meaning HTTP gives it. 409 is what AT's documentation promises for "do not
# disturb". What is not listed: `http_meaning`.
HTTP = {
    401: Meaning("not_sent", "auth", "Unauthorized"),
    408: Meaning("not_sent", "busy", "Request Timeout"),
    409: Meaning("not_sent", "window", "Conflict"),
    429: Meaning("not_sent", "throttled", "Too Many Requests"),
    503: Meaning("not_sent", "busy", "Service Unavailable"),
}
REQUEST = Meaning("not_sent", "request", "")
HTTP_5XX = Meaning("unknown", "http_5xx", "")

# Reasons after which the same request may be sent again at once, inside the call.
RETRIED = frozenset({"down", "throttled", "busy"})


def http_meaning(status: int) -> Meaning:
    """Return what an HTTP status says when the body says nothing."""
    if status in HTTP:
        return HTTP[status]
    if 200 <= status < 300:
        return UNREADABLE
    return HTTP_5XX if status >= 500 else REQUEST
