from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.acts import Act, says_something

# How many numbers the dialog spells out, and how many it takes: each is looked at for
# milliseconds.
SHOWN, MOST = 5, 1_000


class SmsOptoutWizard(models.TransientModel):
    """Ask why, before a number is opted out or in by hand."""

    _name = "sms.optout.wizard"
    _inherit = ["sms.form.mixin"]
    _description = "SMS Opt-Out"

    choice = fields.Selection(
        [("out", "Opt Out"), ("in", "Opt In")],
        required=True,
        readonly=True,
        default="out",
    )
    numbers = fields.Text(required=True, readonly=True)
    summary = fields.Char("For", compute="_compute_summary")
    reason_out = fields.Selection(
        [
            ("own_request", "They asked for it"),
            ("complaint", "They complained"),
            ("unreachable", "The number can't be reached"),
        ],
        "Reason",
        default="own_request",
    )
    reason_in = fields.Selection(
        [
            ("own_request", "They asked for it"),
            ("mistake", "It was entered by mistake"),
        ],
        "Why",
        default="own_request",
    )
    note = fields.Char(
        "Evidence", help="Such as a call, a letter or a form, with its date."
    )

    @api.model
    def _ask(self, choice, numbers):
        """Return the action that opens the dialog for some numbers."""
        self._check_may(choice)
        # Counted before any is read.
        numbers = list(dict.fromkeys(filter(None, numbers)))
        if len(numbers) > MOST:
            raise UserError(
                self.env._(
                    "These are %(count)s numbers, but at most %(most)s can be"
                    " handled at a time: choose fewer, or import them into the SMS"
                    " Blacklist.",
                    count=f"{len(numbers):,}",
                    most=f"{MOST:,}",
                )
            )
        readable = [self._normal(number) for number in numbers]
        numbers = list(dict.fromkeys(filter(None, readable)))
        if not numbers:
            raise UserError(self.env._("None of these is a valid phone number."))
        wizard = self.create([{"choice": choice, "numbers": "\n".join(numbers)}])
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Opt Out of SMS")
            if choice == "out"
            else self.env._("Opt In to SMS"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _longest(self, field):
        if field.name == "numbers":
            return MOST * len("+254712345678999\n")
        return super()._longest(field)

    @api.model
    def _normal(self, number):
        try:
            return self.env["sms.blacklist"]._readable(number)
        except UserError:
            return None

    @api.model
    def _check_may(self, choice):
        """Let users keep a no; a yes, which undoes one, is for managers.

        :raises AccessError: the user may not
        """
        group = "su_sms.group_user" if choice == "out" else "su_sms.group_manager"
        if not self.env.user.has_group(group):
            raise AccessError(
                self.env._("Only an SMS user can opt a number out.")
                if choice == "out"
                else self.env._("Only an SMS manager can opt a number back in.")
            )

    @api.depends("numbers")
    def _compute_summary(self):
        for wizard in self:
            numbers = wizard._listed()
            more = len(numbers) - SHOWN
            wizard.summary = ", ".join(numbers[:SHOWN])
            if more > 0:
                wizard.summary = self.env._(
                    "%(numbers)s and %(count)s more",
                    numbers=wizard.summary,
                    count=more,
                )

    def _listed(self):
        return (self.numbers or "").split()

    def action_confirm(self):
        """Opt the numbers out or in, and keep why."""
        self.ensure_one()
        self._check_may(self.choice)
        out = self.choice == "out"
        if not out and not says_something(self.note):
            raise UserError(
                self.env._(
                    "Enter the evidence: the history must show who asked for the"
                    " number to be contacted again."
                )
            )
        reason = self.reason_out if out else self.reason_in
        act = Act(reason or "unstated", "manual", note=self.note or "")
        blacklist = self.env["sms.blacklist"]
        numbers = [blacklist._readable(number) for number in self._listed()]
        (blacklist._opt_out if out else blacklist._opt_in)(numbers, act)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Opted out: %s", self.summary)
                if out
                else self.env._("Opted in: %s", self.summary),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
