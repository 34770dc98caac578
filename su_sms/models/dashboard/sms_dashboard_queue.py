from collections import Counter, defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from ...dispatch import lanes


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
        whens = (
            (self.env._("Next in the queue"), due),
            (self.env._("The hourly limit"), [("not_before", ">", now), *held]),
            (self.env._("The next try"), [("not_before", ">", now), *free]),
        )
        shut = {}
        keys = ["gateway_id", "campaign_id", "message_class", "priority"]
        for later, when in whens:
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
                if gateway not in shut:
                    shut[gateway] = self._shut_lanes(gateway.sudo())
                why = shut[gateway].get((message_class, campaign.id or 0))
                reason = self._waits_for(gateway.sudo(), campaign.sudo(), why, later)
                yield reason, priority, domain, count

    @api.model
    def _shut_lanes(self, gateway):
        """Return {(class, campaign id or 0): why it is shut} of a gateway's lanes."""
        now = fields.Datetime.now()
        return {
            (lane.message_class, lane.campaign): lane.reason
            for lane in lanes.lanes(self.env.cr, gateway._settings(), now)
            if lane.room < 1
        }

    @api.model
    def _waits_for(self, gateway, campaign, shut, later):
        """Say what messages wait for, in the order in which they are stopped.

        :param shut: why their lane is shut, if it is
        :param later: what they wait for if nothing stops them
        """
        if campaign.state == "paused":
            return self.env._("A paused campaign")
        if campaign.state == "preparing":
            return self.env._("A campaign's preparation")
        if gateway.hold_reason:
            return self._label(gateway, "hold_reason")
        words = {
            "window": self.env._("The hours for promotional SMS"),
            "balance": self.env._("A higher balance"),
            "pace": self.env._("The pace"),
            "budget": self.env._("A higher budget"),
        }
        if shut in words:
            return words[shut]
        return later

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
