from odoo import api, models
from odoo.exceptions import AccessError


class MailActivity(models.Model):
    """What somebody is told to do about a gateway or a campaign is theirs to end.

    Odoo lets whoever may write a document end, move and reassign its activities: so who
    has turned the verification off could take away what tells the administrators.
    """

    _inherit = "mail.activity"

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su or operation not in ("write", "unlink"):
            return result
        on_record = self.env["mail.message"]._is_on_record
        ours = self._types_of_ours()
        others = self.sudo().filtered(
            lambda each: (
                on_record(each.res_model)
                and each.user_id != self.env.user
                # By the code, though for somebody's doing.
                and (each.activity_type_id in ours or each.create_uid != self.env.user)
            )
        )
        if not others:
            return result
        refused = result[0] if result else self.browse()
        return refused | others.with_env(self.env), self._others_error

    @api.model
    def _types_of_ours(self):
        types = self.env["mail.activity.type"].sudo()
        known = self.env["ir.model.data"].sudo()
        known = known.search([("module", "=", "su_sms"), ("model", "=", types._name)])
        return types.browse(known.mapped("res_id"))

    def _others_error(self):
        return AccessError(
            self.env._("This activity is assigned to someone else, who has to end it.")
        )
