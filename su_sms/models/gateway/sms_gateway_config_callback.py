import hmac
import ipaddress
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import api, fields, models, tools

from ...africastalking.events import KINDS

# After a change both addresses work, so that there is time to paste the new ones.
OVERLAP = timedelta(days=2)
# Whatever it holds; without it who administers Odoo sets web.base.url by signing in.
FREEZE = "web.base.url.freeze"


class SmsGatewayConfig(models.Model):
    """The addresses that the provider posts to.

    Nothing it posts is signed, so the secret is in the address.
    """

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.gateway.config"

    # No search, group or order by it either: they would tell it letter by letter.
    callback_token = fields.Char(
        default=lambda self: secrets.token_urlsafe(32),
        readonly=True,
        required=True,
        copy=False,
        exportable=False,
        groups=fields.NO_ACCESS,
    )
    callback_token_before = fields.Char(
        readonly=True, copy=False, exportable=False, groups=fields.NO_ACCESS
    )
    callback_token_until = fields.Datetime(
        "Old URLs Work Until", readonly=True, copy=False
    )
    delivery_url = fields.Char(
        "Delivery Reports",
        compute="_compute_callback_urls",
        compute_sudo=True,
        exportable=False,
    )
    incoming_url = fields.Char(
        "Incoming Messages",
        compute="_compute_callback_urls",
        compute_sudo=True,
        exportable=False,
    )
    optout_url = fields.Char(
        "Bulk SMS Opt Out",
        compute="_compute_callback_urls",
        compute_sudo=True,
        exportable=False,
    )
    subscription_url = fields.Char(
        "Subscription Notifications",
        compute="_compute_callback_urls",
        compute_sudo=True,
        exportable=False,
    )
    callback_warning = fields.Char(compute="_compute_callback_warning")
    address_moves = fields.Boolean(compute="_compute_address_moves")
    last_event_at = fields.Datetime("Last Event", compute="_compute_events")
    failed_event_count = fields.Integer("Events to Review", compute="_compute_events")
    event_days = fields.Integer(
        "Keep Events (Days)",
        default=90,
        tracking=True,
        help="How long events posted by the provider are kept. They contain texts and"
        " numbers, so never longer than texts. 0: as long as texts.",
    )

    @api.depends("callback_token")
    def _compute_callback_urls(self):
        for gateway in self:
            base = gateway.get_base_url()
            for kind in KINDS:
                gateway[f"{kind}_url"] = (
                    f"{base}/su_sms/callback/{gateway.callback_token}/{kind}"
                )

    def _compute_callback_warning(self):
        url = urlsplit(self.env["sms.gateway.config"].get_base_url())
        warning = False
        if not _is_public(url.hostname or ""):
            warning = self.env._(
                "Africa's Talking can't reach %s. Set the system parameter"
                " web.base.url to the public address of this server.",
                url.hostname,
            )
        elif url.scheme != "https":
            warning = self.env._(
                "These URLs are not encrypted: numbers, texts and the secret can be"
                " intercepted. Use https in the system parameter web.base.url."
            )
        self.callback_warning = warning

    def _compute_address_moves(self):
        """Tell whether Odoo sets its address anew when an administrator signs in."""
        parameters = self.env["ir.config_parameter"].sudo()
        self.address_moves = not parameters.get_param(FREEZE)

    def _compute_events(self):
        groups = self.env["sms.gateway.event"]._read_group(
            [("gateway_id", "in", self.ids)],
            ["gateway_id", "state"],
            ["received_at:max", "__count"],
        )
        self.last_event_at = False
        self.failed_event_count = 0
        for gateway, state, last, count in groups:
            gateway = gateway.with_env(self.env)
            gateway.last_event_at = max(gateway.last_event_at or last, last)
            if state in ("failed", "unmatched"):
                gateway.failed_event_count += count

    def action_renew_callbacks(self):
        """Make new addresses; the old ones go on working for a while."""
        self.check_access("write")
        for gateway in self.sudo():
            gateway.write(
                {
                    "callback_token_before": gateway.callback_token,
                    "callback_token_until": fields.Datetime.now() + OVERLAP,
                    "callback_token": secrets.token_urlsafe(32),
                }
            )
            gateway.with_env(self.env)._message_log(
                body=self.env._("Callback addresses renewed.")
            )
        self.env.registry.clear_cache()

    def action_keep_address(self):
        """Keep web.base.url as it is; for who may change Odoo's system parameters."""
        self.check_access("write")
        self.env["ir.config_parameter"].set_param(FREEZE, "True")
        self.invalidate_recordset(["address_moves", "health", "health_state"])

    @api.readonly
    def action_view_events(self):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "su_sms.sms_gateway_event_action"
        )
        action["domain"] = [("gateway_id", "=", self.id)]
        return action

    @api.model
    @tools.ormcache()
    def _callback_tokens(self):
        """Return [(token, gateway id, last time it works or None)] as a tuple."""
        tokens = []
        gateways = self.sudo().with_context(active_test=False)
        for gateway in gateways.search([("callback_token", "!=", False)]):
            tokens.append((gateway.callback_token, gateway.id, None))
            if gateway.callback_token_before:
                until = gateway.callback_token_until
                tokens.append((gateway.callback_token_before, gateway.id, until))
        return tuple(tokens)

    @api.model
    def _gateway_of_token(self, token):
        """Return the id of the gateway with this token, or None, in constant time."""
        found = None
        given = token.encode()
        now = fields.Datetime.now()
        for known, gateway_id, until in self._callback_tokens():
            same = hmac.compare_digest(known.encode(), given)
            if same and (until is None or now <= until):
                found = gateway_id
        return found


def _is_public(host):
    """Tell whether a host name may be reached from outside, as far as it tells."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".local", ".localhost", ".lan"))
