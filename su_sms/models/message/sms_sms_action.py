import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

# The states in which a message is no longer ours to stop.
LEFT = ("process", "pending", "sent")
_logger = logging.getLogger(__name__)


class SmsSms(models.Model):
    """What a person may do with messages: cancel, resend, settle an unknown outcome."""

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.sms"

    handled = fields.Selection(
        [
            ("resent", "Resent anyway"),
            ("sent", "Marked as sent"),
            ("failed", "Marked as failed"),
            ("queued", "Queued again"),
            ("cancelled", "Cancelled"),
            ("marked", "Marked as failed"),
        ],
        readonly=True,
        copy=False,
        help="What somebody did with it by hand, such as cancel or resend it.",
    )
    handled_by_id = fields.Many2one(
        "res.users", "Handled by", readonly=True, copy=False
    )
    handled_at = fields.Datetime("Handled On", readonly=True, copy=False)

    def _to_handle(self):
        """Return these with the rights to change them, if the user may handle messages.

        Managers and Odoo's administrators may cancel and resend by these methods, which
        keep who did, but not rewrite what is on record.
        """
        self.check_access("read")
        if not self.env.user.has_group("su_sms.group_manager"):
            self.filtered(lambda sms: not sms.gateway_id).check_access("write")
            self.browse().check_access("write")
        return self.sudo()

    def _by_hand(self, handled):
        """Keep who did what to messages of a gateway, unless the code itself does."""
        routed = self.sudo().filtered("gateway_id")
        if routed and not self.env.su:
            routed._record_who(handled)

    def _check_not_left(self, message):
        routed = self.filtered("gateway_id")
        if routed:
            routed._lock_by_hand()
            if any(sms.state in LEFT for sms in routed):
                raise UserError(message)

    def _lock_by_hand(self):
        """Wait for a dispatcher that is claiming or recording some, then look again.

        Odoo's own lock refuses at once, and a person could but press the button again.
        What has changed meanwhile makes Odoo try the whole request once more. In one
        order, so that no two wait for each other.
        """
        self.env.cr.execute(
            "SELECT FROM sms_sms WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [self.ids],
        )
        self.invalidate_recordset(["state", "failure_type"])

    def action_set_canceled(self):
        messages = self._to_handle()
        messages._check_not_left(
            self.env._("A message that has been sent can't be cancelled.")
        )
        self._by_hand("cancelled")
        return super(SmsSms, messages).action_set_canceled()

    def action_set_error(self, failure_type):
        messages = self._to_handle()
        messages._check_not_left(
            self.env._(
                "The outcome of a message that was sent is reported by the provider."
            )
        )
        self._by_hand("marked")
        return super(SmsSms, messages).action_set_error(failure_type)

    def action_set_outgoing(self):
        messages = self._to_handle()
        messages._check_not_left(self.env._("This message is already on its way."))
        if any(sms._outcome_is_unknown() for sms in messages):
            raise UserError(
                self.env._(
                    "This message may have been delivered. Use “Resend Anyway” if it"
                    " may arrive twice."
                )
            )
        result = messages._queue_again()
        self._by_hand("queued")
        return result

    def _queue_again(self):
        self._check_can_leave_again()
        again = self.filtered("gateway_id")
        for until, messages in again.grouped("held_until").items():
            held = {}
            if until and until > fields.Datetime.now():
                # Who may resend is not who may pass its sender's hour.
                held = {"held_until": until, "not_before": until}
            messages.write({**self._queued_again_values(), **held})
        result = super().action_set_outgoing()
        self._trigger_dispatch()
        return result

    def _check_can_leave_again(self):
        archived = self.gateway_id.filtered(lambda gateway: not gateway.active)
        if archived:
            raise UserError(
                self.env._(
                    "“%s” is archived and sends nothing. Unarchive it first, or"
                    " write a new message.",
                    archived[0].name,
                )
            )

    def resend_failed(self):
        """Resend what failed; what may have been delivered is left to a person."""
        messages = self._to_handle()
        routed = messages.filtered("gateway_id")
        if not routed:
            return super(SmsSms, messages).resend_failed()
        failed = routed.filtered(lambda sms: sms.state == "error" and not sms.to_delete)
        unknown = failed.filtered(lambda sms: sms._outcome_is_unknown())
        again = failed - unknown
        again._queue_again()
        self.browse(again.ids)._by_hand("queued")
        again.send()
        if rest := messages - routed:
            super(SmsSms, rest).resend_failed()
        text = self.env._("%s messages have been queued again.", len(again))
        if unknown:
            text += " " + self.env._(
                "%s were not resent because they may have been delivered. Open one"
                " and use “Resend Anyway” if it may arrive twice.",
                len(unknown),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if unknown or not again else "success",
                "message": text,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # ------------------------------------------------------------
    # Outcome unknown
    # ------------------------------------------------------------
    # Messages whose outcome is unknown: a person resends or settles them. They
    # left, and no answer came back: sending them again by ourselves might deliver
    # them twice. What a person decides is on record with who and when.

    def _outcome_is_unknown(self):
        self.ensure_one()
        return self.state == "error" and self.failure_type == "sms_outcome_unknown"

    def action_resend_unknown(self):
        """Send again what may have been delivered, because a person says so."""
        unknown = self._unknown_to_settle("resent")
        unknown._queue_again()
        return unknown._told(self.env._("%s messages have been queued again."))

    def action_settle_sent(self):
        """Take these as sent: somebody has found out that they were."""
        unknown = self._unknown_to_settle("sent")
        unknown._settle("pending", False)
        return unknown._told(self.env._("%s messages have been marked as sent."))

    def action_settle_failed(self):
        """Take these as never sent; they may then be resent like any other."""
        unknown = self._unknown_to_settle("failed")
        unknown._settle("error", "sms_not_delivered")
        return unknown._told(self.env._("%s messages have been marked as failed."))

    def _unknown_to_settle(self, handled):
        """Return those of these that are unknown, with who handles them how."""
        messages = self._to_handle()
        messages._lock_by_hand()
        unknown = messages.filtered(lambda sms: sms._outcome_is_unknown())
        if not unknown:
            raise UserError(
                self.env._("The outcome of these messages is already known.")
            )
        unknown._record_who(handled)
        return unknown

    def _record_who(self, handled):
        """Keep who has done by hand what, and when."""
        self.write(
            {
                "handled": handled,
                "handled_by_id": self.env.uid,
                "handled_at": fields.Datetime.now(),
            }
        )
        _logger.info(
            "User %s: %s by hand, %d messages: %s",
            self.env.uid,
            handled,
            len(self),
            self.ids,
        )

    def _settle(self, state, failure_type):
        self.write({"state": state, "failure_type": failure_type})
        self._tell_trackers(
            self.sms_tracker_id, state, failure_type, self.env._("Marked manually")
        )

    def _told(self, text):
        """Return a notification about these for whoever pressed the button."""
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
        """Return what a message forgets of its earlier tries."""
        return {
            "attempts": 0,
            "faults": 0,
            "not_before": False,
            "held_until": False,
            "to_publish": False,
            "queued_at": fields.Datetime.now(),
        }
