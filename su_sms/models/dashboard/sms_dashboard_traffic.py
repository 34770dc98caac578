from collections import defaultdict
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ..message.results import RESULTS, TRIED, labels, result_of
from .sms_dashboard import DAYS, queued_before, queued_from

# How many campaigns and reasons of failure are shown.
SHOWN = 5
# How long the networks take is told from the last days only: it is about now.
RECENT_DAYS = 7


class Cell(NamedTuple):
    """Messages that are alike in all that the figures tell apart.

    :ivar day: the place of its day among those asked for
    """

    day: int
    state: str
    failure_type: str | None
    left_out: bool
    network: str
    campaign_id: int | None
    currency_id: int | None
    messages: int
    cost: float
    parts: int

    @property
    def result(self):
        """Return what became of them, a key of RESULTS."""
        return result_of(self.state, self.failure_type, self.left_out)


class SmsDashboard(models.AbstractModel):
    """Figures of messages by day, result, network and campaign.

    What counts messages gives cells; the figures are sums of these.
    """

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.dashboard"

    @api.model
    def _traffic(self, chosen, days):
        """Return the figures of the last thirty days and of this month."""
        domain = self._domain(chosen)
        cells = self._cells(domain, days)
        first = len(days) - 1 - DAYS
        recent = [cell for cell in cells if cell.day >= first]
        since = [*domain, *queued_from(days[first])]
        by_network, by_gateway = self._delays(domain, days[-1 - RECENT_DAYS])
        return {
            "results": self._results(),
            "periods": self._periods(cells, days, domain),
            "chart": self._chart(recent, days, domain),
            "networks": self._networks(recent, since, by_network),
            "delays": by_gateway,
            "campaigns": self._campaigns(recent, since),
            "slowest": self._slowest(domain, days[first]),
            "failures": self._failures(recent, since),
            "unknown": self._figure(recent, since, "unknown"),
            "no_reports": bool(recent)
            and not any(cell.state == "sent" or cell.network for cell in recent)
            and any(cell.state == "pending" for cell in recent),
        }

    @api.model
    def _results(self):
        return [
            {
                "key": key,
                "label": label,
                "color": RESULTS[key].color,
                "domain": [("result", "=", key)],
            }
            for key, label in labels(self.env).items()
        ]

    @api.model
    def _figure(self, cells, domain, *results, **more):
        """Return the count of messages with these results, with the domain of them."""
        return {
            "count": sum(cell.messages for cell in cells if cell.result in results),
            "domain": [*domain, ("result", "in", list(results))],
            **more,
        }

    @api.model
    def _rates(self, cells, domain):
        """Return what was tried and what of it was delivered and failed."""
        figures = {
            "tried": (self.env._("Messages"), TRIED),
            "delivered": (self.env._("Delivered"), ("delivered",)),
            "failed": (self.env._("Failed"), ("failed",)),
        }
        return {
            key: self._figure(cells, domain, *results, label=label)
            for key, (label, results) in figures.items()
        }

    @api.model
    def _periods(self, cells, days, domain):
        last = len(days) - 2
        month = last + 1 - self._date(days[last]).day
        labels = {
            "today": (self.env._("Today"), last),
            "month": (self.env._("This Month"), month),
        }
        periods = []
        for key, (label, first) in labels.items():
            some = [cell for cell in cells if cell.day >= first]
            since = [*domain, *queued_from(days[first])]
            periods.append(
                {
                    "key": key,
                    "label": label,
                    "count": sum(cell.messages for cell in some),
                    "parts": sum(cell.parts for cell in some),
                    "domain": since,
                    "results": [self._figure(some, since, each) for each in RESULTS],
                    "costs": self._costs(some, since),
                    **self._rates(some, since),
                }
            )
        return periods

    @api.model
    def _costs(self, cells, domain):
        """Return what messages have cost, each currency by itself."""
        costs, counts = defaultdict(float), defaultdict(int)
        for cell in cells:
            if cell.currency_id:
                costs[cell.currency_id] += cell.cost
                counts[cell.currency_id] += cell.messages
        currencies = self.env["res.currency"].browse(costs)
        return [
            {
                "amount": costs[currency.id],
                "text": self._amount(costs[currency.id], currency),
                "count": counts[currency.id],
                "domain": [*domain, ("currency_id", "=", currency.id)],
            }
            for currency in currencies
        ]

    @api.model
    def _chart(self, cells, days, domain):
        """Return the messages of each of the last thirty days by result."""
        first = len(days) - 1 - DAYS
        counts = {result: [0] * DAYS for result in RESULTS}
        for cell in cells:
            counts[cell.result][cell.day - first] += cell.messages
        spans = zip(days[first:], days[first + 1 :], strict=False)
        return {
            "days": [
                {
                    "date": fields.Date.to_string(self._date(begins)),
                    "domain": [*domain, *queued_from(begins), *queued_before(ends)],
                }
                for begins, ends in spans
            ],
            "counts": counts,
        }

    @api.model
    def _networks(self, cells, domain, delays):
        """Return the rates of each network, the busiest first, the unknown last."""
        networks = []
        grouped = _grouped(cells, "network")
        for network, some in sorted(grouped.items(), key=_busiest, reverse=True):
            mine = [*domain, ("network", "=", network or False)]
            label = network or self.env._("Not known yet")
            rates = self._rates(some, mine)
            if rates["tried"]["count"]:
                delay = delays.get(network)
                networks.append({"label": label, "delay": delay, **rates})
        return networks

    @api.model
    def _campaigns(self, cells, domain):
        """Return the campaigns of which the greatest share fails."""
        grouped = _grouped(cells, "campaign_id")
        campaigns = self.env["sms.campaign"].search([("id", "in", list(grouped))])
        rows = []
        for campaign in campaigns:
            mine = [*domain, ("campaign_id", "=", campaign.id)]
            rates = self._rates(grouped[campaign.id], mine)
            if rates["failed"]["count"]:
                rows.append({"id": campaign.id, "label": campaign.name, **rates})
        rows.sort(key=lambda row: -row["failed"]["count"] / row["tried"]["count"])
        return rows[:SHOWN]

    @api.model
    def _failures(self, cells, domain):
        """Return the most frequent reasons of failure."""
        words = self.env["sms.sms"]._fields["failure_type"]
        labels = dict(words._description_selection(self.env))
        failed = [cell for cell in cells if cell.result == "failed"]
        rows = [
            self._figure(
                some,
                [*domain, ("failure_type", "=", reason or False)],
                "failed",
                label=labels.get(reason) or self.env._("Unknown reason"),
            )
            for reason, some in _grouped(failed, "failure_type").items()
        ]
        return sorted(rows, key=lambda row: -row["count"])[:SHOWN]

    # ------------------------------------------------------------
    # The counting
    # ------------------------------------------------------------

    @api.model
    def _cells(self, domain, days):
        """Count the messages of these days, one statement for all figures.

        :param days: as ``_days`` gives them
        """
        between = [("at", ">=", days[0]), ("at", "<", days[-1])]
        day = SQL("width_bucket(sms_tally.at, %s::timestamp[]) - 1", days)
        rows = self.env["sms.tally"]._sums(
            "state",
            [*domain, *between],
            day,
            *("state", "failure_type", "left_out"),
            SQL("coalesce(sms_tally.network, '')"),
            *("campaign_id", "currency_id"),
        )
        return [Cell(*row) for row in rows]


def _grouped(cells, name):
    """Return {value of the cells' field: [cells]}."""
    grouped = defaultdict(list)
    for cell in cells:
        grouped[getattr(cell, name)].append(cell)
    return grouped


def _busiest(item):
    network, cells = item
    return bool(network), sum(cell.messages for cell in cells)
