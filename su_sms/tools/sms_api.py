from odoo.addons.sms.tools.sms_api import SmsApiBase


class SmsApiGateway(SmsApiBase):
    """Serve those who use Odoo's provider class directly, such as a test mailing.

    There is one gate: a message is put into the outbox and leaves after commit.
    ``success`` therefore means what it means with Odoo's own service, "taken over";
    what becomes of it later shows on the message and its trace.
    """

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        gateway = self.env["sms.gateway.config"].sudo()._gateway_of(self.company)
        texts = {
            number["uuid"]: (number["number"], message["content"])
            for message in messages
            for number in message["numbers"]
        }
        queue = self.env["sms.sms"].sudo()
        known = queue.search([("uuid", "in", list(texts))])
        known._route_late()
        known += queue.create(
            [
                {
                    "uuid": uuid,
                    "number": texts[uuid][0],
                    "body": texts[uuid][1],
                    "gateway_id": gateway.id,
                }
                for uuid in texts.keys() - set(known.mapped("uuid"))
            ]
        )
        if gateway.status != "ready" or not all(sms.gateway_id for sms in known):
            # A test that leaves some time later would only surprise; and what is not
            # this company's to pay for does not leave by its gateway.
            reasons = dict(gateway._fields["status"]._description_selection(self.env))
            reason = gateway.hold_text or reasons.get(gateway.status, "")
            known.action_set_error("sms_server")
            known.provider_text = reason
            return [
                {"uuid": uuid, "state": "server_error", "failure_reason": reason}
                for uuid in texts
            ]
        known.send()
        return [{"uuid": uuid, "state": "success"} for uuid in texts]
