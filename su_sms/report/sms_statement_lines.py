"""What a statement is made of: lines of counts, in sections."""

from collections import defaultdict
from dataclasses import dataclass

# Their parts were counted, and never sent.
NOT_LEFT = ("not_sent", "waiting")
# How many lines are kept together: they fit on a first page, below the title.
LINES_TOGETHER = 18


class Line:
    """Counts of messages by result, their parts, and their cost by currency."""

    def __init__(self, label=""):
        self.label = label
        self.results = defaultdict(int)
        self.parts = 0
        self.costs = defaultdict(float)

    @property
    def messages(self):
        return sum(self.results.values())

    def add(self, result, messages, parts, currency, cost):
        self.results[result] += messages
        if result not in NOT_LEFT:
            self.parts += parts
        if cost:
            self.costs[currency] += cost


@dataclass(frozen=True)
class Section:
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
