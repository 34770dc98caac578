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
            "retry": [("not_before", ">", now), *free],
        }
        says = {}
        keys = ["gateway_id", "campaign_id", "message_class", "company_id", "priority"]
        for own, when in whens.items():
            # Ordered by gateways and campaigns, it would join them to every row.
            groups = self.env["sms.sms"]._read_group(
                [*waiting, *when], keys, ["__count"], order="priority DESC"
            )
            for gateway, campaign, message_class, company, priority, count in groups:
                domain = Domain(when) & Domain(
                    [
                        ("gateway_id", "=", gateway.id),
                        ("campaign_id", "=", campaign.id),
                        ("message_class", "=", message_class),
                        ("company_id", "=", company.id),
                    ]
                )
                if gateway not in says:
                    says[gateway] = gateway.sudo()._why_they_wait()
                say = says[gateway]
                reason = say(message_class, campaign.sudo(), company.id, own)
                yield reason, priority, domain, count

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
