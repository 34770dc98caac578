"""The page behind the link in a message: a GET shows, only a POST changes anything.

Whoever previews or scans links opts nobody out.
"""

from odoo import http
from odoo.http import request

from ..privacy.links import BLANK, ROUTE
from ..text import phone
from ..tools.rate_limit import RateLimit, whose
from .headers import HEADERS

# Before anything is looked up. One address may be a whole network's, whose people open
# the page and press a few times; a look-up by the token's index costs next to nothing.
lookups = RateLimit(burst=600, per_second=50)
choices = RateLimit(burst=300, per_second=5)
# Wrong links: nobody guesses one, and who tries gets no page from the database. Others
# behind the same address are answered all the same.
mistakes = RateLimit(burst=30, per_second=0.2)

ROUTING = {
    "type": "http",
    "auth": "public",
    "methods": ["GET", "POST"],
    "website": True,
    "multilang": False,
    "sitemap": False,
}


class Optout(http.Controller):
    @http.route(f"{ROUTE}<string:token>", path_params=("token",), **ROUTING)
    def choose(self, token):
        """Show whether a number gets promotional SMS, and change it as was chosen."""
        return _choose(token)

    @http.route(
        f"{ROUTE}<string:token>/<int(max=2147483647):mailing_id>",
        path_params=("token", "mailing_id"),
        **ROUTING,
    )
    def choose_lists(self, token, mailing_id):
        """Offer to leave the lists that a mailing went to, too."""
        return _choose(token, mailing_id)


def address():
    """Return what counts as the address of whoever asks."""
    return whose(request.httprequest.remote_addr or "")


def page(template, status=200, **values):
    """Return a page that anybody may open."""
    gateways = request.env["sms.gateway.config"].sudo()
    gateway = gateways._gateway_of(request.env.company)
    # Who can't be answered is told of no word to answer with.
    values["how_to_stop"] = gateway._optout_word_text()
    response = request.render(template, values)
    response.status_code = status
    response.headers.update(HEADERS)
    return response


def wait():
    """Tell who asks too often, without asking the database for a page."""
    text = request.env._(
        "Too many attempts. Wait a few minutes and open the link again."
    )
    headers = {"Retry-After": "60", **HEADERS}
    return http.Response(text, status=429, mimetype="text/plain", headers=headers)


def _choose(token, mailing_id=None):
    caller, posted = address(), request.httprequest
    if not lookups.take(caller):
        return wait()
    if token == BLANK:
        # What staff see in a message, and what a test of one ends with.
        return page("su_sms.optout_blank")
    link = request.env["sms.optout.link"]._of_token(token)
    if not link:
        if not mistakes.take(caller):
            return wait()
        return page("su_sms.optout_unknown", status=404)
    if posted.method == "POST":
        if not choices.take(caller):
            return wait()
        link._choose(posted.form.get("choice"), mailing_id)
        response = request.redirect(posted.path, code=303)
        response.headers.update(HEADERS)
        return response
    subscriptions = link._subscriptions(mailing_id)
    left = all(subscriptions.mapped("opt_out"))
    return page(
        "su_sms.optout_page",
        company=link.company_id.name,
        number=phone.masked(link.number),
        opted_out=link._said_no(),
        may_return=link._may_return(),
        how_to_return=link._how_to_return(),
        lists=subscriptions.list_id,
        left=left,
        may_join=left and any(subscriptions.mapped("left_by_link")),
    )
