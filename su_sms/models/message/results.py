"""What became of a message: the one table behind every figure, filter and colour.

Each message has one result, by its state, its failure and whether its campaign has left
it out. Who counts in SQL groups by these three and asks ``result_of``; who shows the
messages behind a figure searches the field ``result`` of ``sms.sms``.
"""

from typing import NamedTuple

from odoo.fields import Domain
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

UNKNOWN = "sms_outcome_unknown"


class Result(NamedTuple):
    """One thing that can have become of a message.

    :ivar states: the message's states
    :ivar color: a theme colour of Bootstrap's
    """

    label: object
    states: tuple[str, ...]
    color: str


# In the order in which they are shown.
RESULTS = {
    "delivered": Result(_lt("Delivered"), ("sent",), "success"),
    "unreported": Result(_lt("No Report Yet"), ("pending",), "info"),
    "waiting": Result(_lt("Waiting"), ("outgoing", "process"), "light"),
    "unknown": Result(_lt("Outcome Unknown"), ("error",), "warning"),
    "failed": Result(_lt("Failed"), ("error",), "danger"),
    "not_sent": Result(_lt("Not Sent"), ("canceled",), "secondary"),
}
# What the provider has accepted, whatever was reported since: "Sent".
SENT = ("delivered", "unreported")
# What has left or tried to: the delivery rate is the share of the delivered in it.
TRIED = (*SENT, "unknown", "failed")

_BY_STATE = {state: name for name, each in RESULTS.items() for state in each.states}


def result_of(state, failure_type, left_out):
    """Return what became of a message, a key of RESULTS."""
    if left_out:
        return "not_sent"
    if state == "error" and failure_type == UNKNOWN:
        return "unknown"
    return _BY_STATE[state]


def domain_of(*results):
    """Return the domain of the messages with one of these results."""
    return Domain.OR(_domain(name) for name in results)


def _domain(name):
    found = Domain("state", "in", RESULTS[name].states)
    if name == "not_sent":
        return found | Domain("left_out", "=", True)
    if name in ("unknown", "failed"):
        found &= Domain("failure_type", "=" if name == "unknown" else "!=", UNKNOWN)
    return found & Domain("left_out", "!=", True)


def labels(env):
    """Return {result: its label} in the user's language, in the order of RESULTS."""
    return {name: env._(each.label) for name, each in RESULTS.items()}
