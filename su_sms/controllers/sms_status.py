"""Odoo's own address for delivery reports, which believes whoever knows a message.

What becomes of messages of a gateway is told at the gateway's addresses, which have a
secret; here nobody says it, nor that they may go.
"""

from odoo import http
from odoo.addons.sms.controllers.main import SmsController
from odoo.http import request


class SmsStatus(SmsController):
    @http.route()
    def update_sms_status(self, message_statuses):
        """Take reports of Odoo's own provider, for what went through it."""
        return super().update_sms_status(_of_others(message_statuses))


def _of_others(statuses):
    """Return reports without the messages of gateways.

    What is no report stays, and Odoo says so.
    """
    try:
        uuids = {uuid for status in statuses for uuid in status["uuids"]}
    except (KeyError, TypeError):
        return statuses
    texts = [uuid for uuid in uuids if isinstance(uuid, str)]
    ours = [("uuid", "in", texts), ("gateway_id", "!=", False)]
    routed = set(request.env["sms.sms"].sudo().search(ours).mapped("uuid"))
    trackers = request.env["sms.tracker"].sudo().search([("sms_uuid", "in", texts)])
    routed.update(trackers._of_gateways().mapped("sms_uuid"))
    return [
        {**status, "uuids": [uuid for uuid in status["uuids"] if uuid not in routed]}
        for status in statuses
        if not status["uuids"] or not routed.issuperset(status["uuids"])
    ]
