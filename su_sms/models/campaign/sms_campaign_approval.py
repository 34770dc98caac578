from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError

# What bounds a campaign: a manager approves it with these.
BOUNDS = ("budget", "pace", "within_window", "not_after")
# What somebody has launched within this time counts as one campaign.
LATELY = timedelta(days=1)
ENDLESS = float("inf")


class SmsCampaignApproval(models.AbstractModel):
    """How far an approval goes: its bounds stay, and what needs none adds up."""

    _name = "sms.campaign.approval"
    _description = "Approval of an SMS Campaign"

    _launched_idx = models.Index(
        "(launched_by_id, launched_at) WHERE launched_at IS NOT NULL"
    )

    def write(self, vals):
        bounds = self._approved_bounds(vals)
        result = super().write(vals)
        self._check_not_looser(bounds)
        return result

    def _approved_bounds(self, vals):
        """Return {campaign: its bounds} of approved ones that a person changes."""
        if self.env.su or not set(BOUNDS) & set(vals):
            return {}
        approved = self.filtered(lambda campaign: campaign.sudo().approved_by_id)
        return {campaign: campaign._bounds() for campaign in approved}

    def _bounds(self):
        """Return how far it may go by each of its bounds: more is looser."""
        return (
            self.budget or ENDLESS,
            self.pace or ENDLESS,
            not self.within_window,
            self.not_after.timestamp() if self.not_after else ENDLESS,
        )

    def _check_not_looser(self, bounds):
        """Let nobody loosen what bounds an approved campaign who couldn't approve it.

        :param bounds: what they were, by ``_approved_bounds``
        :raise AccessError: if its sender, or who is no manager, has loosened one
        """
        manager = self.env.user.has_group("su_sms.group_manager")
        for campaign, before in bounds.items():
            now = campaign._bounds()
            if not any(new > old for new, old in zip(now, before, strict=True)):
                continue
            if not manager or campaign.sudo().launched_by_id == self.env.user:
                raise AccessError(
                    self.env._(
                        "This campaign was approved with its budget, pace and times."
                        " You can reduce them; only another SMS manager can extend"
                        " them."
                    )
                )

    def _adds_up(self, people, amount):
        """Tell whether it is too much together with what its sender launched lately.

        Of what has been approved somebody else has seen how much it is.

        :param people: how many need no approval, or 0 if there is no such limit
        :param amount: what cost needs no approval, or 0
        """
        if not (people or amount):
            return False
        earlier = self._launched_lately()
        all_people = self.recipient_count + sum(earlier.mapped("recipient_count"))
        all_cost = self.price + sum(earlier.mapped("estimate"))
        return bool(
            earlier
            and ((people and all_people > people) or (amount and all_cost > amount))
        )

    def _launched_lately(self):
        """Return what its sender has launched lately besides, unapproved."""
        drafted = self.state == "draft" or not self.launched_by_id
        sender = self.env.user if drafted else self.launched_by_id
        found = self.sudo().search(
            [
                ("id", "!=", self._origin.id),
                ("gateway_id", "=", self.gateway_id._origin.id),
                ("launched_by_id", "=", sender.id),
                ("launched_at", ">", fields.Datetime.now() - LATELY),
                ("approved_by_id", "=", False),
                ("state", "not in", ("draft", "approval")),
            ]
        )
        # Of what was called off, or waits for approval, nothing leaves.
        return found.filtered(
            lambda campaign: (
                campaign.prepared_at
                or not (
                    campaign.state == "cancelled" or campaign.pause_reason == "approval"
                )
            )
        )
