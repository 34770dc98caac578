"""What becomes of a message, by what is known after trying.

One table from the connector's outcome to the message's state. Nothing is guessed: an
outcome that is not in the table is "unknown". The whole way is in
docs/architecture.md, "From outcome to state".
"""

from __future__ import annotations

from typing import NamedTuple

from .timing import schedule


class Transition(NamedTuple):
    """What a message becomes: ``state`` and ``failure_type`` are those of ``sms.sms``.

    :ivar own: the provider failed for this one message, not for the whole gateway
    """

    state: str
    failure_type: str | None = None
    own: bool = False


ACCEPTED = Transition("pending")
UNKNOWN = Transition("error", "sms_outcome_unknown")
# The gateway is at fault and waits, and the message with it.
WAITS = Transition("outgoing")
# The provider failed for this one message, which waits by itself.
TRIES_AGAIN = Transition("outgoing", own=True)
GIVEN_UP = Transition("error", "sms_server", own=True)

# AT's final per-recipient refusals, by the connector's reason.
REFUSED = {
    "number": Transition("error", "sms_number_format"),
    "number_type": Transition("error", "sms_invalid_destination"),
    "opted_out": Transition("error", "sms_blocked"),
    "risk": Transition("error", "sms_rejected"),
    "route": Transition("error", "sms_rejected"),
    "rejected": Transition("error", "sms_rejected"),
    "provider_unknown": Transition("error", "sms_server"),
}


def after(outcome, own_fault, faults, max_faults):
    """Return the transition of a message after ``outcome``.

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
