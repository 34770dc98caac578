"""What a statement is made of: lines of counts, in sections."""

from collections import defaultdict
from typing import NamedTuple

OUTCOME_OF_STATE = {
    "sent": "delivered",
    "pending": "unreported",
    "error": "failed",
    "canceled": "not_sent",
    "outgoing": "waiting",
    "process": "waiting",
}
# Their parts were counted, and never sent.
NOT_LEFT = ("not_sent", "waiting")
# How many lines are kept together: they fit on a first page, below the title.
LINES_TOGETHER = 18


def outcome_of(state, failure_type, left_out):
    """Return the column of a statement in which a message counts."""
    if left_out:
        return "not_sent"
    if failure_type == "sms_outcome_unknown":
        return "unknown"
    return OUTCOME_OF_STATE[state]


class Line:
    """Counts of messages by outcome, their parts, and their cost by currency."""

    def __init__(self, label=""):
        self.label = label
        self.outcomes = defaultdict(int)
        self.parts = 0
        self.costs = defaultdict(float)

    @property
    def messages(self):
        return sum(self.outcomes.values())

    def add(self, outcome, messages, parts, currency, cost):
        self.outcomes[outcome] += messages
        if outcome not in NOT_LEFT:
            self.parts += parts
        if cost:
            self.costs[currency] += cost


class Section(NamedTuple):
    """A breakdown's lines, the most messages first, and what they come to.

    :ivar note: what a reader has to know about them, or nothing
    """

    label: str
    lines: list[Line]
    total: Line
    note: str = ""

    def blocks(self):
        """Return the lines in lists that are kept together, the total in the last.

        wkhtmltopdf without its own Qt, such as Debian's, cuts rows at the end of a page
        and repeats no heads of tables: so each list is printed as a table of its own.
        """
        starts = range(0, len(self.lines) or 1, LINES_TOGETHER)
        blocks = [self.lines[start : start + LINES_TOGETHER] for start in starts]
        blocks[-1].append(self.total)
        return blocks
