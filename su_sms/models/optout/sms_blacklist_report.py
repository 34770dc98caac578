from odoo import api, models

from ...tools.acts import Act

# AT's word in a report; it spells it otherwise in answers. Source: AT's
# documentation, "Delivery reports", failureReason.
BLOCKED = "userinblacklist"


class SmsBlacklist(models.Model):
    """What the network reports: numbers that are blocked there, by whomever."""

    _inherit = "sms.blacklist"

    @api.model
    def _on_reports(self, received, settled):
        """List the numbers that failed reports say are blocked at the operator.

        That is no opt-out: nobody knows who blocked what. Where the sender ID is in
        doubt nobody is listed at all. Answers to a send that say the same (406) list
        nobody: every number of a wrongly registered sender ID gets them.

        :param received: [reports.Received]
        :param settled: {event id: reports.Settled}
        """
        blocked = {
            settled[each.event_id].sms_id: each
            for each in received
            if each.report.failure and each.report.reason.lower() == BLOCKED
        }
        blocked.pop(None, None)
        if not blocked:
            return
        self.env["sms.gateway.config"]._check_senders()
        messages = self.env["sms.sms"].sudo().browse(blocked).exists()
        messages.invalidate_recordset()
        # The same report may come twice, and what was lifted since stays lifted.
        lines = self.env["sms.consent"].sudo().search([("sms_id", "in", messages.ids)])
        messages -= lines.sms_id
        messages = messages.filtered(
            lambda sms: (
                sms.failure_type == "sms_blocked"
                and not sms.gateway_id.sender_suspect_at
            )
        )
        self._act(
            [
                (sms.number, self._act_of_report(sms, blocked[sms.id]))
                for sms in messages
            ],
            out=True,
        )

    @api.model
    def _act_of_report(self, sms, each):
        return Act(
            "operator",
            "report",
            each.received_at.replace(microsecond=0),
            evidence=each.report.reason,
            company_id=sms.company_id.id,
            gateway_id=sms.gateway_id.id,
            event_id=each.event_id,
            sms_id=sms.id,
        )
