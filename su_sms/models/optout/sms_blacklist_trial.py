from odoo import api, models
from odoo.exceptions import UserError

from ...dispatch import blacklist
from ...text import phone


class SmsBlacklist(models.Model):
    """Trials of promotion, of a campaign or a mailing, respect it as well.

    A trial leaves as transactional, at any hour: whoever sends it waits for it. So not
    the gate stops it, but the button.
    """

    _inherit = "sms.blacklist"

    @api.model
    def _check_trial(self, numbers):
        """Refuse to try promotion on those who have opted out of it.

        :param numbers: in E.164, as far as they can be
        :raises UserError: names them, masked
        """
        if blocked := self._blocked_of_trial(numbers):
            raise UserError(
                self.env._(
                    "Opted out of promotional SMS: %s. Leave them out.",
                    ", ".join(phone.masked(number) for number in sorted(blocked)),
                )
            )

    @api.model
    def _blocked_of_trial(self, numbers):
        """Give those of these to whom nothing may be tried.

        Whose number it is, is typed into a profile by whoever has the profile. So a no
        that somebody has given a reason for, or has entered for another, stops a trial
        to that number as well; only an entry of one's own, without a reason, does not.
        """
        self.env["phone.blacklist"].flush_model()
        blocked = blacklist.blocked_among(self.env.cr, set(numbers))
        own = self.env["sms.sms"]._readable(
            self.env.user.partner_id.phone, self.env.company
        )
        if own in blocked and self._is_nobodys_no(own):
            blocked -= {own}
        return blocked

    @api.model
    def _is_nobodys_no(self, number):
        """Tell whether nobody but this user ever opted a number out, or said why."""
        if self.env["sms.suppression"].sudo()._blocked({number}):
            return False
        said_no = [
            ("number", "=", number),
            ("kind", "=", "optout"),
            "|",
            ("reason", "!=", "unstated"),
            ("user_id", "!=", self.env.uid),
        ]
        return not self.env["sms.consent"].sudo().search_count(said_no, limit=1)
