from datetime import datetime, time, timedelta

import pytz
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_amount, format_datetime

DAYS = 30


class SmsDashboard(models.AbstractModel):
    """What the dashboard shows, in one call.

    Each figure comes with the domain of the records that it counts. All are counted by
    the record rules of whoever asks: nobody's figures are another company's.
    """

    _name = "sms.dashboard"
    _description = "SMS Dashboard"

    @api.model
    @api.readonly
    def get_data(self, gateway_id=False):
        """Return all figures.

        Days begin in the user's time zone. Messages count by when they were queued.

        :param gateway_id: only what goes through this gateway
        :return: ``gateways``, ``problems``, ``results``, ``periods``, ``chart``,
            ``networks``, ``campaigns``, ``slowest``, ``failures``, ``delays``,
            ``queue``, ``balances``; a figure is a dict with ``count`` and ``domain``
        :raise AccessError: for those who are not managers
        """
        if not self.env.user.has_group("su_sms.group_manager"):
            raise AccessError(
                self.env._("Only SMS managers can see everyone's figures.")
            )
        gateways = self._gateways()
        chosen = gateways.filtered(lambda gateway: gateway.id == gateway_id)
        days = self._days()
        traffic = self._traffic(chosen, days)
        return {
            "can_configure": self.env["sms.gateway.config"].has_access("create"),
            "at": format_datetime(self.env, fields.Datetime.now(), dt_format="short"),
            "gateway_id": chosen.id,
            "gateways": [self._gateway_data(gateway) for gateway in gateways],
            "balances": self._balances(chosen or gateways, days[0]),
            "queue": self._queue(chosen),
            "problems": self._problems(chosen or gateways, traffic),
            **traffic,
        }

    @api.model
    def _gateways(self):
        """Return the gateways in use of the companies at work, with all rights."""
        companies = [*self.env.companies.ids, False]
        gateways = self.env["sms.gateway.config"].sudo()
        return gateways.search([("company_id", "in", companies)])

    @api.model
    def _domain(self, chosen):
        """Return the domain of all messages that the figures are about."""
        through = [("gateway_id", "in", chosen.ids)] if chosen else []
        through = through or [("gateway_id", "!=", False)]
        return [*through, ("to_delete", "!=", True)]

    @api.model
    def _days(self):
        """Return when each day of the figures begins, in UTC, and the last one ends.

        They are the last thirty and those before them that are of this month.
        """
        zone = self.env.tz
        today = fields.Datetime.now().replace(tzinfo=pytz.utc).astimezone(zone).date()
        first = min(today - timedelta(days=DAYS - 1), today.replace(day=1))
        return [
            zone.localize(datetime.combine(first + timedelta(days=n), time.min))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
            for n in range((today - first).days + 2)
        ]

    @api.model
    def _date(self, begins):
        """Return the date of a day that begins at this time in UTC."""
        return begins.replace(tzinfo=pytz.utc).astimezone(self.env.tz).date()

    @api.model
    def _label(self, record, name):
        """Return the word for a selection's value, or an empty string."""
        labels = dict(record._fields[name]._description_selection(self.env))
        return labels.get(record[name], "")

    @api.model
    def _amount(self, amount, currency):
        if not currency:
            return f"{amount:,.2f}"
        return format_amount(self.env, amount, currency)


def queued_from(begins):
    """Return the domain of messages that were queued at this time in UTC or later."""
    return [("create_date", ">=", fields.Datetime.to_string(begins))]


def queued_before(ends):
    """Return the domain of messages that were queued before this time in UTC."""
    return [("create_date", "<", fields.Datetime.to_string(ends))]
