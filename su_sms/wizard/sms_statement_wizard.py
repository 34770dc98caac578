import base64
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools.misc import format_date, format_datetime

from ..models.message.results import labels, result_of
from ..report.sms_statement_lines import Line, Section
from ..tools import xlsx

MONTHS = 36
# breakdown -> its field on messages, and on the totals of those that are gone
BREAKDOWNS = {
    "user": ("create_uid", "user_id"),
    "group": ("sender_group_ids", "sender_group_ids"),
    "campaign": ("campaign_id", "campaign_id"),
    "mailing": ("mailing_id", "mailing_id"),
    "class": ("message_class", "message_class"),
    "network": ("network", "network"),
    "sender": ("sender_id", "sender_id"),
    "gateway": ("gateway_id", "gateway_id"),
}
# Breakdowns with several lines that a message counts in.
SEVERAL = ("group",)


class SmsStatementWizard(models.TransientModel):
    """A month's messages and what they cost: to print, or as a spreadsheet.

    Counts what is on record and what retention has removed alike. A message belongs to
    the month in which it was accepted, else made, in its company's time zone.
    """

    _name = "sms.statement.wizard"
    _inherit = ["sms.form.mixin", "sms.own.companies"]
    _description = "SMS Statement"
    _rec_name = "month"

    month = fields.Selection(
        lambda self: self._months(),
        required=True,
        default=lambda self: self._months()[1][0],
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        domain=lambda self: [("id", "in", self.env.companies.ids)],
    )
    breakdown = fields.Selection(
        [
            ("all", "Everything"),
            ("user", "User"),
            ("group", "Group of Users"),
            ("campaign", "Campaign"),
            ("mailing", "Mailing"),
            ("class", "Class"),
            ("network", "Network"),
            ("sender", "Sender"),
            ("gateway", "Gateway"),
        ],
        "By",
        required=True,
        default="all",
    )
    file = fields.Binary(attachment=False, readonly=True)

    @api.model
    def _months(self):
        """Return [("2026-11", "November 2026")], this month first."""
        this = fields.Date.context_today(self).replace(day=1)
        months = [this - relativedelta(months=ago) for ago in range(MONTHS)]
        return [
            (f"{month:%Y-%m}", format_date(self.env, month, date_format="MMMM y"))
            for month in months
        ]

    # ------------------------------------------------------------
    # What it says
    # ------------------------------------------------------------

    def _statement(self):
        """Return the statement as data, for the page and the spreadsheet.

        :return: {"results": {key: label}, "currencies": [name],
            "sections": [Section]}
        """
        self.ensure_one()
        if self.company_id not in self.env.companies:
            raise AccessError(self.env._("You don't have access to this company."))
        headings = dict(self._fields["breakdown"]._description_selection(self.env))
        every = list(BREAKDOWNS) if self.breakdown == "all" else [self.breakdown]
        # The total is that of lines in which each message counts once.
        once = [name for name in every if name not in SEVERAL] or ["user"]
        found = self._lines(once)
        total = self._total(found[once[0]])
        for name in set(every) & set(SEVERAL):
            found |= self._lines([name])
        sections = [
            Section(headings[name], found[name], total, self._note(name))
            for name in every
        ]
        return {
            "results": labels(self.env),
            "currencies": sorted(total.costs),
            "sections": sections,
        }

    def _note(self, breakdown):
        if breakdown not in SEVERAL:
            return ""
        return self.env._(
            "Messages of users in several groups count in each group, and once in"
            " the total."
        )

    def _lines(self, breakdowns):
        """Return {breakdown: its lines, most messages first}."""
        found = {breakdown: {} for breakdown in breakdowns}
        for (
            *keys,
            state,
            failure_type,
            left_out,
            currency,
            messages,
            parts,
            cost,
        ) in self._groups(breakdowns):
            result = result_of(state, failure_type, left_out)
            for key, lines in zip(keys, found.values(), strict=True):
                line = lines.setdefault(key, Line())
                line.add(result, messages, parts or 0, currency.name or "?", cost or 0)
        for breakdown, lines in found.items():
            for key, line in lines.items():
                line.label = self._label(breakdown, key)
        return {
            breakdown: sorted(
                lines.values(), key=lambda line: (-line.messages, line.label)
            )
            for breakdown, lines in found.items()
        }

    @api.model
    def _total(self, lines):
        total = Line(self.env._("Total"))
        for line in lines:
            for result, messages in line.results.items():
                total.results[result] += messages
            total.parts += line.parts
            for currency, cost in line.costs.items():
                total.costs[currency] += cost
        return total

    def _groups(self, breakdowns):
        """Return the groups of messages on record, and of those that are gone.

        By all breakdowns at once, so that the month is read once.
        """
        on_messages, on_statistics = zip(
            *(BREAKDOWNS[breakdown] for breakdown in breakdowns), strict=True
        )
        rest = ["state", "failure_type", "left_out", "currency_id"]
        yield from self.env["sms.sms"]._read_group(
            self._domain(),
            [*on_messages, *rest],
            ["__count", "parts:sum", "cost:sum"],
        )
        first, _start, end, _stop = self._period()
        yield from self.env["sms.statistic"]._read_group(
            [
                ("company_id", "=", self.company_id.id),
                ("day", ">=", first),
                ("day", "<", end),
            ],
            [*on_statistics, *rest],
            ["messages:sum", "parts:sum", "cost:sum"],
        )

    def _domain(self):
        """Return the domain of the month's messages on record."""
        _first, start, _end, stop = self._period()
        return [
            ("company_id", "=", self.company_id.id),
            ("gateway_id", "!=", False),
            "|",
            *("&", ("accepted_at", ">=", start), ("accepted_at", "<", stop)),
            *("&", ("accepted_at", "=", False)),
            *("&", ("create_date", ">=", start), ("create_date", "<", stop)),
        ]

    def _period(self):
        """Return the month's first day, its start in UTC, and those of the next."""
        zone = ZoneInfo(self.company_id.sudo()._sms_time_zone())
        year, month = map(int, self.month.split("-"))
        first = date(year, month, 1)
        period = []
        for day in (first, first + relativedelta(months=1)):
            midnight = datetime.combine(day, time(), zone).astimezone(timezone.utc)
            period += [day, midnight.replace(tzinfo=None)]
        return period

    def _period_label(self):
        """Return the month's first and last day, and the time zone."""
        first, _start, end, _stop = self._period()
        last = end - timedelta(days=1)
        # 10/01 is read as two dates in two countries.
        return self.env._(
            "%(first)s to %(last)s (%(zone)s)",
            first=format_date(self.env, first, date_format="d MMMM y"),
            last=format_date(self.env, last, date_format="d MMMM y"),
            zone=self.company_id.sudo()._sms_time_zone(),
        )

    def _printed_label(self):
        return self.env._(
            "Printed by %(user)s on %(when)s",
            user=self.env.user.name,
            when=format_datetime(
                self.env, fields.Datetime.now(), dt_format="d MMMM y, HH:mm"
            ),
        )

    def _label(self, breakdown, key):
        if not key:
            return {
                "campaign": self.env._("No campaign"),
                "mailing": self.env._("No mailing"),
                "network": self.env._("Not known yet"),
                "sender": self.env._("The gateway's"),
                "group": self.env._("No group"),
            }.get(breakdown, self.env._("Nobody"))
        if isinstance(key, models.BaseModel):
            return key.sudo().display_name
        if breakdown == "class":
            field = self.env["sms.sms"]._fields["message_class"]
            return dict(field._description_selection(self.env))[key]
        return key

    # ------------------------------------------------------------
    # How it leaves
    # ------------------------------------------------------------

    def action_print(self):
        """Return the report to print."""
        self.ensure_one()
        self.check_access("read")
        return self.env.ref("su_sms.sms_statement_report").report_action(self)

    def action_download(self):
        """Return the spreadsheet."""
        self.ensure_one()
        self.file = base64.b64encode(self._xlsx())
        name = f"sms-statement-{self.month}.xlsx"
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/{name}?download=true",
            "target": "download",
        }

    def _xlsx(self):
        statement = self._statement()
        results, currencies = statement["results"], statement["currencies"]

        def row(line):
            yield line.label
            yield line.messages
            yield from (line.results[result] for result in results)
            yield line.parts
            yield from (round(line.costs[name], 4) for name in currencies)

        sheets = []
        for section in statement["sections"]:
            headers = [
                section.label,
                self.env._("Messages"),
                *results.values(),
                self.env._("Parts"),
                *(self.env._("Cost (%s)", name) for name in currencies),
            ]
            rows = [tuple(row(line)) for line in section.lines]
            rows.append(xlsx.Total(row(section.total)))
            rows += [(section.note,)] if section.note else []
            sheets.append((section.label, headers, rows))
        return xlsx.workbook(sheets)
