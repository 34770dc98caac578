from odoo import api, models


class IrDefault(models.Model):
    """What the code alone says is filled in by nobody's default, whoever keeps it.

    Odoo lets every employee keep defaults of their own for any field of any model, and
    takes them for all that is created in their name, with all rights as well. The
    checks of values that somebody gives don't see them.
    """

    _inherit = "ir.default"

    @api.model
    def _get_model_defaults(self, model_name, condition=False):
        found = super()._get_model_defaults(model_name, condition)
        closed = found and self.env[model_name]._sms_by_code(found)
        if not closed:
            return found
        return {name: value for name, value in found.items() if name not in closed}
