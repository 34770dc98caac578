import time

from odoo import api, fields, models
from odoo.exceptions import UserError

# Browsers ask again no more often than this.
TELL_SECONDS = 1.0
# By database, when they were told last.
_last_told = {}


class SmsSms(models.Model):
    """Messages of campaigns: one for each person, those who were left out included."""

    # What campaign adds to it. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.sms"

    campaign_id = fields.Many2one(
        "sms.campaign", readonly=True, copy=False, ondelete="restrict"
    )
    recipient = fields.Char(
        readonly=True, help="The name that the audience had for this number."
    )
    res_model = fields.Char("Record's Model", readonly=True)
    res_id = fields.Many2oneReference("Source", model_field="res_model", readonly=True)
    line = fields.Integer(
        "Line in the File",
        readonly=True,
        copy=False,
        help="Of the file, or of the pasted numbers.",
    )
    # Of a campaign that sends each row, what tells the texts of a number apart.
    text_key = fields.Char(readonly=True, copy=False, groups=".")
    sender_id = fields.Char(readonly=True, help="The sender ID that the recipient saw.")

    # Each number once, or each of its texts: whatever prepares it, and however often.
    _campaign_once = models.UniqueIndex(
        "(campaign_id, number, (COALESCE(text_key, '')))"
        " WHERE campaign_id IS NOT NULL AND left_out IS NOT TRUE",
        "This number is already in the campaign.",
    )
    _campaign_idx = models.Index(
        "(campaign_id, state, failure_type) WHERE campaign_id IS NOT NULL"
    )
    # By which network each of a campaign's people was reached last.
    _network_idx = models.Index("(gateway_id, number, id) WHERE network IS NOT NULL")

    def _check_can_leave_again(self):
        result = super()._check_can_leave_again()
        if any(sms.left_out for sms in self):
            raise UserError(
                self.env._(
                    "The campaign left this recipient out: there is nothing to resend."
                )
            )
        if "cancelled" in self.campaign_id.mapped("state"):
            raise UserError(
                self.env._(
                    "The campaign is cancelled: none of its messages will be sent."
                )
            )
        return result

    def _queue_again(self):
        result = super()._queue_again()
        # Messages of a campaign leave only while it sends.
        self.campaign_id._reopen()
        return result

    # ------------------------------------------------------------
    # Campaigns follow what the outbox does
    # ------------------------------------------------------------

    @api.model
    def _report_progress(self, done, remaining=0):
        """Let open browsers follow, and campaigns end while others go on."""
        result = super()._report_progress(done, remaining)
        database, now = self.env.cr.dbname, time.monotonic()
        if done and now - _last_told.get(database, 0) >= TELL_SECONDS:
            _last_told[database] = now
            self.env["sms.campaign"]._tell_progress()
            self.env["sms.campaign"]._wake_if_due(budgets=False)
        return result

    @api.model
    def _run_outbox(self, *args, **kwargs):
        total = super()._run_outbox(*args, **kwargs)
        if total:
            self.env["sms.campaign"]._tell_progress()
        self.env["sms.campaign"]._wake_if_due()
        return total
