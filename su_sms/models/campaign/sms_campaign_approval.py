from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.context import loud

# More than so many times what was agreed on is no longer the same campaign.
GROWTH = 1.5


class SmsCampaign(models.Model):
    """A second pair of eyes, and what to do if more people are found than were shown.

    What is counted before the launch is what people agree on. An audience may grow
    until it is prepared, so what is about to leave is looked at once more.
    """

    _inherit = "sms.campaign"

    approved_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, tracking=True
    )
    agreed_people_count = fields.Integer(
        "Recipients Agreed On", readonly=True, copy=False
    )
    agreed_part_count = fields.Integer("Parts Agreed On", readonly=True, copy=False)
    prepared_at = fields.Datetime("Prepared", readonly=True, copy=False)
    approval_stamp = fields.Char(
        compute="_compute_approval_stamp",
        help="What is approved: it is another after each launch and each count.",
    )

    @api.depends("launched_at", "people_count", "part_count", "state")
    def _compute_approval_stamp(self):
        for campaign in self:
            facts = campaign.launched_at, campaign.people_count, campaign.part_count
            campaign.approval_stamp = " ".join(map(str, facts))

    def _wants_approval(self):
        """Tell whether a second pair of eyes has to see this campaign."""
        gateway = self.gateway_id.sudo()
        people, amount = gateway.approval_people, gateway.approval_amount
        # While no price is known, nobody knows that it costs less.
        dear = amount and (self.price > amount or not self._highest_price())
        return bool((people and self.people_count > people) or dear)

    def _agree(self):
        """Keep the counts that a person has just agreed on."""
        self.write(
            {
                "agreed_people_count": self.people_count,
                "agreed_part_count": self.part_count,
            }
        )

    def _has_outgrown(self):
        """Tell whether it is far more than was agreed on."""
        pairs = (
            (self.people_count, self.agreed_people_count),
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
            "%(agreed)s recipients were agreed on, %(found)s were found",
            agreed=f"{self.agreed_people_count:,}",
            found=f"{self.people_count:,}",
        )
        if self._wants_approval() and (outgrown or not self.approved_by_id):
            self._stop(text, "approval")
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
            self.env["sms.sms"]._trigger_dispatch()

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

    # ------------------------------------------------------------
    # What a person may do
    # ------------------------------------------------------------

    def action_approve(self):
        """Approve what the button's form has shown, by its stamp in the context."""
        campaign = self._to_approve("approval", "paused")
        seen = self.env.context.get("approval_stamp", campaign.approval_stamp)
        if seen != campaign.approval_stamp:
            raise UserError(
                self.env._(
                    "This campaign was changed after you had opened it. Reload the page"
                    " and look at it again."
                )
            )
        if campaign.state == "paused" and campaign.pause_reason != "approval":
            raise UserError(self.env._("Nobody has to approve this campaign now."))
        if campaign.launched_by_id == self.env.user:
            raise UserError(
                self.env._("Somebody else has to approve what you have launched.")
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
            raise AccessError(self.env._("A manager approves campaigns."))
        return self._locked(*states)
