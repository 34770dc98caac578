"""Odoo's own link to opt out, of mailings that had left before there was a gateway.

Its code has three characters, and Odoo opts out whoever follows the address with a
number in it. Here it asks for the number, looks at nothing before a POST, and a code
does no more than opt out: what the link of a gateway's message may, it does not learn.
"""

from odoo import http
from odoo.addons.mass_mailing_sms.controllers.main import MailingSMSController
from odoo.http import request

from ..text import e164
from ..tools.rate_limit import RateLimit
from . import optout

# Of an address, and about a number, wherever the guesses come from: some 240,000 codes
# are not many.
guesses = RateLimit(burst=10, per_second=1 / 60)
guesses_about = RateLimit(burst=10, per_second=1 / 3600)


class MailingSms(MailingSMSController):
    @http.route(path_params=("mailing_id", "trace_code"))
    def blacklist_page(self, mailing_id, trace_code):
        """Ask for the number, and opt it out if this code was sent to it."""
        if not request.env["sms.gateway.config"]._default_ids():
            return super().blacklist_page(mailing_id, trace_code, **_given())
        return _opt_out(mailing_id, trace_code)

    @http.route(path_params=("mailing_id", "trace_code"))
    def blacklist_number(self, mailing_id, trace_code):
        """Ask all the same: Odoo opts out whoever follows the address."""
        if not request.env["sms.gateway.config"]._default_ids():
            return super().blacklist_number(mailing_id, trace_code, **_given())
        return _opt_out(mailing_id, trace_code)


def _given():
    # As Odoo has it: of the address, or of a form whatever the method.
    number = request.get_http_params().get("sms_number")
    return {"sms_number": number} if isinstance(number, str) else {}


def _opt_out(mailing_id, code):
    given, caller = _given().get("sms_number", "").strip()[:64], optout.address()
    if not optout.lookups.take(caller):
        return optout.wait()
    if request.httprequest.method != "POST":
        return _page(given)
    number = request.env["sms.sms"]._readable(given, request.env.company)
    if guesses.spent(caller) or guesses_about.spent(number):
        return optout.wait()
    mailings = request.env["mailing.mailing"].sudo()
    if not (e164.parts(number) and mailings._opt_out_by_code(mailing_id, code, number)):
        guesses.take(caller)
        if e164.parts(number):
            guesses_about.take(number)
        return _page(given, wrong=True, status=404)
    return _page(given, done=True)


def _page(number, status=200, *, wrong=False, done=False):
    template = "su_sms.optout_mailing"
    return optout.page(template, status, number=number, wrong=wrong, done=done)
