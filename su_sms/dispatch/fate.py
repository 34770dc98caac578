"""What becomes of a message, by what is known after trying.

One table from the connector's outcome to the message's state. Nothing is guessed: an
outcome that is not in the table is "unknown". The whole way is in
docs/architecture.md, "From outcome to state".
"""

from __future__ import annotations

from typing import NamedTuple

from .timing import schedule


class Fate(NamedTuple):
    """Where a message goes: ``state`` and ``failure_type`` are those of ``sms.sms``."""

    state: str
    failure_type: str | None = None


ACCEPTED = Fate("pending")
UNKNOWN = Fate("error", "sms_outcome_unknown")
# The gateway is at fault and waits, and the message with it.
WAITS = Fate("outgoing")
# The provider failed for this one message, which waits by itself.
TRIES_AGAIN = Fate("outgoing")
GIVEN_UP = Fate("error", "sms_server")

# AT's final per-recipient refusals, by the connector's reason.
REFUSED = {
    "number": Fate("error", "sms_number_format"),
    "number_type": Fate("error", "sms_invalid_destination"),
    "opted_out": Fate("error", "sms_blocked"),
    "risk": Fate("error", "sms_rejected"),
    "route": Fate("error", "sms_rejected"),
    "rejected": Fate("error", "sms_rejected"),
    "provider_unknown": Fate("error", "sms_server"),
}


def of(outcome, own_fault, faults, max_faults):
    """Give the fate of a message after ``outcome``.

    :param faults: how often the provider has failed for it alone, this one included;
        tries that a gateway's trouble has cost are none
    :param own_fault: a reason that holds gateways is here only the message's
    """
    if outcome.state == "accepted":
        return ACCEPTED
    if outcome.state == "refused":
        return REFUSED.get(outcome.reason, REFUSED["provider_unknown"])
    if outcome.state == "not_sent":
        if outcome.reason in schedule.GATEWAY_WAITS and not own_fault:
            return WAITS
        return TRIES_AGAIN if faults < max_faults else GIVEN_UP
    return UNKNOWN
