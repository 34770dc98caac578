from collections import Counter
from datetime import timedelta

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .sms_sms_dispatch import utcnow

HOUR = timedelta(hours=1)


class SmsSms(models.Model):
    """How much one user may send by hand in an hour.

    A brake on mistakes and on stolen passwords, not an account: transactions that run
    side by side do not see each other's messages.
    """

    _inherit = "sms.sms"

    @api.model
    def _check_hour(self, vals_list):
        """Take no more messages than their gateway lets a user send in an hour.

        Jobs are no user, and who is no employee sends nothing by hand: what they cause,
        such as a confirmation, is the site's.

        :param vals_list: values of messages, routed
        :raise UserError: if there are more
        """
        if self.env.uid == SUPERUSER_ID or not self.env.user._is_internal():
            return
        by_gateway = Counter(
            vals["gateway_id"]
            for vals in vals_list
            if vals.get("gateway_id")
            and not vals.get("campaign_id")
            and not vals.get("mailing_id")
        )
        gateways = self.env["sms.gateway.config"].sudo().browse(by_gateway)
        for gateway in gateways.filtered("hour_limit"):
            limit, more = gateway.hour_limit, by_gateway[gateway.id]
            if more + self._sent_within(HOUR, gateway, limit) > limit:
                raise UserError(
                    self.env._(
                        "You may send %(limit)s SMS an hour by hand, and this would be"
                        " more: nothing was sent. Send fewer, wait, or make a"
                        " campaign.",
                        limit=limit,
                    )
                )

    @api.model
    def _sent_within(self, time, gateway, most):
        """Count what this user has sent by hand lately, up to ``most``."""
        self.flush_model()
        [(count,)] = self.env.execute_query(
            SQL(
                """
                SELECT count(*) FROM (
                    SELECT FROM sms_sms
                     WHERE create_uid = %s AND create_date > %s AND gateway_id = %s
                       AND campaign_id IS NULL AND mailing_id IS NULL
                     LIMIT %s) AS lately
                """,
                self.env.uid,
                utcnow() - time,
                gateway.id,
                most,
            )
        )
        return count
