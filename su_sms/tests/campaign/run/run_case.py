"""What tests of running campaigns start from."""

from datetime import datetime

from ....tools import transactions
from ...campaign_case import CampaignCase

NOON = datetime(2026, 3, 2, 9)  # in Nairobi
NIGHT = datetime(2026, 3, 2, 19)


class RunCase(CampaignCase):
    """Campaigns to numbers, run at a given time."""

    def many(self, count, **values):
        text = "\n".join(f"+2547120{n:05d}" for n in range(count))
        return self.campaign(self.numbers(text), **values)

    def at(self, moment):
        """Let it be this time for what decides when a message may go."""
        self.patch(transactions, "_now", lambda: moment)
