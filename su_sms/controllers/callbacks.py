"""The address that Africa's Talking posts to: receive, store, answer 200.

Nothing here touches a message, so it can't wait for the dispatcher or stop it.
"""

from urllib.parse import parse_qsl

from odoo import http
from odoo.http import request
from werkzeug.exceptions import NotFound, TooManyRequests

from ..africastalking.events import KINDS
from ..tools.rate_limit import RateLimit, whose
from .headers import HEADERS

ROUTE = f"/su_sms/callback/<string:token>/<any({', '.join(KINDS)}):kind>"
# AT's longest post is an incoming text with its fields: a few kilobytes.
LONGEST_POST = 32_768

# Posts an address may send at once, and goes on to send each second. AT posts one
# event a request from few addresses; what is refused it posts again.
posts = RateLimit(burst=20_000, per_second=2_000)
# Wrong tokens: nobody guesses one, and nobody floods the log trying.
mistakes = RateLimit(burst=30, per_second=0.2)


class Callbacks(http.Controller):
    @http.route(
        ROUTE,
        type="http",
        auth="none",
        methods=["POST", "GET"],
        csrf=False,
        save_session=False,
        readonly=False,
        path_params=("token", "kind"),
        max_content_length=LONGEST_POST,
    )
    def receive(self, token, kind):
        """Store an event of a gateway; a GET says that the address is right."""
        posted = request.httprequest
        address = whose(posted.remote_addr or "")
        events = request.env(su=True)["sms.gateway.event"]
        gateway_id = events.env["sms.gateway.config"]._gateway_of_token(token)
        if not gateway_id:
            # Only now: behind a proxy, who guesses may have the provider's address.
            raise NotFound() if mistakes.take(address) else TooManyRequests()
        if posted.method != "POST":
            return _say("This address is ready.\n")
        if not posts.take(address):
            raise TooManyRequests()
        events._receive(gateway_id, kind, _pairs(posted), posted.remote_addr)
        return _say("OK")


def _say(text):
    return http.Response(text, mimetype="text/plain", headers=HEADERS)


def _pairs(posted):
    """Return the fields of a post, also of one that doesn't say that it is a form.

    :raises RequestEntityTooLarge: more came than it had announced and is taken
    """
    form = list(posted.form.items(multi=True))
    rest = posted.get_data(cache=False)
    # A body without a length is cut at the limit: only reading on tells that it was.
    posted.get_data(cache=False)
    return form or parse_qsl(rest.decode(errors="replace"), keep_blank_values=True)
