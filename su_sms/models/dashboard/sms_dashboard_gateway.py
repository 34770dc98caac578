from odoo import api, models
from odoo.tools import format_datetime

from ...tools.findings import LEVELS
from .sms_gateway_config import OF_SERVER


class SmsDashboard(models.AbstractModel):
    """Figures of the gateways: state, balance and its trend, what is wrong."""

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.dashboard"

    @api.model
    def _gateway_data(self, gateway):
        return {
            "id": gateway.id,
            "name": gateway.name,
            "sandbox": gateway.environment == "sandbox",
            "status": gateway.status,
            "status_label": self._label(gateway, "status"),
            "hold_label": self._label(gateway, "hold_reason"),
            "balance": self._amount(gateway.balance, gateway.balance_currency_id),
            "balance_at": self._ago(gateway.balance_at),
            "balance_state": gateway.balance_state or "ok",
            "last_success_at": self._ago(gateway.last_success_at),
        }

    @api.model
    def _ago(self, when):
        return format_datetime(self.env, when, dt_format="short") if when else ""

    @api.model
    def _balances(self, gateways, since):
        """Return the trend of each gateway's balance: times in UTC and amounts.

        It begins with what was left when the first day began.
        """
        balances = self.env["sms.balance"].sudo()
        trends = []
        for gateway in gateways.filtered("balance_at"):
            mine = [("gateway_id", "=", gateway.id)]
            rows = balances.search([*mine, ("at", ">=", since)])
            before = balances.search([*mine, ("at", "<", since)], limit=1)
            points = [(since, before.amount)] if before else []
            points += [(row.at, row.amount) for row in reversed(rows)]
            points.append((gateway.balance_at, gateway.balance))
            trends.append(
                {
                    "gateway": gateway.name,
                    "currency": gateway.balance_currency_id.name or "",
                    "points": [
                        {"x": f"{at.isoformat()}Z", "y": amount}
                        for at, amount in points
                    ],
                    "domain": mine,
                }
            )
        return trends

    # ------------------------------------------------------------
    # Problems
    # ------------------------------------------------------------

    @api.model
    def _problems(self, gateways, traffic):
        """Return what should be looked at, the worst first.

        :return: [{"level", "title", "text", "open"}], where ``open`` says which records
            to show, if the user may see them
        """
        problems = self._problems_of_gateways(gateways)
        unknown = traffic["unknown"]
        if unknown["count"]:
            problems.append(
                {
                    "level": "warning",
                    "title": self.env._(
                        "%s messages of unknown outcome", unknown["count"]
                    ),
                    "text": self.env._(
                        "They were sent, but no answer came. Open them to mark them"
                        " as sent or failed, or to resend them."
                    ),
                    "open": {"model": "sms.sms", "domain": unknown["domain"]},
                }
            )
        problems += self._answers_to_look_at(gateways)
        problems += self._problems_of_reports(gateways, traffic)
        worst_first = list(LEVELS)
        return sorted(problems, key=lambda each: worst_first.index(each["level"]))

    @api.model
    def _problems_of_gateways(self, gateways):
        opens = self.env["sms.gateway.config"].has_access("read")
        # Whether reports come is told from the traffic here.
        hidden = ("reports",) if opens else ("reports", "trust", "callbacks")
        found = gateways._findings()
        problems = {}
        for gateway in gateways:
            for finding in found[gateway.id]:
                # What is wrong with Odoo is said once.
                of_server = finding.kind in OF_SERVER
                name = (
                    finding.title if of_server else f"{gateway.name}: {finding.title}"
                )
                if finding.kind in hidden or name in problems:
                    continue
                problems[name] = {
                    "level": finding.level,
                    "title": name,
                    "text": finding.text,
                    "open": {"model": gateway._name, "id": gateway.id}
                    if opens and not of_server
                    else None,
                }
        return list(problems.values())

    @api.model
    def _answers_to_look_at(self, gateways):
        """Return what people wrote that may be a no; whoever may see it decides."""
        domain = [("doubtful", "=", True), ("gateway_id", "in", gateways.ids)]
        count = self.env["sms.incoming"].search_count(domain)
        if not count:
            return []
        return [
            {
                "level": "warning",
                "title": self.env._("%s incoming messages to review", count),
                "text": self.env._("These may be opt-out requests: review each one."),
                "open": {"model": "sms.incoming", "domain": domain},
            }
        ]

    @api.model
    def _problems_of_reports(self, gateways, traffic):
        found = []
        events = self.env["sms.gateway.event"]
        if events.has_access("read"):
            domain = [
                ("state", "in", ("failed", "unmatched")),
                ("gateway_id", "in", gateways.ids),
            ]
            if count := events.search_count(domain):
                found.append(
                    {
                        "level": "info",
                        "title": self.env._("%s gateway events to review", count),
                        "text": self.env._("They could not be applied to a message."),
                        "open": {"model": "sms.gateway.event", "domain": domain},
                    }
                )
        if traffic["no_reports"]:
            title, text = gateways._no_reports_words()
            found.append({"level": "info", "title": title, "text": text, "open": None})
        return found
