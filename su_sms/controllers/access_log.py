"""Keep secrets of addresses, and numbers in them, out of the server's log.

Those of callbacks and opt-out links; of Odoo's link of a mailing the code and number.
"""

import logging
import re

# However it is spelled: in a language, with a slash too many, it is answered as well.
# Nothing is looked for before a word of ours: a line of slashes would cost its square.
SLASHES = r"(?:/|%2f)+"
SECRET = re.compile(
    rf"((?:(?<=/)|(?<=%2f))(?:su_sms{SLASHES}callback{SLASHES}|o{SLASHES}"
    rf"|sms{SLASHES}\d{{1,20}}{SLASHES}(?:unsubscribe{SLASHES})?)"
    r"|[?&](?:sms_number|t)=)"
    r"[^/\s?&'\"]+",
    re.IGNORECASE,
)


class HideSecret(logging.Filter):
    def filter(self, record):
        """Replace the token wherever the record's text has one; drop nothing."""
        text = record.getMessage()
        hidden = SECRET.sub(r"\1…", text)
        if hidden != text:
            record.msg, record.args = hidden, ()
        return True


for name in (
    "werkzeug",
    "odoo.http",
    # at DEBUG, each path
    "odoo.addons.http_routing.models.ir_http",
    "odoo.addons.base.models.ir_http",
):
    logging.getLogger(name).addFilter(HideSecret())
