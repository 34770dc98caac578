from odoo import api, models
from odoo.exceptions import AccessError


class IrAttachment(models.Model):
    """A file of a field is written by its field, which asks who may and keeps who did.

    Odoo lets whoever may write a record write its fields' attachments past the record.
    """

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        files = super().create(vals_list)
        files._check_not_of_field()
        return files

    def write(self, vals):
        """Let no other file take the place of a field's, however it gets there."""
        result = super().write(vals)
        self._check_not_of_field()
        return result

    def _check_not_of_field(self):
        """Refuse what a user has made a file of one of our forms' fields."""
        if not self.env.su and self.sudo()._of_fields():
            raise self._field_error()

    def _of_fields(self):
        on_record = self.env["mail.message"]._is_on_record
        return self.filtered(lambda file: file.res_field and on_record(file.res_model))

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if result or self.env.su or operation == "read":
            return result
        files = self.sudo()._of_fields()
        if files:
            return files.with_env(self.env), self._field_error
        if operation == "create":
            return None
        files = self.sudo()._of_others()
        return (files.with_env(self.env), self._others_error) if files else None

    def _has_attachments_ownership(self, attachment_tokens):
        """Tell whether these are the caller's, whatever tokens come with them.

        Odoo gives the token to whoever encloses a file in a note of their own, which
        takes no more than to read it.
        """
        closed = self.sudo().exists()
        if closed._of_fields() or closed._of_others():
            return False
        return super()._has_attachments_ownership(attachment_tokens)

    def _of_others(self):
        """Return those that others have put on record: their notes enclose them."""
        on_record = self.env["mail.message"]._is_on_record
        return self.filtered(
            lambda file: on_record(file.res_model) and file.create_uid != self.env.user
        )

    def _others_error(self):
        return AccessError(
            self.env._(
                "Only the person who uploaded this file can change or delete it."
            )
        )

    def _field_error(self):
        return AccessError(
            self.env._(
                "This file belongs to a record: change it on the form of that record."
            )
        )
