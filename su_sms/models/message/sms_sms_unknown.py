import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


class SmsSms(models.Model):
    """Messages whose outcome is unknown: a person resends or settles them.

    They left, and no answer came back: sending them again by ourselves might deliver
    them twice. What a person decides is on record with who and when.
    """

    _inherit = "sms.sms"

    settlement = fields.Selection(
        [
            ("resent", "Sent again"),
            ("sent", "Settled as sent"),
            ("failed", "Settled as failed"),
            ("queued", "Queued again"),
            ("cancelled", "Cancelled"),
            ("marked", "Marked as failed"),
        ],
        "Handled",
        readonly=True,
        copy=False,
    )
    settled_by_id = fields.Many2one(
        "res.users", "Handled by", readonly=True, copy=False
    )
    settled_at = fields.Datetime("Handled On", readonly=True, copy=False)

    def _outcome_is_unknown(self):
        self.ensure_one()
        return self.state == "error" and self.failure_type == "sms_outcome_unknown"

    def action_resend_unknown(self):
        """Send again what may have been delivered, because a person says so."""
        unknown = self._unknown_to_settle("resent")
        unknown._queue_again()
        return unknown._told(self.env._("%s messages are queued again."))

    def action_settle_sent(self):
        """Take these as sent: somebody has found out that they were."""
        unknown = self._unknown_to_settle("sent")
        unknown._settle("pending", False)
        return unknown._told(self.env._("%s messages are settled as sent."))

    def action_settle_failed(self):
        """Take these as never sent; they may then be retried like any other."""
        unknown = self._unknown_to_settle("failed")
        unknown._settle("error", "sms_not_delivered")
        return unknown._told(self.env._("%s messages are settled as failed."))

    def _unknown_to_settle(self, settlement):
        """Give those of these that are unknown, with who settles them how."""
        messages = self._to_handle()
        messages.lock_for_update(allow_referencing=True)
        messages.invalidate_recordset(["state", "failure_type"])
        unknown = messages.filtered(lambda sms: sms._outcome_is_unknown())
        if not unknown:
            raise UserError(
                self.env._("The outcome of these messages is known: nothing to settle.")
            )
        unknown._keep_who(settlement)
        return unknown

    def _keep_who(self, settlement):
        """Keep who has done by hand what, and when."""
        self.write(
            {
                "settlement": settlement,
                "settled_by_id": self.env.uid,
                "settled_at": fields.Datetime.now(),
            }
        )
        _logger.info(
            "User %s: %s by hand, %d messages: %s",
            self.env.uid,
            settlement,
            len(self),
            self.ids,
        )

    def _settle(self, state, failure_type):
        self.write({"state": state, "failure_type": failure_type})
        self._tell_trackers(
            self.sms_tracker_id, state, failure_type, self.env._("Settled by hand")
        )

    def _told(self, text):
        """Give a notification about these for whoever pressed the button."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": text % len(self),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    @api.model
    def _queued_again_values(self):
        """Give what a message forgets of its earlier tries."""
        return {
            "attempts": 0,
            "faults": 0,
            "not_before": False,
            "held_until": False,
            "to_publish": False,
            "queued_at": fields.Datetime.now(),
        }
