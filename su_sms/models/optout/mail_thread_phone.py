from odoo import models
from odoo.exceptions import AccessError, UserError


class MailThreadPhone(models.AbstractModel):
    """Opt the person behind a record out or in, saying why: contacts and the like."""

    _inherit = "mail.thread.phone"

    def action_sms_opt_out(self):
        """Ask why, and opt the numbers of these records out."""
        return self._ask_sms_optout("out")

    def action_sms_opt_in(self):
        """Ask on whose word, and let these numbers be written to again."""
        return self._ask_sms_optout("in")

    def phone_action_blacklist_remove(self):
        """Ask on whose word, as Odoo's own dialog does not."""
        if not self.env["sms.blacklist"].has_access("write"):
            raise AccessError(
                self.env._("Only an SMS manager can opt a number back in.")
            )
        return self.action_sms_opt_in()

    def _ask_sms_optout(self, choice):
        self.check_access("read")
        numbers = self.filtered("phone_sanitized").mapped("phone_sanitized")
        if not numbers:
            raise UserError(
                self.env._("There is no phone number. Enter one that is valid first.")
            )
        return self.env["sms.optout.wizard"]._ask(choice, numbers)
