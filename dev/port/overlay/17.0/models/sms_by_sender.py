"""What Odoo 17 does not do by itself with fields that follow others."""

from odoo import api, fields, models
from odoo.tools import SQL


class SmsBySender(models.AbstractModel):
    """Grouped by the groups of a sender, a related field of many."""

    _name = "sms.by.sender"
    _description = "Grouped by the groups of a sender"
    _sender = "create_uid"

    def _field_to_sql(self, alias, fname, query=None):
        if fname != "sender_group_ids":
            return super()._field_to_sql(alias, fname, query)
        groups = query.left_join(
            alias, self._sender, "res_groups_users_rel", "uid", "sender_group_ids"
        )
        return SQL.identifier(groups, "gid")


class SmsSms(models.Model):
    """Names its gateway to who may not read it: a related field asks for that."""

    _name = "sms.sms"
    _inherit = ["sms.sms", "sms.by.sender"]

    gateway_name = fields.Char(
        related=None, compute="_compute_gateway_name", search="_search_gateway_name"
    )

    @api.depends("gateway_id.name")
    def _compute_gateway_name(self):
        for sms in self:
            sms.gateway_name = sms.sudo().gateway_id.name

    @api.model
    def _search_gateway_name(self, operator, value):
        gateways = self.env["sms.gateway.config"].sudo().with_context(active_test=False)
        return [("gateway_id", "in", gateways._search([("name", operator, value)]))]


class SmsStatistic(models.Model):
    _name = "sms.statistic"
    _inherit = ["sms.statistic", "sms.by.sender"]
    _sender = "user_id"
