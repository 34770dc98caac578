from markupsafe import Markup
from odoo import api, fields, models

from ...text import optout, phone


class SmsIncoming(models.Model):
    """A message that somebody sent to one of our short codes."""

    _name = "sms.incoming"
    _inherit = ["sms.form.mixin", "sms.number.search"]
    _description = "Incoming SMS"
    _order = "date desc, id desc"
    _rec_name = "number"

    gateway_id = fields.Many2one(
        "sms.gateway.config", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="gateway_id.company_id", store=True)
    number = fields.Char("From", required=True, readonly=True, index=True)
    short_code = fields.Char("To", readonly=True)
    body = fields.Text("Text", readonly=True)
    date = fields.Datetime(required=True, readonly=True)
    network = fields.Char(readonly=True)
    partner_id = fields.Many2one("res.partner", "Contact", readonly=True)
    provider_message_id = fields.Char("Message ID", readonly=True)
    mail_message_id = fields.Many2one(
        "mail.message", "Note", readonly=True, index="btree_not_null"
    )

    # AT posts again what was not acknowledged in time.
    _once = models.UniqueIndex(
        "(gateway_id, provider_message_id) WHERE provider_message_id IS NOT NULL",
        "This message is here already.",
    )

    @api.model
    def _take(self, gateway, incoming):
        """Keep an incoming message, once, and show it in its contact's chatter.

        :param incoming: africastalking.callbacks.Incoming
        :return: the message, which may have been here before
        """
        gateway = gateway._meant_by(incoming.to, incoming.text)
        if incoming.message_id:
            known = self.search(
                [
                    ("gateway_id", "=", gateway.id),
                    ("provider_message_id", "=", incoming.message_id),
                ],
                limit=1,
            )
            if known:
                return known
        company = gateway.company_id or self.env.company
        number = self.env["sms.sms"]._readable(incoming.number, company)
        message = self.create(
            {
                "gateway_id": gateway.id,
                "number": number,
                "short_code": incoming.to,
                "body": optout.cut(incoming.text, gateway.keyword or ""),
                "date": incoming.date or fields.Datetime.now(),
                "network": incoming.network,
                "provider_message_id": incoming.message_id or False,
                "partner_id": self._partner_of(number, company).id,
            }
        )
        message._post()
        message._on_incoming()
        return message

    @api.model
    def _partner_of(self, number, company):
        """Give the contact with this number; of several the one last written to."""
        return self.env["res.partner"].search(
            [
                ("phone_sanitized", "=", number),
                ("company_id", "in", [company.id, False]),
            ],
            order="write_date desc, id desc",
            limit=1,
        )

    def _post(self):
        """Show the text in the contact's chatter, as text whatever it holds."""
        if self.partner_id:
            self.mail_message_id = self.partner_id.message_post(
                body=Markup("%s<br/>%s")
                % (
                    self.env._("SMS from %s:", phone.masked(self.number)),
                    self.body or "",
                ),
                author_id=self.partner_id.id,
                message_type="comment",
                subtype_xmlid="mail.mt_note",
            )

    def _on_incoming(self):
        """Act on what was said; for those who know words, such as STOP."""
