from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class SmsCampaign(models.Model):
    """Urgent news: a campaign that overtakes all else on its gateway.

    For a fire, not for a reminder: a manager says so, and why.
    """

    _inherit = "sms.campaign"

    urgent = fields.Boolean(readonly=True, copy=False, tracking=True)
    urgent_reason = fields.Char("Urgent Because", readonly=True, copy=False)

    _urgent_is_transactional = models.Constraint(
        "CHECK (urgent IS NOT TRUE OR message_class = 'transactional')",
        "Only a transactional campaign can be urgent.",
    )

    def _hurry(self, reason):
        """Let this campaign go before all else, and keep who says so and why.

        :raises AccessError: the user is no manager
        :raises UserError: it is promotional, or nobody says why
        """
        if not self.env.user.has_group("su_sms.group_manager"):
            raise AccessError(self.env._("A manager says what is urgent."))
        if self.message_class != "transactional":
            raise UserError(
                self.env._(
                    "Promotional campaigns can wait: only what people must know is"
                    " urgent."
                )
            )
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why it is urgent: it stays on record."))
        self.write({"urgent": True, "urgent_reason": reason})
        self.message_post(
            body=self.env._("Launched as urgent: %s", reason),
            subtype_xmlid="mail.mt_note",
            author_id=self.env.user.partner_id.id,
        )

    def _forget_hurry(self):
        self.write({"urgent": False, "urgent_reason": False})
