from odoo import models


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def run(self):
        """Let what an action sends by composers of its own be nobody's by hand."""
        return super(IrActionsServer, self.with_context(sms_from_composer=False)).run()
