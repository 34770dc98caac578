from odoo import api, models
from odoo.exceptions import UserError

from ..dispatch import blacklist
from ..text import phone


class SmsBlacklist(models.Model):
    """Trials of promotion, of a campaign or a mailing, respect it as well.

    A trial leaves as transactional, at any hour: whoever sends it waits for it. So not
    the gate stops it, but the button.
    """

    _inherit = "sms.blacklist"

    @api.model
    def _check_trial(self, numbers):
        """Refuse to try promotion on others who have opted out of it.

        :param numbers: in E.164, as far as they can be
        :raises UserError: names them, masked
        """
        own = self.env["sms.sms"]._readable(
            self.env.user.partner_id.phone, self.env.company
        )
        self.env["phone.blacklist"].flush_model()
        blocked = blacklist.blocked_among(self.env.cr, set(numbers) - {own})
        if blocked:
            raise UserError(
                self.env._(
                    "Opted out of promotional SMS: %s. Leave them out.",
                    ", ".join(phone.masked(number) for number in sorted(blocked)),
                )
            )
