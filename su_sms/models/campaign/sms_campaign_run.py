from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...africastalking import events
from .sms_campaign import OPEN
from .sms_campaign_count import FURTHEST

PAUSES = [
    ("person", "Manually"),
    ("budget", "Budget spent"),
    ("problem", "Recipients could not be prepared"),
    ("grown", "Far more recipients than at launch"),
    ("approval", "A manager must approve it"),
]
# What may be sent again: it has certainly not arrived, and may do next time.
RESENDABLE = (
    "sms_server",
    "sms_expired",
    "sms_not_delivered",
    "sms_rejected",
    "sms_too_old",
)
# Hours in which a phone that was off may still get a message, where the gateway
# expects no reports.
MAY_STILL_ARRIVE = 24


class SmsCampaign(models.Model):
    """What people do with a campaign: launch, pause, cancel, resend."""

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.campaign"

    pause_reason = fields.Selection(PAUSES, readonly=True, copy=False, tracking=True)
    pause_text = fields.Char(readonly=True, copy=False)
    launched_at = fields.Datetime(readonly=True, copy=False)
    launched_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    ended_at = fields.Datetime("Ended", readonly=True, copy=False)

    # Approval
    approved_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, tracking=True
    )
    agreed_recipient_count = fields.Integer(
        "Recipients at Launch", readonly=True, copy=False
    )
    agreed_part_count = fields.Integer("Parts at Launch", readonly=True, copy=False)
    prepared_at = fields.Datetime("Prepared", readonly=True, copy=False)
    approval_stamp = fields.Char(
        compute="_compute_approval_stamp",
        help="Identifies what is approved; changes with each launch and each count.",
    )

    # Urgent news
    urgent = fields.Boolean(readonly=True, copy=False, tracking=True)
    urgent_reason = fields.Char("Reason for Urgency", readonly=True, copy=False)
    _urgent_is_transactional = models.Constraint(
        "CHECK (urgent IS NOT TRUE OR message_class = 'transactional')",
        "Only a transactional campaign can be urgent.",
    )

    # ------------------------------------------------------------
    # What a person may do
    # ------------------------------------------------------------

    def _locked(self, *states):
        """Return this campaign, nobody else's until the transaction ends.

        :raise UserError: if it is in none of these states any more
        """
        self.ensure_one()
        self.check_access("write")
        if not self._lock_in(*states):
            now = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "Someone else has just changed this campaign: it is now “%s”.",
                    now[self.state],
                )
            )
        return self.sudo()

    def _lock_in(self, *states):
        """Let nobody else change this campaign until the transaction ends.

        Waits for a dispatcher that is just claiming some of its messages.

        :return: whether it is in one of these states
        """
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT state FROM sms_campaign WHERE id = %s FOR NO KEY UPDATE", [self.id]
        )
        found = self.env.cr.fetchone()
        self.invalidate_recordset()
        return bool(found) and found[0] in states

    @api.constrains("scheduled_at")
    def _check_scheduled_at(self):
        furthest = fields.Datetime.now() + FURTHEST
        if any(each.scheduled_at and each.scheduled_at > furthest for each in self):
            raise ValidationError(
                self.env._("The send date must be within a year from now.")
            )

    def _check_can_launch(self):
        if not (self.body or "").strip():
            raise UserError(self.env._("Write a text first."))
        if not self._all_audiences():
            raise UserError(self.env._("Add recipients first."))
        if self.count_state == "failed":
            raise UserError(self.count_problem)
        if self.count_state == "running":
            raise UserError(
                self.env._("The recipients are still being counted: wait a moment.")
            )
        if not self.recipient_count:
            raise UserError(
                self.env._("There are no recipients: everyone is left out.")
            )
        if self.budget and not self._highest_price():
            raise UserError(
                self.env._(
                    "The cost of an SMS is not known yet, so the budget can't be"
                    " enforced. Set the price per part on the gateway, or send a"
                    " test first."
                )
            )
        if self.scheduled_at and self.scheduled_at < fields.Datetime.now():
            raise UserError(
                self.env._(
                    "The send date is in the past. Choose a later one, or leave it"
                    " empty to send at once."
                )
            )
        if self.not_after and self.not_after < (
            self.scheduled_at or fields.Datetime.now()
        ):
            raise UserError(
                self.env._("It would not be sent: “Not After” is before the send date.")
            )

    def _launch(self, urgent=None):
        """Launch: from here on it goes by itself.

        :param urgent: why it has to overtake all else, or None if it has not
        """
        campaign = self._locked("draft")
        campaign._check_can_launch()
        campaign._check_answered()
        if urgent is not None:
            campaign._hurry(urgent)
        campaign._agree()
        values = {
            "launched_at": fields.Datetime.now(),
            "launched_by_id": self.env.uid,
            "estimate": campaign.price,
            "message_price": campaign._highest_price(),
        }
        if campaign._wants_approval():
            campaign.write(dict(values, state="approval"))
            campaign._ask_for_approval()
        else:
            campaign.write(values)
            campaign._go()

    def _go(self):
        """Go: now, or when its time comes."""
        later = self.scheduled_at and self.scheduled_at > fields.Datetime.now()
        if later:
            self.state = "scheduled"
        else:
            self._begin()
        self._trigger_work(self.scheduled_at if later else None)

    def _begin(self):
        if not self.approved_by_id:
            self._forget_recipients()
        self._start_over()
        self._new_salt()
        self.write({"state": "preparing", "prepared_at": False})

    def _forget_recipients(self):
        self.env.cr.execute(
            "DELETE FROM sms_campaign_recipient WHERE campaign_id = ANY(%s)", [self.ids]
        )
        self.env["sms.campaign.recipient"].invalidate_model()

    def action_back_to_draft(self):
        """Take a campaign back that has not begun, to change it."""
        self._locked("approval", "scheduled")._back_to_draft()

    def _back_to_draft(self):
        self._forget_approval()
        self._forget_hurry()
        self.write({"state": "draft", "approved_by_id": False})
        self._count_again()

    def action_pause(self):
        self._locked("preparing", "sending")._pause("person")

    def _pause(self, reason, text=False):
        self.write({"state": "paused", "pause_reason": reason, "pause_text": text})

    def action_resume(self):
        campaign = self._locked("paused")
        if campaign.pause_reason == "approval":
            raise UserError(self.env._("A manager must approve it first."))
        if campaign.pause_reason == "grown":
            campaign._agree()
        campaign._resume()

    def _resume(self):
        self._forget_problem()
        self.write(
            {
                "pause_reason": False,
                "pause_text": False,
                "state": "sending" if self.prepared_at else "preparing",
            }
        )
        self._trigger_work()
        self.env["sms.sms"]._trigger_dispatch()

    def _forget_problem(self):
        """Take away what the responsible was told to see to: somebody has."""
        self.sudo().activity_unlink(["su_sms.mail_activity_type_campaign"])

    def action_cancel(self):
        """Send no more; what has been sent stays on record."""
        campaign = self._locked(
            "approval", "scheduled", "preparing", "sending", "paused"
        )
        campaign._forget_approval()
        campaign._forget_problem()
        campaign._forget_recipients()
        campaign.write(
            {
                "state": "cancelled",
                "ended_at": fields.Datetime.now(),
                "text_salt": False,
            }
        )
        campaign._trigger_work()

    def action_retry(self):
        """Send again what has certainly not arrived and may do next time."""
        campaign = self._locked("done", "sending", "paused")
        found = self.env["sms.sms"].sudo().search(campaign._failed_to_resend())
        early = found.filtered(campaign._may_still_arrive)
        failed = found - early
        if not failed and early:
            raise UserError(
                self.env._(
                    "%s messages may still arrive: their phones were off. Try again"
                    " tomorrow.",
                    len(early),
                )
            )
        if not failed:
            raise UserError(self.env._("Nothing failed that could be sent again."))
        failed._check_can_leave_again()
        failed.write(
            {
                **failed._queued_again_values(),
                "state": "outgoing",
                "failure_type": False,
            }
        )
        campaign._reopen()
        self.env["sms.sms"]._trigger_dispatch()
        return failed._told(self.env._("%s messages have been queued again."))

    def _failed_to_resend(self):
        return [
            ("campaign_id", "=", self.id),
            ("state", "=", "error"),
            ("failure_type", "in", RESENDABLE),
        ]

    def _may_still_arrive(self, sms):
        """Tell whether the network's “failed” may not be its last word yet."""
        hours = self.gateway_id.sudo().report_hours or MAY_STILL_ARRIVE
        return (
            sms.report_rank == events.SOFT
            and sms.accepted_at
            and sms.accepted_at > fields.Datetime.now() - timedelta(hours=hours)
        )

    def _reopen(self):
        """Let those of these that have ended send what is queued again."""
        ended = self.filtered(lambda campaign: campaign.state == "done")
        ended.write({"state": "sending", "ended_at": False})

    # ------------------------------------------------------------
    # Who answers for it
    # ------------------------------------------------------------

    def _all_audiences(self):
        """Return the audiences, also those that the user may not read.

        Not by the field: what it has been read as is everybody's.
        """
        audiences = self.env["sms.campaign.audience"].sudo()
        return audiences.search([("campaign_id", "in", self.ids)])

    def _unread_by(self, user):
        """Return the audiences that a user may not read: others have chosen them."""
        if self.env.su or user.has_group("su_sms.group_manager"):
            return self.env["sms.campaign.audience"]
        return self._all_audiences().filtered(
            lambda each: user not in each._with_a_say() | each.campaign_id.user_id
        )

    def _check_may_answer(self, user):
        """Let no new responsible read what was filled in without them.

        Nor people whom neither they nor who hands them over may read.
        """
        if self.env.su or user.has_group("su_sms.group_manager"):
            return
        filled = self.sudo().filtered(lambda campaign: campaign.state not in OPEN)
        if self._unread_by(self.env.user) & self._unread_by(user) or any(
            user not in each._with_a_say_in_all() | each.user_id for each in filled
        ):
            raise self._unread_error(user)

    def _unread_error(self, user):
        return UserError(
            self.env._(
                "%s is not allowed to read all the recipients and texts. Choose an SMS"
                " manager.",
                user.sudo().name,
            )
        )

    # ------------------------------------------------------------
    # Urgent news
    # ------------------------------------------------------------
    # Urgent news: a campaign that overtakes all else on its gateway. For a fire,
    # not for a reminder: a manager says so, and why.

    def _hurry(self, reason):
        """Let this campaign go before all else, and keep who says so and why.

        :raises AccessError: the user is no manager
        :raises UserError: it is promotional, or nobody says why
        """
        if not self.env.user.has_group("su_sms.group_manager"):
            raise AccessError(
                self.env._("Only an SMS manager can mark a campaign as urgent.")
            )
        if self.message_class != "transactional":
            raise UserError(self.env._("Only transactional campaigns can be urgent."))
        reason = (reason or "").strip()
        if not reason:
            raise UserError(
                self.env._("Enter the reason for the urgency; it is recorded.")
            )
        self.write({"urgent": True, "urgent_reason": reason})
        self.message_post(
            body=self.env._("Launched as urgent: %s", reason),
            subtype_xmlid="mail.mt_note",
            author_id=self.env.user.partner_id.id,
        )

    def _forget_hurry(self):
        self.write({"urgent": False, "urgent_reason": False})
