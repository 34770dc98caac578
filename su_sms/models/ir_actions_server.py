from odoo import api, models


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    @api.model
    def _get_eval_context(self, action=None):
        """Let what an action sends by composers of its own be nobody's by hand."""
        actions = self.with_context(sms_from_composer=False)
        return super(IrActionsServer, actions)._get_eval_context(action=action)
