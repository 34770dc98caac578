from collections import Counter, defaultdict

from odoo import api, fields, models
from odoo.fields import Domain


class SmsDashboard(models.AbstractModel):
    """Figures of the queue: what waits, what for, and how urgent it is."""

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.dashboard"

    @api.model
    def _queue(self, chosen):
        """Count what waits, by what it waits for and by priority.

        :return: a figure, with figures under ``reasons`` and ``priorities``
        """
        messages = self._domain(chosen)
        waiting = [*messages, ("state", "=", "outgoing")]
        reasons, places, priorities = Counter(), defaultdict(list), Counter()
        for reason, priority, domain, count in self._waiting(waiting):
            reasons[reason] += count
            places[reason].append(domain)
            priorities[priority] += count
        figures = [
            {
                "label": reason,
                "count": count,
                "domain": list(Domain(waiting) & Domain.OR(places[reason])),
            }
            for reason, count in reasons.most_common()
        ]
        return {
            "label": self.env._("In the queue"),
            "count": priorities.total(),
            "domain": waiting,
            "reasons": figures,
            "priorities": self._by_priority(priorities, waiting),
        }

    @api.model
    def _waiting(self, waiting):
        """Return what waits: [(what it waits for, priority, domain, count)]."""
        now = fields.Datetime.to_string(fields.Datetime.now())
        due = ["|", ("not_before", "=", False), ("not_before", "<=", now)]
        held = [("held_until", ">", now)]
        free = ["|", ("held_until", "=", False), ("held_until", "<=", now)]
        whens = {
            "next": due,
            "hour_limit": [("not_before", ">", now), *held],
            "next_try": [("not_before", ">", now), *free],
        }
        says = {}
        for own, key, count in self._waiting_by_own(waiting, whens):
            gateway_id, campaign_id, message_class, company_id, priority = key
            domain = Domain(whens[own]) & Domain(
                [
                    ("gateway_id", "=", gateway_id),
                    ("campaign_id", "=", campaign_id),
                    ("message_class", "=", message_class),
                    ("company_id", "=", company_id),
                ]
            )
            if gateway_id not in says:
                gateway = self.env["sms.gateway.config"].sudo().browse(gateway_id)
                says[gateway_id] = gateway._why_they_wait()
            campaign = self.env["sms.campaign"].sudo().browse(campaign_id or ())
            reason = says[gateway_id](message_class, campaign, company_id, own)
            yield reason, priority, domain, count

    @api.model
    def _waiting_by_own(self, waiting, whens):
        """Return what waits: [(what it alone waits for, key, how many)].

        What waits for nothing of its own, which may be a million, is the rest of all.
        """
        keys = ("gateway_id", "campaign_id", "message_class", "company_id", "priority")
        rest = Counter()
        for *key, count, _cost, _parts in self.env["sms.tally"]._sums(
            "state", waiting, *keys
        ):
            rest[tuple(value or False for value in key)] = count
        for own in ("hour_limit", "next_try"):
            # Ordered by gateways and campaigns, it would join them to every row.
            groups = self.env["sms.sms"]._read_group(
                [*waiting, *whens[own]], keys, ["__count"], order="priority DESC"
            )
            for gateway, campaign, message_class, company, priority, count in groups:
                key = (gateway.id, campaign.id, message_class, company.id, priority)
                rest[key] -= count
                yield own, key, count
        for key, count in rest.items():
            if count:
                yield "next", key, count

    @api.model
    def _by_priority(self, counts, waiting):
        words = self.env["sms.sms"]._fields["priority"]._description_selection(self.env)
        return [
            {
                "label": label,
                "count": counts[value],
                "domain": [*waiting, ("priority", "=", value)],
            }
            for value, label in reversed(words)
            if counts[value]
        ]
