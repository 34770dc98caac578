from odoo import api, fields, models
from odoo.tools import SQL


class SmsSms(models.Model):
    """The log: what a message was about, and totals that are right."""

    _inherit = "sms.sms"

    record_name = fields.Char(
        "About",
        compute="_compute_record_name",
        help="The record from which it was sent, or for which a campaign was.",
    )

    gateway_name = fields.Char(
        "Gateway's Name",
        related="gateway_id.name",
        help="For those who may not see gateways themselves.",
    )
    sender_group_ids = fields.Many2many(
        related="create_uid.group_ids",
        string="Sender's Groups",
        help="The groups that were given to who sent it, without those that follow from"
        " them. A message counts in each.",
    )

    @api.depends("mail_message_id", "res_model", "res_id")
    @api.depends_context("uid")
    def _compute_record_name(self):
        self.record_name = False
        for model, messages in self._by_record().items():
            ids = {record_id for record_id, _sms in messages}
            records = self.env[model].browse(ids).exists()
            if not records.has_access("read"):
                records = records._filtered_access("read")
            names = {record.id: record.display_name for record in records}
            kind = self.env["ir.model"]._get(model).name
            for record_id, sms in messages:
                name = names.get(record_id)
                sms.record_name = f"{kind}: {name}" if name else kind

    def _by_record(self):
        """Give {model: [(id, message)]} of the records that these are about."""
        found = {}
        for sms in self:
            copy = sms.mail_message_id.sudo()
            model = sms.res_model or copy.model
            record_id = sms.res_id or copy.res_id
            if model in self.env and record_id:
                found.setdefault(model, []).append((record_id, sms))
        return found

    def action_open_record(self):
        """Open the record that a message is about."""
        self.ensure_one()
        for model, messages in self._by_record().items():
            return self.env[model].browse(messages[0][0]).get_formview_action()
        return None

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """Give no sum rather than one of different currencies."""
        expression = super()._read_group_select(aggregate_spec, query)
        if not aggregate_spec.startswith("cost:"):
            return expression
        currency = self._field_to_sql(self._table, "currency_id", query)
        return SQL("CASE WHEN count(DISTINCT %s) < 2 THEN %s END", currency, expression)

    def unlink(self):
        """Keep the totals of messages that somebody deletes."""
        gone = self.filtered(
            lambda sms: sms.gateway_id and sms.state not in ("outgoing", "process")
        )
        if gone:
            self.env["sms.statistic"].sudo()._count(gone)
        return super().unlink()
