from collections import Counter, defaultdict

from odoo import api, fields, models
from odoo.fields import Domain


class SmsDashboard(models.AbstractModel):
    """Figures of the queue: what waits, what for, and how urgent it is."""

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
        """Give what waits: [(what it waits for, priority, domain, count)]."""
        now = fields.Datetime.to_string(fields.Datetime.now())
        due = ["|", ("not_before", "=", False), ("not_before", "<=", now)]
        keys = ["gateway_id", "campaign_id", "message_class", "priority"]
        for later, when in ((False, due), (True, [("not_before", ">", now)])):
            # Ordered by gateways and campaigns, it would join them to every row.
            groups = self.env["sms.sms"]._read_group(
                [*waiting, *when], keys, ["__count"], order="priority DESC"
            )
            for gateway, campaign, message_class, priority, count in groups:
                domain = Domain(when) & Domain(
                    [
                        ("gateway_id", "=", gateway.id),
                        ("campaign_id", "=", campaign.id),
                        ("message_class", "=", message_class),
                    ]
                )
                reason = self._waits_for(
                    gateway.sudo(), campaign.sudo(), message_class, later
                )
                yield reason, priority, domain, count

    @api.model
    def _waits_for(self, gateway, campaign, message_class, later):
        """Say what a group of messages waits for, as the message itself does."""
        if gateway.hold_reason:
            return self._label(gateway, "hold_reason")
        if campaign.state == "paused":
            return self.env._("A paused campaign")
        if message_class == "promotional" and gateway.balance_state == "floor":
            return self.env._("A higher balance")
        if later:
            return self.env._("The next try")
        return self.env._("Its turn")

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
