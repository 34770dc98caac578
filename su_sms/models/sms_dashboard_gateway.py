from odoo import api, models
from odoo.tools import format_datetime

# The worst first.
LEVELS = ("danger", "warning", "info")


class SmsDashboard(models.AbstractModel):
    """Figures of the gateways: state, balance and its trend, what is wrong."""

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
        """Give the trend of each gateway's balance: times in UTC and amounts.

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
        """Give what should be looked at, the worst first.

        :return: [{"level", "title", "text", "open"}], where ``open`` says which records
            to show, if the user may see them
        """
        problems = []
        for gateway in gateways:
            problems += self._problems_of(gateway)
        unknown = traffic["unknown"]
        if unknown["count"]:
            problems.append(
                {
                    "level": "warning",
                    "title": self.env._(
                        "%s messages of unknown outcome", unknown["count"]
                    ),
                    "text": self.env._(
                        "They left, but no answer came. Open them to settle or resend."
                    ),
                    "open": {"model": "sms.sms", "domain": unknown["domain"]},
                }
            )
        problems += self._problems_of_reports(gateways, traffic)
        return sorted(problems, key=lambda problem: LEVELS.index(problem["level"]))

    @api.model
    def _problems_of(self, gateway):
        env, found = self.env, []
        opens = None
        if self.env["sms.gateway.config"].has_access("read"):
            opens = {"model": "sms.gateway.config", "id": gateway.id}

        def add(level, title, *texts):
            text = " ".join(filter(None, texts))
            found.append(
                {
                    "level": level,
                    "title": f"{gateway.name}: {title}",
                    "text": text,
                    "open": opens,
                }
            )

        if gateway.status == "held":
            since = self._ago(gateway.held_since)
            then = self._ago(gateway.retry_at)
            add(
                "danger",
                self._label(gateway, "hold_reason"),
                gateway.hold_text and env._("The answer was “%s”.", gateway.hold_text),
                since and env._("Held since %s.", since),
                then and env._("Next try: %s.", then),
            )
        elif gateway.status == "paused":
            since = self._ago(gateway.held_since)
            add("warning", env._("Paused"), since and env._("Since %s.", since))
        elif gateway.status == "no_key":
            add("danger", env._("Key missing"), env._("Enter the API key."))
        elif gateway.last_error and (
            not gateway.last_success_at
            or gateway.last_error_at > gateway.last_success_at
        ):
            when = self._ago(gateway.last_error_at)
            add("info", env._("Last error on %s", when), gateway.last_error)
        if gateway.balance_state in ("low", "floor"):
            left = self._amount(gateway.balance, gateway.balance_currency_id)
            waits = gateway.balance_state == "floor"
            add(
                "danger" if waits else "warning",
                env._("Balance low: %s", left),
                waits and env._("Promotional messages wait."),
                env._("Top up the account at Africa's Talking."),
            )
        return found

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
                        "title": self.env._("%s gateway events to look at", count),
                        "text": self.env._("They could not be applied to a message."),
                        "open": {"model": "sms.gateway.event", "domain": domain},
                    }
                )
        if traffic["unreported"]:
            found.append(
                {
                    "level": "info",
                    "title": self.env._("No delivery reports have come"),
                    "text": self.env._(
                        "Paste the addresses of the gateway's “Callbacks” tab into"
                        " Africa's Talking's dashboard, to learn what was delivered."
                    ),
                    "open": None,
                }
            )
        return found
