from odoo import SUPERUSER_ID, api, models

from .mail_message import without_others


class MailMail(models.Model):
    """A mail becomes no note on record but its sender's own, and takes none away.

    Odoo makes mails with all rights, of values that whoever calls it has given.
    """

    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su and self.env.uid != SUPERUSER_ID:
            vals_list = [
                self._without_claim(without_others(self, vals)) for vals in vals_list
            ]
        return super().create(vals_list)

    def write(self, vals):
        return super().write(without_others(self, vals))

    @api.model
    def _without_claim(self, vals):
        """Return values that are about nothing on record that its user may not read."""
        notes = self.env["mail.message"]
        note = notes.browse(vals.get("mail_message_id") or ())
        if note and notes._is_on_record(note.model):
            # Else the note goes with the mail.
            return {**vals, "is_notification": True}
        model, res_id = vals.get("model"), vals.get("res_id")
        if not notes._is_on_record(model):
            return vals
        about = self.env[model].browse(res_id or ()).exists().sudo(False)
        if about and about.has_access("read"):
            return vals
        return {**vals, "model": False, "res_id": False}
