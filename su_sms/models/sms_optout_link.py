import random
import string

from odoo import api, fields, models

from .sms_consent import Act

ROUTE = "/o"
# 12 of 62 characters: 71 bits, and short enough for an SMS.
TOKEN_LENGTH = 12
ALPHABET = string.ascii_letters + string.digits

_random = random.SystemRandom()


def new_token():
    """Give a token that nobody guesses."""
    return "".join(_random.choices(ALPHABET, k=TOKEN_LENGTH))


class SmsOptoutLink(models.Model):
    """The address at which the owner of a number opts out: a token, and no number.

    One for each number and company, and the same in every message.
    """

    _name = "sms.optout.link"
    _inherit = ["sms.form.mixin"]
    _description = "SMS Opt-Out Link"
    _rec_name = "token"

    token = fields.Char(required=True, readonly=True)
    number = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )

    _by_token = models.UniqueIndex("(token)")
    _by_number = models.UniqueIndex("(number, company_id)")

    @api.model
    def _urls(self, numbers, company, mailing_id=None):
        """Give {number: its link}; two statements, however many there are.

        :param numbers: in E.164
        :param mailing_id: of a mailing whose lists can be left there, too
        """
        base, numbers = self._base(company), list(set(numbers))
        self.env.cr.execute(
            """
            INSERT INTO sms_optout_link
                   (number, token, company_id, create_date, write_date)
            SELECT number, token, %(company)s, %(now)s, %(now)s
              FROM unnest(%(numbers)s, %(tokens)s) AS new(number, token)
             WHERE NOT EXISTS (SELECT FROM sms_optout_link known
                                WHERE known.number = new.number
                                  AND known.company_id = %(company)s)
                ON CONFLICT (number, company_id) DO NOTHING
            """,
            {
                "company": company.id,
                "now": fields.Datetime.now(),
                "numbers": numbers,
                "tokens": [new_token() for _number in numbers],
            },
        )
        self.env.cr.execute(
            "SELECT number, token FROM sms_optout_link"
            " WHERE company_id = %s AND number = ANY(%s)",
            [company.id, numbers],
        )
        end = _end(mailing_id)
        return {
            number: f"{base}{token}{end}" for number, token in self.env.cr.fetchall()
        }

    @api.model
    def _texts(self, numbers, company):
        """Give {number: “Opt out: link”}, in the language of the environment."""
        urls = self._urls(numbers, company)
        return {number: self._text(url) for number, url in urls.items()}

    @api.model
    def _sample_text(self, company):
        """Give a text as long as all of ``_texts``, to count with."""
        return self._text(self._sample_url(company))

    @api.model
    def _sample_url(self, company, mailing_id=None):
        return self._base(company) + "X" * TOKEN_LENGTH + _end(mailing_id)

    @api.model
    def _text(self, url):
        return self.env._("Opt out: %s", url)

    @api.model
    def _base(self, company):
        return f"{company.get_base_url()}{ROUTE}/"

    @api.model
    def _of_token(self, token):
        """Give the link of a token, or none."""
        if len(token) != TOKEN_LENGTH or not token.isalnum():
            return self.browse()
        return self.sudo().search([("token", "=", token)])

    def _said_no(self):
        """Tell whether the number's owner has opted out, by whatever way."""
        return bool(self.env["sms.blacklist"]._opted_out([self.number]))

    def _subscriptions(self, mailing_id):
        """Give the number's places on the lists of a mailing, if there are any."""
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
        elif choice == "in" and self._said_no():
            blacklist._opt_in([self.number], act)
        elif choice in ("leave", "join"):
            out = choice == "leave"
            subscriptions = self._subscriptions(mailing_id)
            subscriptions.filtered(lambda each: each.opt_out != out).opt_out = out


def _end(mailing_id):
    """Give what a link ends with if the lists of a mailing can be left there."""
    return f"/{mailing_id}" if mailing_id else ""
