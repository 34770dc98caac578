from odoo import api, fields, models

from ...tools.transactions import utcnow

ACTIVITY = "su_sms.mail_activity_type_limit"


class SmsGatewayConfig(models.Model):
    """How much one person may send in an hour, and who is told of what waits for it."""

    _inherit = "sms.gateway.config"

    hour_limit = fields.Integer(
        "Parts an Hour and User",
        default=1000,
        tracking=True,
        help="Parts of SMS that one user may send by hand in an hour; more is refused."
        " As much may"
        " automation rules and the like send while they work; more waits for the hours"
        " that follow. Campaigns and mailings do not count; campaigns have approval"
        " instead. 0: no limit.",
    )
    limit_told = fields.Boolean(readonly=True, copy=False)

    _hour_limit = models.Constraint(
        "CHECK (hour_limit >= 0)", "A limit can't be negative."
    )

    def write(self, vals):
        result = super().write(vals)
        if "hour_limit" in vals:
            self.env["sms.sms"].sudo()._hold_anew(self)
        return result

    def _tell_administrators(self):
        result = super()._tell_administrators()
        self._tell_of_limit()
        return result

    @api.model
    def _tell_of_limit(self):
        """Give the administrators one activity as long as messages wait for an hour."""
        self.flush_model(["limit_told"])
        self.env.cr.execute(
            """
            SELECT gateway.id, count(sms.id), count(DISTINCT sms.create_uid)
              FROM sms_gateway_config gateway
         LEFT JOIN sms_sms sms ON sms.gateway_id = gateway.id
                              AND sms.held_until > %s AND sms.state = 'outgoing'
          GROUP BY gateway.id
            HAVING (count(sms.id) > 0) IS DISTINCT FROM coalesce(limit_told, FALSE)
            """,
            [utcnow()],
        )
        for gateway_id, count, users in self.env.cr.fetchall():
            gateway = self.sudo().browse(gateway_id)
            gateway.limit_told = bool(count)
            if not count:
                gateway.activity_unlink([ACTIVITY])
                continue
            gateway._schedule_for_administrators(
                ACTIVITY,
                self.env._("%s SMS wait for the hourly limit", count),
                self.env._(
                    "What Odoo sent by itself while %(users)s users worked, such as by"
                    " automation rules, was more than %(limit)s an hour. The rest"
                    " leaves in the hours that follow. If it was meant to be, raise"
                    " “Parts an Hour and User”: it then leaves sooner. If it was"
                    " not, cancel the messages that wait.",
                    users=users,
                    limit=gateway.hour_limit,
                ),
            )
