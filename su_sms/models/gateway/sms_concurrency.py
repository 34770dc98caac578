from odoo import api, fields, models


class SmsConcurrency(models.Model):
    """How many requests a gateway may have under way, and which dispatcher has them.

    Written by dispatchers only, in SQL, twice a second: see dispatch/share. Apart from
    the gateway, as whoever writes to one would else meet them.
    """

    _name = "sms.concurrency"
    _inherit = ["sms.form.mixin"]
    _description = "SMS Concurrent Requests"
    _log_access = False

    gateway_id = fields.Many2one(
        "sms.gateway.config", required=True, ondelete="cascade"
    )
    state = fields.Json()

    _once = models.UniqueIndex("(gateway_id)")

    @api.model
    def _limits(self, gateway_ids):
        """Return {gateway's id: how many requests at once were found to be right}."""
        found = self.search([("gateway_id", "in", gateway_ids)])
        return {
            each.gateway_id.id: int(each.state["limit"]) for each in found if each.state
        }
