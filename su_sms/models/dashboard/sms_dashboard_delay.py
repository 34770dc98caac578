from bisect import bisect_right
from collections import defaultdict

from odoo import api, models

from .sms_dashboard import queued_from
from .sms_dashboard_traffic import SHOWN

# Those that are reported as delivered: only of them it is known how long they took.
ARRIVED = [("accepted_at", "!=", False), ("delivered_at", "!=", False)]
# Below this, one phone that was switched off makes a campaign slow.
ENOUGH = 10


class SmsDashboard(models.AbstractModel):
    """Figures of time: how long messages take from acceptance to delivery.

    That is the networks' time. What a campaign waits for by its pace, its hours or a
    pause was chosen, and makes it no slower.
    """

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.dashboard"

    @api.model
    def _delays(self, domain, since):
        """Return how long half of the messages take at most, by network and gateway.

        :return: {network: figure}, {gateway id: figure}; a figure has ``typical`` too
        """
        spans = self._spans(domain, since, "network", "gateway_id")
        domain = [*domain, *queued_from(since), *ARRIVED]
        by_network, by_gateway = defaultdict(list), defaultdict(list)
        for (network, gateway_id), span in spans.items():
            by_network[network or ""] += span
            by_gateway[gateway_id] += span
        return (
            self._typical(by_network, domain, "network"),
            self._typical(by_gateway, domain, "gateway_id"),
        )

    @api.model
    def _typical(self, spans, domain, name):
        figures = {}
        for key, span in spans.items():
            count, [typical] = _shares(span, [0.5])
            figures[key] = {
                "count": count,
                "domain": [*domain, (name, "=", key or False)],
                "typical": self._duration(typical),
            }
        return figures

    @api.model
    def _slowest(self, domain, since):
        """Return the campaigns of which half of the messages took longest to arrive.

        :param since: when the first of them were queued
        :return: [{"id", "label", "arrived", "typical", "most"}]; ``arrived`` is a
            figure, nine of ten of its messages took no longer than ``most``
        """
        of_campaigns = [*domain, ("campaign_id", "!=", False)]
        domain = [*of_campaigns, *queued_from(since), *ARRIVED]
        spans = {}
        for (campaign_id,), span in self._spans(
            of_campaigns, since, "campaign_id"
        ).items():
            count, (typical, most) = _shares(span, [0.5, 0.9])
            if count >= ENOUGH:
                spans[campaign_id] = typical, most, count
        campaigns = self.env["sms.campaign"].search([("id", "in", list(spans))])
        slowest = campaigns.sorted(lambda c: spans[c.id], reverse=True)[:SHOWN]
        return [
            {
                "id": campaign.id,
                "label": campaign.name,
                "arrived": {
                    "count": count,
                    "domain": [*domain, ("campaign_id", "=", campaign.id)],
                    "label": self.env._("Delivered"),
                },
                "typical": self._duration(typical),
                "most": self._duration(most),
            }
            for campaign in slowest
            for typical, most, count in [spans[campaign.id]]
        ]

    @api.model
    def _spans(self, domain, since, *names):
        """Return how many messages took how long, in groups.

        :param since: when the first of them were queued
        :param names: of the fields that the groups have
        :return: {value of each field: [(seconds, how many)]}
        """
        spans = defaultdict(list)
        for *group, delay, count, _cost, _parts in self.env["sms.tally"]._sums(
            "delay", [*domain, ("at", ">=", since)], *names, "delay"
        ):
            spans[tuple(group)].append((delay, count))
        return spans

    @api.model
    def _duration(self, seconds):
        seconds = max(0, seconds)
        if seconds < 100:
            return self.env._("%s s", round(seconds))
        if seconds < 100 * 60:
            return self.env._("%s min", round(seconds / 60))
        return self.env._("%s h", round(seconds / 3600))


def _shares(span, shares):
    """Return how many there are, and how long these shares of them took at most.

    :param span: [(seconds, how many)], in any order
    :param shares: such as 0.5 for the median, which may be between two of them
    """
    total = sum(count for _seconds, count in span)
    ordered, ends = sorted(span), []
    for _seconds, count in ordered:
        ends.append(count + (ends[-1] if ends else 0))

    def at(place):
        return ordered[bisect_right(ends, place)][0]

    found = []
    for share in shares:
        place, rest = divmod(share * (total - 1), 1)
        below, above = at(place), at(min(place + 1, total - 1))
        found.append(below + rest * (above - below))
    return total, found
