from collections import defaultdict
from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...dispatch.database.connection import durable
from ...privacy.blacklist import NO_CLAIM
from ...tools.acts import BY_A_USER, CHANNELS, REASONS, YES


class SmsConsent(models.Model):
    """One line of history: a number opted out or in, why, and what shows it.

    Lines are added and never changed: they are what is shown to a regulator.
    """

    _name = "sms.consent"
    _inherit = ["sms.form.mixin", "sms.number.search"]
    _description = "SMS Opt-Out History"
    _order = "date desc, id desc"
    _rec_name = "number"

    number = fields.Char(required=True, readonly=True, index=True)
    kind = fields.Selection(
        [
            ("optout", "Opted out"),
            ("optin", "Opted in"),
            ("blocked", "Blocked"),
            ("lifted", "Lifted"),
        ],
        "Type",
        required=True,
        readonly=True,
        help="“Opted out” and “opted in” are people's own choices. “Blocked” and"
        " “lifted” say nothing about what anyone wants.",
    )
    reason = fields.Selection(REASONS, required=True, readonly=True)
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Entered By", readonly=True)
    note = fields.Char(readonly=True)
    evidence = fields.Char(
        readonly=True, help="The words used. They are kept when the message is removed."
    )
    company_id = fields.Many2one("res.company", readonly=True)
    gateway_id = fields.Many2one("sms.gateway.config", readonly=True)
    event_id = fields.Many2one("sms.gateway.event", readonly=True)
    incoming_id = fields.Many2one("sms.incoming", readonly=True)
    sms_id = fields.Many2one(
        "sms.sms", "Message", readonly=True, index="btree_not_null"
    )
    confirmed = fields.Boolean(
        "Confirmed by SMS", readonly=True, help="A reply was sent."
    )

    @api.model
    def _record(self, acts, out, *, alone=False):
        """Add a line for each act.

        :param acts: [(E.164 number, Act)]
        :param out: whether these opted out
        :param alone: a yes takes back only what was said to its own company
        :return: the lines, in the order of the acts
        """
        if out:
            # They are told that they get no more, whatever becomes of the server.
            durable(self.env.cr)
        shared = set() if out or alone else self._said_elsewhere(acts)
        return self.sudo().create(
            [self._values(number, act, out, number in shared) for number, act in acts]
        )

    @api.model
    def _said_elsewhere(self, acts):
        """Return the numbers whose owners have said no to another company."""
        numbers = [number for number, _act in acts]
        own = {act.company_id or self.env.company.id for _number, act in acts}
        said = [("number", "in", numbers), ("kind", "=", "optout")]
        noes = self.sudo()._read_group(said, ["number", "company_id"])
        return {
            number for number, company in noes if len(own) > 1 or company.id not in own
        }

    @api.model
    def _values(self, number, act, out, shared=False):
        user = self.env.user
        by_user = act.channel in BY_A_USER and user._is_internal()
        if out:
            kind = "blocked" if act.reason in NO_CLAIM else "optout"
        else:
            kind = "optin" if act.reason in YES else "lifted"
        return {
            **act._asdict(),
            "number": number,
            "kind": kind,
            "date": act.date or fields.Datetime.now(),
            "user_id": user.id if by_user else False,
            # Whoever a no was said to sees that somebody else has undone it.
            "company_id": not shared and (act.company_id or self.env.company.id),
        }

    @api.model
    def _latest_noes(self, number):
        """Return each no of a number's owner that no yes has taken back, newest first.

        By when it was said: posts come in any order. Of the same second, the no counts.
        A yes on record with its company takes back only what was said to that.
        """
        lines = self.sudo().search([("number", "=", number)])
        since = defaultdict(lambda: datetime.min)
        for line in lines.filtered(lambda each: each.kind in ("optin", "lifted")):
            since[line.company_id] = max(since[line.company_id], line.date)
        for_all = since[self.env["res.company"]]
        return lines.filtered(
            lambda line: (
                line.kind == "optout"
                and line.date >= max(for_all, since[line.company_id])
            )
        )

    @api.model
    def _noes_to_others(self, number, company):
        """Return each no in force that was said to another company than this one.

        Whoever is told a gateway's address may post what people are to have written.
        So what was said to others is not taken back there: see SECURITY.md.

        :param company: none is every company
        """
        noes = self._latest_noes(number) if company else self.sudo().browse()
        return noes.filtered(lambda line: line.company_id != company)

    def write(self, vals):
        if vals:
            raise UserError(
                self.env._("The opt-out history can't be changed. Add a line instead.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "The opt-out history can't be deleted: it is the evidence of"
                " what people asked for."
            )
        )
