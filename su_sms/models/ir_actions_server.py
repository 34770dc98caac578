from odoo import api, models

# In a context: an action has opened a composer. No caller from outside can have it.
BY_ACTION = object()


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    @api.model
    def _get_eval_context(self, action=None):
        """Let what an action sends by composers of its own be nobody's by hand."""
        actions = self.with_context(sms_from_composer=BY_ACTION)
        return super(IrActionsServer, actions)._get_eval_context(action=action)
