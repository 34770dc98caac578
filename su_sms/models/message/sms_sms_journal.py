from odoo import api, models
from odoo.exceptions import AccessError

from ..ir_actions_server import BY_ACTION

# What an action's code says of a message; the rest is what becomes of it.
GIVEN = {"number", "body", "partner_id", "mail_message_id", "mailing_id", "uuid"}


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
        if operation == "create" and self._is_by_action():
            return result
        routed = self.sudo().filtered(lambda sms: sms.id and sms.gateway_id)
        return self._closed(routed.with_env(self.env))

    def write(self, vals):
        """Mark nothing for deletion: the rules of retention end it, and nothing else.

        Odoo marks what its own provider has reported, and whoever knows a message may
        report.
        """
        if not vals.get("to_delete"):
            return super().write(vals)
        routed = self.filtered(lambda sms: sms.sudo().gateway_id)
        rest = {name: value for name, value in vals.items() if name != "to_delete"}
        super(SmsSms, routed).write(rest)
        return super(SmsSms, self - routed).write(vals)

    @api.model
    def _check_not_by_hand(self, vals_list):
        """Let only code add messages, before the database has its own say."""
        if self.env.su or not any(vals.get("gateway_id") for vals in vals_list):
            return
        self.check_access("create")
        if not self._is_by_action():
            raise self._on_record_error()

    @api.model
    def _without_outcome(self, vals):
        """Return the values of a message as an action's code may give them."""
        if self.env.su or not self._is_by_action():
            return vals
        return {name: value for name, value in vals.items() if name in GIVEN}

    @api.model
    def _is_by_action(self):
        """Tell whether a server action's code is at work: an administrator wrote it."""
        return self.env.context.get("sms_from_composer") is BY_ACTION

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
