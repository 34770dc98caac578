from odoo import models


class SmsSms(models.Model):
    """From a message that was blocked to the person's opt-out: a person decides."""

    _inherit = "sms.sms"

    _blocked_idx = models.Index("(dispatched_at) WHERE failure_type = 'sms_blocked'")

    def action_sms_opt_out(self):
        """Ask why, and opt the numbers of these messages out."""
        self.check_access("read")
        return self.env["sms.optout.wizard"]._ask("out", self.mapped("number"))
