from odoo import models
from odoo.exceptions import AccessError


class IrAttachment(models.Model):
    """A file of a field is written by its field, which asks who may and keeps who did.

    Odoo lets whoever may write a record write its fields' attachments past the record.
    """

    _inherit = "ir.attachment"

    def write(self, vals):
        """Let no other file take the place of a field's."""
        if vals.get("res_field") and not self.env.su:
            models_named = {vals.get("res_model"), *self.sudo().mapped("res_model")}
            if any(map(self.env["mail.message"]._is_on_record, models_named)):
                raise self._field_error()
        return super().write(vals)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if result or self.env.su or operation == "read":
            return result
        files = self.sudo().filtered(
            lambda file: (
                file.res_field
                and self.env["mail.message"]._is_on_record(file.res_model)
            )
        )
        return (files.with_env(self.env), self._field_error) if files else None

    def _field_error(self):
        return AccessError(
            self.env._("This file belongs to a form: change it there, if it is open.")
        )
