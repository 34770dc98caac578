import pytz
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...dispatch import window
from ...tools.transactions import utcnow


class SmsGatewayConfig(models.Model):
    """When and how fast messages may leave.

    Kenya's operators let promotional SMS through from 8:00 to 18:00 only (API page,
    section 8); that rule is theirs and may change, so the hours are settings.
    """

    _inherit = "sms.gateway.config"

    use_window = fields.Boolean(
        "Hours for Promotional SMS",
        default=True,
        tracking=True,
        help="Promotional SMS leave only within these hours; what does not fit today"
        " goes on tomorrow. Transactional ones leave at any time.",
    )
    window_start = fields.Float("From", default=8.0, tracking=True)
    window_end = fields.Float("To", default=18.0, tracking=True)
    window_zone = fields.Selection(
        lambda self: [(zone, zone) for zone in pytz.common_timezones],
        "Time Zone",
        required=True,
        default=lambda self: self._default_window_zone(),
        tracking=True,
        help="The zone of these hours, and of the days that costs are counted by.",
    )
    pace = fields.Integer(
        "Messages a Minute",
        tracking=True,
        help="The gateway sends no more than this, whoever made the messages; urgent"
        " ones first. 0: as fast as it can.",
    )

    _hours = models.Constraint(
        "CHECK (window_start >= 0 AND window_start <= 24"
        " AND window_end >= 0 AND window_end <= 24)",
        "Hours are from 0:00 to 24:00.",
    )

    @api.model
    def _default_window_zone(self):
        return self.env.company.partner_id.tz or "Africa/Nairobi"

    @api.constrains("pace")
    def _check_pace(self):
        if any(gateway.pace < 0 for gateway in self):
            raise ValidationError(self.env._("A pace can't be negative."))

    def _window(self):
        """Give the hours of promotional SMS, or None if they may go at any time."""
        self.ensure_one()
        if not self.use_window:
            return None
        return window.Window(self.window_start, self.window_end, self.window_zone)

    def _window_is_open(self):
        hours = self._window()
        return hours is None or window.is_open(hours, utcnow())
