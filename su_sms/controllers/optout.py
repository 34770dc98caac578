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


class Optout(http.Controller):
    @http.route(
        f"{ROUTE}/<string:token>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        multilang=False,
        sitemap=False,
        path_params=("token",),
    )
    def choose(self, token):
        """Show whether a number gets promotional SMS, and change it as was chosen."""
        posted = request.httprequest
        address = posted.remote_addr or ""
        link = request.env["sms.optout.link"]._of_token(token)
        if not link:
            if not mistakes.take(address):
                raise TooManyRequests()
            return _page("su_sms.optout_unknown", status=404)
        if posted.method == "POST":
            if not choices.take(address):
                raise TooManyRequests()
            link._choose(posted.form.get("choice"))
            return request.redirect(f"{ROUTE}/{link.token}", code=303)
        return _page(
            "su_sms.optout_page",
            company=link.company_id.name,
            number=phone.masked(link.number),
            opted_out=link._said_no(),
        )


def _page(template, status=200, **values):
    response = request.render(template, values)
    response.status_code = status
    response.headers.update(HEADERS)
    return response
