from odoo import api, fields, models

# In the context of the link's own act alone: no request can make one.
BY_LINK = object()


class MailingSubscription(models.Model):
    """Lists that were left by the link in a message can be joined by it again."""

    _inherit = "mailing.subscription"

    left_by_link = fields.Boolean(
        readonly=True,
        copy=False,
        help="Opted out through the link at the end of an SMS.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._without_claim(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._without_claim(vals))

    @api.model
    def _without_claim(self, vals):
        """Return values in which only a link says that it was one."""
        if self.env.context.get("sms_by_link") is BY_LINK:
            return vals
        vals = {name: value for name, value in vals.items() if name != "left_by_link"}
        if {"opt_out", "opt_out_datetime", "opt_out_reason_id"} & set(vals):
            vals["left_by_link"] = False
        return vals

    def _leave_by_link(self):
        here = self.filtered(lambda each: not each.opt_out)
        here.with_context(sms_by_link=BY_LINK).write(
            {"opt_out": True, "left_by_link": True}
        )

    def _join_by_link(self):
        """Join those that a link has left: others left them in another way."""
        self.filtered(lambda each: each.opt_out and each.left_by_link).opt_out = False
