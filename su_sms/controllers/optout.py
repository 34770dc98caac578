"""The page behind the link in a message: a GET shows, only a POST changes anything.

Whoever previews or scans links opts nobody out.
"""

from odoo import http
from odoo.http import request
from werkzeug.exceptions import TooManyRequests

from ..dispatch.limit import RateLimit
from ..models.sms_optout_link import ROUTE
from ..text import phone

# One address may be a whole network's; one person presses a few times.
choices = RateLimit(burst=300, per_second=5)
# Wrong links: nobody guesses one, and nobody loads the database trying.
mistakes = RateLimit(burst=30, per_second=0.2)

HEADERS = {
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


ROUTING = {
    "type": "http",
    "auth": "public",
    "methods": ["GET", "POST"],
    "website": True,
    "multilang": False,
    "sitemap": False,
}


class Optout(http.Controller):
    @http.route(f"{ROUTE}/<string:token>", path_params=("token",), **ROUTING)
    def choose(self, token):
        """Show whether a number gets promotional SMS, and change it as was chosen."""
        return _choose(token)

    @http.route(
        f"{ROUTE}/<string:token>/<int(max=2147483647):mailing_id>",
        path_params=("token", "mailing_id"),
        **ROUTING,
    )
    def choose_lists(self, token, mailing_id):
        """Offer to leave the lists that a mailing went to, too."""
        return _choose(token, mailing_id)


def slow_down(guesses):
    """Refuse an address that has done so too often.

    :param guesses: RateLimit
    :raise TooManyRequests:
    """
    if not guesses.take(request.httprequest.remote_addr or ""):
        raise TooManyRequests()


def unknown():
    """Give the page for a link that is none."""
    return _page("su_sms.optout_unknown", status=404)


def _choose(token, mailing_id=None):
    posted = request.httprequest
    link = request.env["sms.optout.link"]._of_token(token)
    if not link:
        slow_down(mistakes)
        return unknown()
    if posted.method == "POST":
        slow_down(choices)
        link._choose(posted.form.get("choice"), mailing_id)
        return request.redirect(posted.path, code=303)
    subscriptions = link._subscriptions(mailing_id)
    return _page(
        "su_sms.optout_page",
        company=link.company_id.name,
        number=phone.masked(link.number),
        opted_out=link._said_no(),
        lists=subscriptions.list_id,
        left=all(subscriptions.mapped("opt_out")),
    )


def _page(template, status=200, **values):
    response = request.render(template, values)
    response.status_code = status
    response.headers.update(HEADERS)
    return response
