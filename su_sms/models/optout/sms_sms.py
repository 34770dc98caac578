from odoo import fields, models


class SmsSms(models.Model):
    """The link to opt out; and from a blocked message to the opt-out: a person decides.

    The text has a blank where the link's token is. It is filled in on the wire: who
    reads the text here can't opt anybody out or in.
    """

    # What optout adds to it. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.sms"

    optout_link = fields.Boolean(
        readonly=True, copy=False, help="It ends with a link to opt out."
    )

    _blocked_idx = models.Index("(dispatched_at) WHERE failure_type = 'sms_blocked'")

    def action_sms_opt_out(self):
        """Ask why, and opt the numbers of these messages out."""
        self.check_access("read")
        return self.env["sms.optout.wizard"]._ask("out", self.mapped("number"))
