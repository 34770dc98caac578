from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.context import loud

# What bounds a campaign: a manager approves it with these.
BOUNDS = ("budget", "pace", "within_window", "not_after")
# What somebody has launched within this time counts as one campaign.
LATELY = timedelta(days=1)
ENDLESS = float("inf")
# More than so many times what was agreed on is no longer the same campaign.
GROWTH = 1.5
# What was approved is another campaign if more than such a share of its people, or of
# their texts, are others.
UNSEEN = 0.1


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

    # ------------------------------------------------------------
    # A second pair of eyes
    # ------------------------------------------------------------
    # And what to do if more people are found than were shown. What is counted before
    # the launch is what people agree on. An audience may grow until it is prepared, so
    # what is about to leave is looked at once more.

    @api.depends("launched_at", "recipient_count", "part_count", "state", *BOUNDS)
    def _compute_approval_stamp(self):
        for campaign in self:
            facts = campaign.launched_at, campaign.recipient_count, campaign.part_count
            facts += tuple(campaign[name] for name in BOUNDS)
            campaign.approval_stamp = " ".join(map(str, facts))

    def _wants_approval(self):
        """Tell whether a second pair of eyes has to see this campaign."""
        gateway = self.gateway_id.sudo()
        most, amount = gateway.approval_recipients, gateway.approval_amount
        # While no price is known, nobody knows that it costs less.
        dear = amount and (self.price > amount or not self._highest_price())
        much = bool((most and self.recipient_count > most) or dear)
        return much or self._adds_up(most, amount)

    def _agree(self):
        """Keep the counts that a person has just agreed on."""
        self.audience_ids.write({"unseen_count": 0})
        self.write(
            {
                "agreed_recipient_count": self.recipient_count,
                "agreed_part_count": self.part_count,
            }
        )

    def _has_outgrown(self):
        """Tell whether it is far more than was agreed on."""
        pairs = (
            (self.recipient_count, self.agreed_recipient_count),
            (self.part_count, self.agreed_part_count),
        )
        return any(agreed and found > GROWTH * agreed for found, agreed in pairs)

    def _send_if_agreed(self):
        """Send what is prepared, or wait for a person if it is more than they know of.

        Small growth is what people expect of a list; what needs a manager never leaves
        without one.
        """
        outgrown = self._has_outgrown()
        text = self.env._(
            "%(agreed)s recipients were agreed at launch, but %(found)s were found",
            agreed=f"{self.agreed_recipient_count:,}",
            found=f"{self.recipient_count:,}",
        )
        unseen = self._unseen_text()
        wants = self._wants_approval() and (outgrown or not self.approved_by_id)
        if unseen or wants:
            self._stop(unseen or text, "approval")
            self._ask_for_approval()
        elif outgrown:
            self._stop(text, "grown")
        else:
            self.write(
                {
                    "state": "sending",
                    "prepared_at": fields.Datetime.now(),
                    "text_salt": False,
                }
            )
            self._forget_recipients()
            self.env["sms.sms"]._trigger_dispatch()

    def _count_unseen(self, people):
        """Count who is reached, and was not at the check that was approved.

        Nor was who gets another text: lists and records are changed meanwhile.
        """
        reached = [person for person in people if not person.reason]
        self.env.cr.execute(
            """
            SELECT count(*)
              FROM unnest(%(numbers)s::text[], %(keys)s::text[]) AS v(number, key)
             WHERE NOT EXISTS (SELECT FROM sms_campaign_recipient r
                                WHERE r.campaign_id = %(campaign)s
                                  AND r.reason IS NULL AND r.number = v.number
                                  AND r.text_key = v.key)
            """,
            {
                "campaign": self.id,
                "numbers": [person.number for person in reached],
                "keys": [person.seen_key for person in reached],
            },
        )
        return self.env.cr.fetchone()[0]

    def _unseen_text(self):
        """Tell of those whom nobody has approved, if they are more than a few."""
        unseen = sum(self.audience_ids.mapped("unseen_count"))
        return unseen > UNSEEN * self.recipient_count and self.env._(
            "%s recipients are not those who were approved, or get another text",
            f"{unseen:,}",
        )

    def _ask_for_approval(self):
        managers = self.env.ref("su_sms.group_manager").sudo().all_user_ids
        for user in managers.filtered(
            lambda u: u.active and not u.share and self.company_id in u.company_ids
        ):
            loud(self.sudo()).activity_schedule(
                "su_sms.mail_activity_type_approval", user_id=user.id
            )

    def _forget_approval(self):
        self.sudo().activity_unlink(["su_sms.mail_activity_type_approval"])

    def action_approve(self):
        """Approve what the button's form has shown, by its stamp in the context."""
        campaign = self._to_approve("approval", "paused")
        seen = self.env.context.get("approval_stamp", campaign.approval_stamp)
        if seen != campaign.approval_stamp:
            raise UserError(
                self.env._(
                    "This campaign was changed after you opened it. Reload the page"
                    " and review it."
                )
            )
        if campaign.state == "paused" and campaign.pause_reason != "approval":
            raise UserError(self.env._("This campaign is not waiting for approval."))
        if campaign.launched_by_id == self.env.user:
            raise UserError(
                self.env._(
                    "Someone else must approve a campaign that you have launched."
                )
            )
        campaign.approved_by_id = self.env.user
        campaign._forget_approval()
        campaign._agree()
        if campaign.state == "paused":
            campaign._resume()
        else:
            campaign._go()

    def action_refuse(self):
        campaign = self._to_approve("approval")
        campaign._forget_approval()
        campaign._back_to_draft()

    def _to_approve(self, *states):
        if not self.env.user.has_group("su_sms.group_manager"):
            raise AccessError(self.env._("Only an SMS manager can approve campaigns."))
        return self._locked(*states)
