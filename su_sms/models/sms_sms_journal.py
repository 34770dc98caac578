from odoo import api, models
from odoo.exceptions import AccessError


class SmsSms(models.Model):
    """The journal: what went through a gateway is changed by the code alone.

    What a person may do are the buttons, which keep who and when. Without a gateway
    messages are as Odoo has them.
    """

    _inherit = "sms.sms"

    def _check_access(self, operation):
        """Let nobody write, add or remove what is on record, whatever their group."""
        result = super()._check_access(operation)
        if result or self.env.su or operation == "read":
            return result
        routed = self.sudo().filtered(lambda sms: sms.id and sms.gateway_id)
        return self._closed(routed.with_env(self.env))

    @api.model
    def _check_not_by_hand(self, vals_list):
        """Let only the code add messages, before the database has its own say."""
        if not self.env.su and any(vals.get("gateway_id") for vals in vals_list):
            self.check_access("create")
            raise self._on_record_error()

    @api.model
    def _closed(self, records):
        """Give what ``_check_access`` gives for records of the journal, or None."""
        return (records, self._on_record_error) if records else None

    @api.model
    def _on_record_error(self):
        return AccessError(
            self.env._(
                "What went through an SMS gateway is on record: nobody adds to it,"
                " changes or deletes it by hand. Use the buttons, which keep who did"
                " what."
            )
        )
