import hmac

from odoo import api, fields, models

from ...privacy import links
from ...tools.acts import Act

# So many characters of a token find its link; the rest is compared in constant time.
SELECTOR = 6


class SmsOptoutLink(models.Model):
    """The address at which the owner of a number opts out: a token, and no number.

    One for each number and company, and the same in every message.
    """

    _name = "sms.optout.link"
    _inherit = ["sms.form.mixin"]
    _description = "SMS Opt-Out Link"
    # Whoever has a token opts its number out: no name is made of it.
    _rec_name = "id"

    token = fields.Char(required=True, readonly=True)
    number = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )

    _by_selector = models.Index(f"(left(token, {SELECTOR}))")
    _by_number = models.UniqueIndex("(number, company_id)")

    @api.model
    def _make(self, numbers, company):
        """Let each of these E.164 numbers have a link, in one statement."""
        links.make(self.env.cr, {(number, company.id) for number in numbers})

    @api.model
    def _urls(self, numbers, company, mailing_id=None):
        """Return {number: its link}, for their owners alone; two statements.

        For no field: a message has a blank in its place until it leaves.

        :param numbers: in E.164
        :param mailing_id: of a mailing whose lists can be left there, too
        """
        base, end = self._base(company), _end(mailing_id)
        owners = {(number, company.id) for number in numbers}
        return {
            number: f"{base}{token}{end}"
            for (number, _id), token in links.tokens(self.env.cr, owners).items()
        }

    @api.model
    def _blank_text(self, company):
        """Return “Opt out: link”, in the language of the environment.

        The link has a blank, as long as a token, which is filled in on the wire.
        """
        return self._told(self._blank_url(company))

    @api.model
    def _told(self, url):
        """Say how to opt out, in a campaign and a mailing alike."""
        return self.env._("Opt out: %s", url)

    @api.model
    def _blank_url(self, company, mailing_id=None):
        return self._base(company) + links.BLANK + _end(mailing_id)

    @api.model
    def _base(self, company):
        return f"{company.get_base_url()}{links.ROUTE}"

    @api.model
    def _of_token(self, token):
        """Return the link of a token, or none."""
        if not links.is_token(token):
            return self.browse()
        self.flush_model()
        self.env.cr.execute(
            "SELECT id, token FROM sms_optout_link WHERE left(token, %s) = %s",
            [SELECTOR, token[:SELECTOR]],
        )
        rows = self.env.cr.fetchall()
        found = [row for row, known in rows if hmac.compare_digest(known, token)]
        return self.sudo().browse(found[:1])

    def _said_no(self):
        """Tell whether the number's owner has opted out, by whatever way."""
        return bool(self.env["sms.blacklist"]._opted_out([self.number]))

    def _may_return(self):
        """Tell whether a link may take the no back: only a link of its own has said it.

        Who has written STOP, called or complained since they last said yes, or has said
        no to another company, is not written to again on the word of whoever holds a
        link.
        """
        entry = self.env["sms.blacklist"]._entries([self.number]).sudo()
        lines = entry.consent_id + self.env["sms.consent"]._latest_noes(self.number)
        return bool(lines) and all(
            (line.channel, line.reason) == ("web", "web_link")
            and line.company_id == self.company_id
            for line in lines
        )

    def _how_to_return(self):
        """Return “START to 12345” where there is such a way, else nothing."""
        if self.env["sms.consent"]._noes_to_others(self.number, self.company_id):
            return ""
        gateways = self.env["sms.gateway.config"].sudo()
        return gateways._gateway_of(self.company_id)._optin_word_text()

    def _subscriptions(self, mailing_id):
        """Return the number's places on the lists of a mailing, if there are any."""
        mailing = self.env["mailing.mailing"].sudo().browse(mailing_id or []).exists()
        return self.env["mailing.subscription"].search(
            [
                ("list_id", "in", mailing.contact_list_ids.ids),
                ("contact_id.phone_sanitized", "=", self.number),
            ]
        )

    def _choose(self, choice, mailing_id=None):
        """Do as the owner of the number chose; what is so already changes nothing.

        :param choice: ``"out"``, ``"in"``, or ``"leave"`` or ``"join"`` the lists of a
            mailing; else nothing happens
        """
        act = Act("web_link", "web", company_id=self.company_id.id)
        blacklist = self.env["sms.blacklist"].sudo()
        if choice == "out" and not self._said_no():
            blacklist._opt_out([self.number], act)
        elif choice == "in" and self._said_no() and self._may_return():
            blacklist._opt_in([self.number], act)
        elif choice == "leave":
            self._subscriptions(mailing_id)._leave_by_link()
        elif choice == "join":
            self._subscriptions(mailing_id)._join_by_link()


def _end(mailing_id):
    """Return what a link ends with if the lists of a mailing can be left there."""
    return f"/{mailing_id}" if mailing_id else ""
