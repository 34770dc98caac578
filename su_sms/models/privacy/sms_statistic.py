from odoo import api, fields, models

from ...privacy import retention


class SmsStatistic(models.Model):
    """Totals of messages that are gone: nobody in it, every shilling still is.

    Written by the statement that removes the messages, so that nothing is counted twice
    or lost. Rows may repeat a combination; readers add them up.
    """

    _name = "sms.statistic"
    _inherit = ["sms.form.mixin"]
    _description = "SMS Statistic"
    _order = "day desc, id desc"
    _rec_name = "day"

    day = fields.Date(
        required=True,
        readonly=True,
        help="When the messages were accepted, otherwise created, in the company's"
        " time zone.",
    )
    company_id = fields.Many2one("res.company", readonly=True)
    gateway_id = fields.Many2one(
        "sms.gateway.config", readonly=True, ondelete="restrict"
    )
    campaign_id = fields.Many2one(
        "sms.campaign", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    mailing_id = fields.Many2one(
        "mailing.mailing", readonly=True, index="btree_not_null"
    )
    user_id = fields.Many2one("res.users", "Sent by", readonly=True)
    sender_group_ids = fields.Many2many(
        related="user_id.group_ids", string="Sender's Groups"
    )
    message_class = fields.Selection(
        lambda self: self._words("message_class"), "Class", readonly=True
    )
    network = fields.Char(readonly=True)
    sender_id = fields.Char(readonly=True)
    state = fields.Selection(lambda self: self._words("state"), readonly=True)
    failure_type = fields.Selection(
        lambda self: self._words("failure_type"), readonly=True
    )
    left_out = fields.Boolean(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    messages = fields.Integer(readonly=True)
    parts = fields.Integer(readonly=True)
    cost = fields.Float(digits=(16, 4), readonly=True)

    _day_idx = models.Index("(company_id, day)")

    @api.model
    def _words(self, name):
        return self.env["sms.sms"]._fields[name]._description_selection(self.env)

    @api.model
    def _count(self, messages):
        """Add messages that are about to be deleted to the totals."""
        self.env.flush_all()
        retention.count(self.env.cr, messages.ids, self.env.company._sms_time_zones())
        self.invalidate_model()
