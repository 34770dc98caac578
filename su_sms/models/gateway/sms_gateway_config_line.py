from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...africastalking.account import Account
from ...africastalking.trust import authorities


class SmsGatewayConfig(models.Model):
    """The line to the provider: whom to trust, by which way, how long and how often."""

    _inherit = "sms.gateway.config"

    trust = fields.Selection(
        [
            ("verify", "Verify"),
            ("ca", "Verify, with our own authority as well"),
            ("relaxed", "Do not verify (last resort)"),
        ],
        required=True,
        default="verify",
        # as little as what it rests on: the certificate, the confirmation
        copy=False,
        tracking=True,
        help="Whose signature on the server's certificate is accepted. A firewall that"
        " inspects HTTPS signs with its own authority: upload that one.",
    )
    ca_certificate = fields.Text(
        "Authority's Certificate (PEM)",
        copy=False,
        tracking=True,
        help="The certificate of the firewall's authority, from"
        " -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----. Never a private"
        " key.",
    )
    relaxed_confirmed = fields.Boolean(
        "I accept that the line can be read",
        copy=False,
        tracking=True,
        help="Without verification anybody between this server and Africa's Talking"
        " can read the messages and take the key.",
    )
    proxy_url = fields.Char(
        "Proxy",
        tracking=True,
        help="http://host:port of the proxy that leads out, if there is one.",
    )
    proxy_username = fields.Char(
        "Proxy User",
        copy=False,
        tracking=True,
        help="Only if the proxy asks who it is.",
    )
    connect_timeout = fields.Integer(
        default=10, tracking=True, help="Seconds to wait for a connection."
    )
    read_timeout = fields.Integer(
        default=30,
        tracking=True,
        help="Seconds to wait for an answer. After it the outcome is unknown, so do"
        " not make it short.",
    )
    attempts = fields.Integer(
        default=3,
        tracking=True,
        help="Tries within one call for what was certainly not sent. After them the"
        " message goes back to the queue and is tried again later.",
    )
    message_attempts = fields.Integer(
        "Tries per Message",
        default=6,
        tracking=True,
        help="How often a message that the provider itself failed to process is tried,"
        " with growing pauses, before it is given up.",
    )
    chunk_size = fields.Integer(
        "Numbers per Request",
        default=500,
        tracking=True,
        help="How many recipients of the same text share a request.",
    )
    concurrency = fields.Integer(
        "Requests Side by Side",
        default=8,
        tracking=True,
        help="How many requests each dispatcher may have under way at once. There are"
        " up to as many dispatchers as the server has cron workers.",
    )

    _positive = models.Constraint(
        "CHECK (connect_timeout BETWEEN 1 AND 60 AND read_timeout BETWEEN 1 AND 120"
        " AND attempts BETWEEN 1 AND 5 AND message_attempts BETWEEN 1 AND 20)",
        "Allowed are 1 to 60 seconds to connect, 1 to 120 to wait for an answer, 1 to 5"
        " tries within a call and 1 to 20 for a message.",
    )
    _sizes = models.Constraint(
        "CHECK (chunk_size BETWEEN 1 AND 1000 AND concurrency BETWEEN 1 AND 32)",
        "A request takes 1 to 1,000 numbers, and up to 32 go side by side.",
    )

    @api.constrains("trust", "ca_certificate", "relaxed_confirmed")
    def _check_trust(self):
        for gateway in self:
            if gateway.trust == "relaxed" and not gateway.relaxed_confirmed:
                raise ValidationError(
                    self.env._(
                        "Without verification the messages and the key can be read on"
                        " the way. Confirm that you accept this, or upload the"
                        " firewall's certificate instead."
                    )
                )
            if gateway.trust == "ca":
                try:
                    authorities(gateway.ca_certificate or "")
                except ValueError as error:
                    raise ValidationError(str(error)) from None

    @api.constrains("proxy_url")
    def _check_proxy(self):
        for gateway in self.filtered("proxy_url"):
            if "@" in gateway.proxy_url:
                raise ValidationError(
                    self.env._("Enter the proxy's user and password in their fields.")
                )
            try:
                Account("", "", proxy=gateway.proxy_url)
            except ValueError as error:
                raise ValidationError(str(error)) from None
