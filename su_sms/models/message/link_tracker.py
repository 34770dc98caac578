from odoo import api, fields, models
from odoo.exceptions import AccessError


class LinkTracker(models.Model):
    """A short link that people have been sent leads where it led then.

    Odoo lets every marketer change where any of them leads, in whoever's SMS it is.
    """

    _inherit = "link.tracker"

    sms_sent = fields.Boolean(
        "In SMS",
        readonly=True,
        copy=False,
        help="This link has been sent by SMS: its destination can't be changed.",
    )

    def _check_access(self, operation):
        result = super()._check_access(operation)
        return result or self._closed(operation, self.sudo().filtered("sms_sent"))

    def _closed(self, operation, records):
        """Return what ``_check_access`` gives for what people have on their phones."""
        if self.env.su or operation not in ("write", "unlink") or not records:
            return None
        return records.with_env(self.env), self._on_record_error

    @api.model
    def _on_record_error(self):
        return AccessError(
            self.env._(
                "This link has been sent by SMS: its destination can't be changed."
                " Create a new one."
            )
        )


class LinkTrackerCode(models.Model):
    _inherit = "link.tracker.code"

    def _check_access(self, operation):
        result = super()._check_access(operation)
        closed = self.sudo().filtered("link_id.sms_sent")
        return result or self.env["link.tracker"]._closed(operation, closed)
